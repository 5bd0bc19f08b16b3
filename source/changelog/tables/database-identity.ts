/**
 * Which database a node id stands for. Two databases under one id would each get half of the changes
 * that are meant for both, without an error: so each has an id of its own, and whoever it exchanges
 * changes with remembers it.
 */
import { randomUUID } from 'node:crypto';
import type { Connection } from '../../database/connection/connection.ts';
import { quoteString } from '../../database/sql/literals.ts';
import { asSyncError } from '../../errors.ts';

/** No node's id: the entry of the database itself. */
export const anonymous = '';

export interface DatabaseIdentity {
	/** Goes where the database goes, to another server too. */
	id: string;
	/** Where it stands, as the server itself tells: the same after the tool's tables were dropped. */
	place: string;
}

/** The identity of the connection's database; without an id where it has got none yet. */
export async function readIdentity(
	connection: Connection,
): Promise<{ id: string | null; place: string }> {
	const [found] = await connection.rows<{ place: string }>(
		"SELECT CONCAT(@@hostname, ':', @@port, ':', @@datadir, ' ', DATABASE()) AS place",
	);
	const [own] = await rowsIfThere<{ id: string | null }>(
		connection,
		`SELECT database_id AS id FROM change_log_nodes WHERE node_id = ${quoteString(anonymous)}`,
	);
	return { id: own?.id ?? null, place: found?.place ?? '' };
}

/** The identity of the connection's database, which it gets where it has none. */
export async function ensureIdentity(connection: Connection): Promise<DatabaseIdentity> {
	const found = await readIdentity(connection);
	if (found.id !== null) return { id: found.id, place: found.place };
	await connection.run(
		`INSERT INTO change_log_nodes (node_id, database_id)
		VALUES (${quoteString(anonymous)}, ${quoteString(randomUUID())})
		ON DUPLICATE KEY UPDATE database_id = COALESCE(database_id, VALUES(database_id))`,
	);
	return ensureIdentity(connection);
}

/** What a database remembers of the one that stands behind a node's id. */
export interface RememberedDatabase extends DatabaseIdentity {
	/** UTC, as the server writes it; null where somebody took that away. */
	seenAt: string | null;
}

/** The database that the connection's one knows under a node's id; null where it knows none. */
export async function readRemembered(
	connection: Connection,
	node: string,
): Promise<RememberedDatabase | null> {
	const [row] = await rowsIfThere<{ id: string; place: string | null; seen_at: string | null }>(
		connection,
		`SELECT database_id AS id, place, seen_at
		FROM change_log_nodes
		WHERE node_id = ${quoteString(node)} AND forgotten_at IS NULL AND database_id IS NOT NULL`,
	);
	return row ? { id: row.id, place: row.place ?? 'an unknown server', seenAt: row.seen_at } : null;
}

/** Rows of a table that a first run creates: none before that. */
async function rowsIfThere<T>(connection: Connection, sql: string): Promise<T[]> {
	try {
		return await connection.rows<T>(sql);
	} catch (thrown) {
		// 1146: there is no such table.
		if (asSyncError(thrown).errno !== 1146) throw thrown;
		return [];
	}
}
