import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { failIf } from '../../database/connection/guard.ts';
import { idList, quoteString } from '../../database/sql/literals.ts';
import { SyncError } from '../../errors.ts';
import { plainTime, toIso } from '../shared/utc.ts';
import type { Holder } from './holder.ts';
import {
	endSession,
	endSessions,
	getLock,
	lockName,
	unlockSession,
	usedLock,
	workLockName,
} from './named-locks.ts';

/** Seconds that a lease holds without being renewed, on the server's clock. */
const leaseSeconds = 20;

/**
 * Seconds without a statement after which a server ends a session that applies changes. While a batch
 * waits for the other server its session is at rest, for as long as statements may take there.
 */
const workSeconds = 180;

/** What one database says of a pair's lease. */
interface LeaseRow {
	token: string | number;
	holder: string;
	host: string;
	person: string;
	process: string | number;
	since: string;
	valid: string | number;
	/** Where the holder's session is, and whether its lock could be taken there. */
	server: string;
	locked: string | number;
	this_server: string;
	used_by: string | number | null;
}

/** Who holds a pair, and since when (ISO 8601, in this machine's time). */
export interface Held extends Holder {
	since: string;
}

/** What became of an attempt: a fencing token, or who was there before. */
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
	await connection.run(
		`INSERT IGNORE INTO change_log_leases
			(lease, token, holder, host, person, process, since, expires_at, server, locked)
		VALUES (${quoteString(lease)}, 0, '', '', '', 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), '', 0)`,
	);
	const row = await requireLease(connection, lease);
	if (row.holder === me.id) return { token: String(row.token) };
	if (isAlive(row)) return { held: heldBy(row, connection) };
	// A holder that let go has nothing left to end; whoever has the lock then is about to take over.
	const ended = row.holder === '' || (await endSessions(connection, lease, row.used_by));
	const locked = await getLock(connection, lockName(connection, lease), ended);
	// Only whether it is the same one counts, so that after the last one it may begin again.
	const next = BigInt(row.token) >= lastToken ? '1' : `${BigInt(row.token) + 1n}`;
	const taken = await connection.run(
		`UPDATE change_log_leases FORCE INDEX (PRIMARY)
		SET
			token = ${idList([next])},
			holder = ${quoteString(me.id)},
			host = ${quoteString(me.host)},
			person = ${quoteString(me.person)},
			process = ${me.process},
			since = UTC_TIMESTAMP(6),
			expires_at = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND,
			server = ${serverIdentity},
			locked = ${locked ? 1 : 0}
		WHERE lease = ${quoteString(lease)} AND token = ${idList([String(row.token)])}`,
	);
	if (taken > 0) return { token: next };
	if (locked) await unlockSession(connection, lease);
	return { held: heldBy(await requireLease(connection, lease), connection) };
}

/** The greatest token that the column holds. */
const lastToken = 2n ** 64n - 1n;

/** Who holds a pair, as a database tells; null if nobody does. */
export async function readHolder(connection: Connection, lease: string): Promise<Held | null> {
	const row = await readLease(connection, lease);
	return row && isAlive(row) ? heldBy(row, connection) : null;
}

/** Which server it is among those of a cluster: a named lock says nothing of the others. */
const serverIdentity = "CONCAT(@@hostname, ':', @@port, ':', @@datadir)";

/** A lease that would last for longer than any does is from before the server's clock was set back. */
async function readLease(connection: Connection, lease: string): Promise<LeaseRow | undefined> {
	const [row] = await connection.rows<LeaseRow>(
		`SELECT token, holder, host, person, process, since, server, locked,
			expires_at > UTC_TIMESTAMP(6)
				AND expires_at <= UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND AS valid,
			${serverIdentity} AS this_server,
			IS_USED_LOCK(${quoteString(lockName(connection, lease))}) AS used_by
		FROM change_log_leases
		WHERE lease = ${quoteString(lease)}`,
	);
	return row;
}

async function requireLease(connection: Connection, lease: string): Promise<LeaseRow> {
	const row = await readLease(connection, lease);
	if (!row) throw new SyncError('busy', 'the lease of the pair was removed meanwhile');
	return row;
}

function isAlive({ holder, valid, locked, server, this_server, used_by }: LeaseRow): boolean {
	if (holder === '' || Number(valid) === 0) return false;
	const canTell = Number(locked) === 1 && server === this_server;
	return !canTell || used_by !== null;
}

function heldBy({ holder, host, person, process, since }: LeaseRow, connection: Connection): Held {
	return { id: holder, host, person, process: Number(process), since: toIso(since, connection) };
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
	const name = workLockName(connection, lease);
	await connection.run(`SET SESSION wait_timeout = ${workSeconds}`);
	const [row] = await connection.rows<{ left: string | number | null }>(
		`SELECT NULLIF(IS_USED_LOCK(${quoteString(name)}), CONNECTION_ID()) AS \`left\`
		FROM change_log_leases
		WHERE lease = ${quoteString(lease)} AND token = ${idList([token])} AND holder <> ''`,
	);
	if (!row) return false;
	await getLock(connection, name, await endSession(connection, row.left));
	return true;
}

/** Whether the lease is still that of the token; if so it lasts anew from now on. */
export async function renewLease(
	connection: Connection,
	lease: string,
	token: string,
): Promise<boolean> {
	const renewed = await connection.run(
		`UPDATE change_log_leases FORCE INDEX (PRIMARY)
		SET expires_at = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND
		WHERE lease = ${quoteString(lease)} AND token = ${idList([token])} AND holder <> ''`,
	);
	return renewed > 0;
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
	const name = lockName(connection, lease);
	const ended = await endSession(connection, await usedLock(connection, name));
	const locked = await getLock(connection, name, ended);
	const own = await connection.run(
		`UPDATE change_log_leases FORCE INDEX (PRIMARY)
		SET server = ${serverIdentity}, locked = ${locked ? 1 : 0}
		WHERE lease = ${quoteString(lease)} AND token = ${idList([token])} AND holder <> ''`,
	);
	return own > 0;
}

/** Sets the lease free for others at once. */
export async function releaseLease(
	connection: Connection,
	lease: string,
	token: string,
): Promise<void> {
	await connection.run(
		`UPDATE change_log_leases FORCE INDEX (PRIMARY)
		SET holder = '', expires_at = UTC_TIMESTAMP(6)
		WHERE lease = ${quoteString(lease)} AND token = ${idList([token])}`,
	);
	await unlockSession(connection, lease);
}

/** @throws SyncError `held` if the lease is not that of the token any more */
export async function requireLeaseOf(
	connection: Connection,
	lease: string,
	token: string,
): Promise<void> {
	const rows = await connection.rows(lockingLease(lease, token));
	if (rows.length > 0) return;
	throw new SyncError('held', 'another engine has taken the pair over', {
		side: connection.end.side,
	});
}

/**
 * The statements that make sure, inside a transaction, that the lease is still that of the token, and
 * that nobody takes it before the transaction ends. They fail where it is another's.
 */
export function leaseFence(lease: string, token: string): string[] {
	const locking = lockingLease(lease, token);
	// It is locked by then, or not there.
	return [locking, failIf(`NOT EXISTS (${locking})`)];
}

function lockingLease(lease: string, token: string): string {
	return `SELECT token
		FROM change_log_leases
		WHERE lease = ${quoteString(lease)} AND token = ${idList([token])} AND holder <> ''
		LOCK IN SHARE MODE`;
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
