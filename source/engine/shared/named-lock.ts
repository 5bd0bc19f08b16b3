import type { Connection } from '../../database/connection/connection.ts';
import { sql } from '../../database/sql/sql.ts';
import { asSyncError } from '../../errors.ts';

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
		const [row] = await connection.rows<{ locked: string | number | null }>(
			sql`SELECT GET_LOCK(${name}, ${seconds}) AS locked`,
		);
		return Number(row?.locked) === 1;
	} catch (thrown) {
		if (asSyncError(thrown).code === 'unreachable') throw thrown;
		return null;
	}
}

/** Gives a named lock back. */
export async function giveNamedLock(connection: Connection, name: string): Promise<void> {
	await connection.rows(sql`SELECT RELEASE_LOCK(${name})`);
}
