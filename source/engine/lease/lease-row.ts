/** The lease of a pair at one end: who may have it, by its row and by the named lock of its holder's session. */
import {
	addLease,
	freeLease,
	type Holder,
	isLeaseOf,
	type LeaseRow,
	lockedByOther,
	moveLease,
	readLease,
	renewLease,
	takeLeaseFrom,
} from '../../changelog/tables/leases.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { SyncError } from '../../errors.ts';
import { plainTime, toIso } from '../shared/utc.ts';
import {
	endSession,
	endSessions,
	getLock,
	lockName,
	unlockSession,
	usedLock,
	workLockName,
} from './named-locks.ts';

/**
 * Seconds without a statement after which a server ends a session that applies changes. While a batch
 * waits for the other server its session is idle, for as long as statements may take there.
 */
const workSeconds = 180;

/** Who holds a pair, and since when (ISO 8601, in this machine's time). */
export interface Held extends Holder {
	since: string;
}

/** What came of trying to take a lease: a fencing token, or the engine that holds it. */
export type LeaseAttempt = { token: string } | { held: Held };

/**
 * Tries to take the lease of a pair at one end. It is free if nobody holds it, if it was not renewed
 * in time, or if the session that its holder keeps a named lock with is gone from this very server:
 * so an engine that was killed is found out at once, and one whose host has vanished in time.
 * @param lease the pair's name among the leases of the database
 */
export async function takeLease(
	connection: Connection,
	lease: string,
	me: Holder,
): Promise<LeaseAttempt> {
	await addLease(connection, lease);
	const row = await requireLease(connection, lease);
	if (row.holder.id === me.id) return { token: row.token };
	if (isAlive(row)) return { held: heldBy(row, connection) };
	// A holder that let go has nothing left to end; whoever has the lock then is about to take over.
	const ended = row.holder.id === '' || (await endSessions(connection, lease, row.lockedBy));
	const locked = await getLock(connection, lockName(connection, lease), ended);
	const token = await takeLeaseFrom(connection, lease, row.token, me, locked);
	if (token !== null) return { token };
	if (locked) await unlockSession(connection, lease);
	return { held: heldBy(await requireLease(connection, lease), connection) };
}

/** Who holds a pair, as a database tells; null if nobody does. */
export async function readHolder(connection: Connection, lease: string): Promise<Held | null> {
	const row = await readLease(connection, lease, lockName(connection, lease));
	return row && isAlive(row) ? heldBy(row, connection) : null;
}

async function requireLease(connection: Connection, lease: string): Promise<LeaseRow> {
	const row = await readLease(connection, lease, lockName(connection, lease));
	if (!row) throw new SyncError('busy', 'the lease of the pair was removed meanwhile');
	return row;
}

function isAlive({ holder, isValid, isLockedHere, lockedBy }: LeaseRow): boolean {
	if (holder.id === '' || !isValid) return false;
	return !isLockedHere || lockedBy !== null;
}

function heldBy({ holder, since }: LeaseRow, connection: Connection): Held {
	return { ...holder, since: toIso(since, connection) };
}

/**
 * Lets whoever takes the pair over find the session that applies changes, to end it, and ends one that
 * is left from before: a server that lost its client without a word waits for it, with the rows of the
 * batch locked. Where the client never comes back the session ends by itself.
 * Resolves to whether the lease is still that of the token; if not, the session is the new holder's and
 * is left alone.
 */
export async function markWorkSession(
	connection: Connection,
	lease: string,
	token: string,
): Promise<boolean> {
	const lock = workLockName(connection, lease);
	await connection.run(`SET SESSION wait_timeout = ${workSeconds}`);
	const session = await lockedByOther(connection, lease, token, lock);
	if (session === undefined) return false;
	await getLock(connection, lock, await endSession(connection, session));
	return true;
}

/**
 * Takes the named lock again on a new connection, also from an earlier session of this engine that the
 * server still believes in. Resolves to whether the lease is still that of the token.
 */
export async function rejoinLease(
	connection: Connection,
	lease: string,
	token: string,
): Promise<boolean> {
	if (!(await renewLease(connection, lease, token))) return false;
	const lock = lockName(connection, lease);
	const ended = await endSession(connection, await usedLock(connection, lock));
	return moveLease(connection, lease, token, await getLock(connection, lock, ended));
}

/** Frees the lease for others at once. */
export async function releaseLease(
	connection: Connection,
	lease: string,
	token: string,
): Promise<void> {
	await freeLease(connection, lease, token);
	await unlockSession(connection, lease);
}

/** @throws SyncError `held` if the lease is not that of the token any more */
export async function requireLeaseOf(
	connection: Connection,
	lease: string,
	token: string,
): Promise<void> {
	if (await isLeaseOf(connection, lease, token)) return;
	throw new SyncError('held', 'another engine has taken the pair over', {
		side: connection.end.side,
	});
}

/** The sides of a pair in the order of their node ids, in which every engine takes them. */
export function leaseOrder(pair: PairConfig): Side[] {
	return [...sides].sort((one, other) => (pair[one].nodeId < pair[other].nodeId ? -1 : 1));
}

/** The pair's name among the leases of either database, however an engine's configuration calls it. */
export function leaseName(pair: PairConfig): string {
	return leaseOrder(pair)
		.map((side) => pair[side].nodeId)
		.join(',');
}

/** Who holds a pair, in words for a person. */
export function nameHolder({ person, host, process }: Holder): string {
	return `${person} on ${host}, process ${process}`;
}

/** Who holds a pair, and since when. */
export function describeHolder(held: Held): string {
	return `${nameHolder(held)}, since ${plainTime(held.since).slice(0, 19)} UTC`;
}
