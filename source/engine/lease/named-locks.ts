/**
 * The sessions of the engine that holds a pair, identified by named locks: these show that the engine is
 * alive, and let an engine that takes over end its sessions.
 */
import { createHash } from 'node:crypto';
import type { Connection } from '../../database/connection/connection.ts';
import { ids, sql } from '../../database/sql/sql.ts';
import { asSyncError } from '../../errors.ts';
import { giveNamedLock, takeNamedLock } from '../shared/named-lock.ts';

/** Seconds to wait for the lock of a session that was just ended. */
const lockPatience = 2;

/**
 * The named lock of a lease. Named locks belong to the server, not to a database, and have at most 64
 * characters.
 */
export function lockName({ end }: Connection, lease: string): string {
	const digest = createHash('sha256').update(`${end.database}\n${lease}`).digest('hex');
	return `change_log_lease ${digest.slice(0, 32)}`;
}

/** The named lock of the session that applies changes. */
export function workLockName(connection: Connection, lease: string): string {
	return `${lockName(connection, lease)} work`;
}

/**
 * Ends the sessions of the previous holder: it may be asleep in a transaction whose locks would never be
 * released. Resolves to true if the session with the named lock is gone.
 * @param leaseSession the session with the named lock
 */
export async function endSessions(
	connection: Connection,
	lease: string,
	leaseSession: string | number | null,
): Promise<boolean> {
	const ended = await endSession(connection, leaseSession);
	await endSession(connection, await usedLock(connection, workLockName(connection, lease)));
	return ended;
}

/** Releases the named lock of the lease. */
export async function unlockSession(connection: Connection, lease: string): Promise<void> {
	await giveNamedLock(connection, lockName(connection, lease));
}

/** The connection id of the session that has a named lock; null if none. */
export async function usedLock(
	connection: Connection,
	name: string,
): Promise<string | number | null> {
	const [row] = await connection.rows<{ used_by: string | number | null }>(
		sql`SELECT IS_USED_LOCK(${name}) AS used_by`,
	);
	return row?.used_by ?? null;
}

/**
 * Ends a session. An account may end its own sessions; a session of another account ends by itself in time.
 * Resolves to true if it is gone.
 */
export async function endSession(
	connection: Connection,
	session: string | number | null,
): Promise<boolean> {
	if (session === null) return true;
	try {
		await connection.run(sql`KILL CONNECTION ${ids(String(session))}`);
		return true;
	} catch (thrown) {
		const { code, errno } = asSyncError(thrown);
		if (code === 'unreachable') throw thrown;
		// 1094: the session is gone already.
		return errno === 1094;
	}
}

/**
 * Takes the named lock that shows that a session is alive. Resolves to false if it is not available: clusters
 * have none.
 * @param free true if its previous owner is gone, so that a short wait is worthwhile
 */
export async function getLock(
	connection: Connection,
	name: string,
	free: boolean,
): Promise<boolean> {
	return (await takeNamedLock(connection, name, free ? lockPatience : 0)) === true;
}
