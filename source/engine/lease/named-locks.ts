/**
 * The sessions of an engine that holds a pair, found by named locks: they show that it lives, and let
 * whoever takes over end them.
 */
import { createHash } from 'node:crypto';
import type { Connection } from '../../database/connection/connection.ts';
import { ids, sql } from '../../database/sql/sql.ts';
import { asSyncError } from '../../errors.ts';
import { giveNamedLock, takeNamedLock } from '../shared/named-lock.ts';

/** Seconds to wait for the lock of a session that was just ended. */
const lockPatience = 2;

/** Named locks belong to the server, not to a database, and are 64 characters long at most. */
export function lockName({ end }: Connection, lease: string): string {
	const digest = createHash('sha256').update(`${end.database}\n${lease}`).digest('hex');
	return `change_log_lease ${digest.slice(0, 32)}`;
}

/** Of the session that applies changes. */
export function workLockName(connection: Connection, lease: string): string {
	return `${lockName(connection, lease)} work`;
}

/**
 * Ends the sessions of a holder that is taken over from: it may be asleep in a transaction, whose
 * locks nobody could wait for. Resolves to whether the one that keeps the named lock is gone.
 * @param leaseSession that one
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

/** Gives the named lock of the lease back. */
export async function unlockSession(connection: Connection, lease: string): Promise<void> {
	await giveNamedLock(connection, lockName(connection, lease));
}

/** The session that has a named lock, by its connection id; null where none has. */
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
 * Everybody may end sessions of the own account; one of another account ends by itself in time.
 * Resolves to whether it is gone.
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
		// 1094: it has gone meanwhile.
		return errno === 1094;
	}
}

/**
 * Takes the named lock that shows that a session lives. Resolves to whether it could: clusters have none.
 * @param free whether whoever had it is gone, so that it is worth a moment's wait
 */
export async function getLock(
	connection: Connection,
	name: string,
	free: boolean,
): Promise<boolean> {
	return (await takeNamedLock(connection, name, free ? lockPatience : 0)) === true;
}
