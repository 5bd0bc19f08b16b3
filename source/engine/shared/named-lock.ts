import type { Connection } from '../../database/connection/connection.ts';
import { sql } from '../../database/sql/sql.ts';
import { asSyncError } from '../../errors.ts';

/** Seconds that one statement waits: a longer one would be taken for lost. */
const longestWait = 5;

/** A KILL QUERY, and a deadlock among named locks: the server has such locks, and did not give this one. */
const interrupted = [1317, 3058];

/**
 * Takes a named lock of the server. The same session may take it several times.
 * @param seconds to wait for it
 * @returns whether it could; null where the server has no named locks, as in some clusters
 */
export async function takeNamedLock(
	connection: Connection,
	name: string,
	seconds: number,
): Promise<boolean | null> {
	try {
		for (let left = seconds; ; left -= longestWait) {
			const [row] = await connection.rows<{ locked: string | number | null }>(
				sql`SELECT GET_LOCK(${name}, ${Math.min(left, longestWait)}) AS locked`,
			);
			if (Number(row?.locked) === 1) return true;
			if (left <= longestWait) return false;
		}
	} catch (thrown) {
		const { code, errno } = asSyncError(thrown);
		if (code === 'unreachable' || interrupted.includes(errno ?? 0)) throw thrown;
		return null;
	}
}

/** Gives a named lock back. */
export async function giveNamedLock(connection: Connection, name: string): Promise<void> {
	await connection.rows(sql`SELECT RELEASE_LOCK(${name})`);
}
