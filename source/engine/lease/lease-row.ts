/** The lease of a pair on one side: its row, and the named lock of its holder's session. */
import type { Applier } from '../../changelog/tables/batches.ts';
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
 * Seconds without a statement after which a server ends a session that applies changes. While a batch waits
 * for the other server the session is idle, as long as statements may take there.
 */
const workSeconds = 180;

/** The holder of a pair, and since when (ISO 8601, by this machine's clock). */
export interface Held extends Holder {
	since: string;
}

/** The result of an attempt to take a lease: a fencing token, or the engine that holds it. */
export type LeaseAttempt = { token: string } | { held: Held };

/**
 * Tries to take the lease of a pair on one side. It is free if nobody holds it, if it has expired, or if its
 * holder's session with the named lock is gone from this very server: an engine that was killed is detected
 * at once, and one whose host vanished when its lease expires.
 * @param lease the name of the pair's lease in the database
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
	// A holder that released the lease has no sessions left to end; whoever has the lock is about to take
	// over.
	const ended = row.holder.id === '' || (await endSessions(connection, lease, row.lockedBy));
	const locked = await getLock(connection, lockName(connection, lease), ended);
	const token = await takeLeaseFrom(connection, lease, row.token, me, locked);
	if (token !== null) return { token };
	if (locked) await unlockSession(connection, lease);
	return { held: heldBy(await requireLease(connection, lease), connection) };
}

/** The holder of a pair according to one database; null if there is none. */
export async function readHolder(connection: Connection, lease: string): Promise<Held | null> {
	const row = await readLease(connection, lease, lockName(connection, lease));
	return row && isAlive(row) ? heldBy(row, connection) : null;
}

async function requireLease(connection: Connection, lease: string): Promise<LeaseRow> {
	const row = await readLease(connection, lease, lockName(connection, lease));
	if (!row) throw new SyncError('busy', 'the lease of the pair was removed by another session');
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
 * Marks the session that applies changes, so that an engine that takes over can end it, and ends a marked
 * session of an earlier holder: a server that silently lost its client keeps that session open, with the rows
 * of the batch locked. If the client never returns, the session ends by itself. Resolves to true if the lease
 * still has the token; if not, the session belongs to the new holder and is left alone.
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
 * Takes the named lock again on a new connection, even from an earlier session of this engine that the server
 * still considers alive. Resolves to true if the lease still has the token.
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

/** Releases the lease at once. */
export async function releaseLease(
	connection: Connection,
	lease: string,
	token: string,
): Promise<void> {
	await freeLease(connection, lease, token);
	await unlockSession(connection, lease);
}

/** @throws SyncError `held` if the lease no longer has the token */
export async function requireLeaseOf(
	connection: Connection,
	lease: string,
	token: string,
): Promise<void> {
	if (await isLeaseOf(connection, lease, token)) return;
	throw new SyncError('held', 'another engine has taken over the pair', {
		side: connection.end.side,
	});
}

/** The sides of a pair ordered by node id, the order in which every engine takes the leases. */
export function leaseOrder(pair: PairConfig): Side[] {
	return [...sides].sort((one, other) => (pair[one].nodeId < pair[other].nodeId ? -1 : 1));
}

/** The name of the pair's lease in both databases, whatever a configuration calls the pair. */
export function leaseName(pair: PairConfig): string {
	return leaseOrder(pair)
		.map((side) => pair[side].nodeId)
		.join(',');
}

/** The holder for display: `root@vm, pid 4893`. */
export function nameHolder({ person, host, process }: Applier): string {
	// An account may be followed by the address that it is logged in from.
	const [account = '', ...from] = person.split(' ');
	return `${[`${account}@${host}`, ...from].join(' ')}, pid ${process}`;
}

/** The holder for display, and since when. */
export function describeHolder(held: Held): string {
	return `${nameHolder(held)}, since ${plainTime(held.since).slice(0, 19)} UTC`;
}
