/**
 * The database behind a node id, in `change_log_nodes`. Two databases under one node id would each get half
 * of the changes that are meant for both, without an error. So each database has a unique id, and its peers
 * remember it.
 */
import { randomUUID } from 'node:crypto';
import type { Connection } from '../../database/connection/connection.ts';
import { type Sql, sql } from '../../database/sql/sql.ts';
import { asSyncError } from '../../errors.ts';
import { ascii, type OwnTable, unicode } from './own-table.ts';

export const nodesTable: OwnTable = {
	name: 'change_log_nodes',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_nodes (
		node_id VARCHAR(64) ${ascii} NOT NULL,
		seen_at DATETIME(6) NULL,
		forgotten_at DATETIME(6) NULL,
		database_id CHAR(36) ${ascii} NULL,
		place VARCHAR(2000) ${unicode} NULL,
		PRIMARY KEY (node_id)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** No node has this id: it is that of the database's own row. */
export const anonymous = '';

export interface DatabaseIdentity {
	/** Travels with a copy of the database to another server. */
	id: string;
	/** Its server and name, as the server tells them: the same after this program's tables were dropped. */
	place: string;
}

/** The identity of the connection's database; the id is null where it has none yet. */
export async function readIdentity(
	connection: Connection,
): Promise<{ id: string | null; place: string }> {
	const [found] = await connection.rows<{ place: string }>(
		sql`SELECT CONCAT(@@hostname, ':', @@port, ':', @@datadir, ' ', DATABASE()) AS place`,
	);
	const [own] = await rowsIfThere<{ id: string | null }>(
		connection,
		sql`SELECT database_id AS id FROM change_log_nodes WHERE node_id = ${anonymous}`,
	);
	return { id: own?.id ?? null, place: found?.place ?? '' };
}

/** The identity of the connection's database, with a new id where it has none. */
export async function ensureIdentity(connection: Connection): Promise<DatabaseIdentity> {
	const found = await readIdentity(connection);
	if (found.id !== null) return { id: found.id, place: found.place };
	await connection.run(
		sql`INSERT INTO change_log_nodes (node_id, database_id)
		VALUES (${anonymous}, ${randomUUID()})
		ON DUPLICATE KEY UPDATE database_id = COALESCE(database_id, VALUES(database_id))`,
	);
	return ensureIdentity(connection);
}

/** The database behind a node id, as its peer remembers it. */
export interface RememberedDatabase extends DatabaseIdentity {
	/** UTC, as the server writes it; null where somebody removed it. */
	seenAt: string | null;
}

/** The database that the connection's database remembers under a node id; null where there is none. */
export async function readRemembered(
	connection: Connection,
	node: string,
): Promise<RememberedDatabase | null> {
	const [row] = await rowsIfThere<{ id: string; place: string | null; seen_at: string | null }>(
		connection,
		sql`SELECT database_id AS id, place, seen_at
		FROM change_log_nodes
		WHERE node_id = ${node} AND forgotten_at IS NULL AND database_id IS NOT NULL`,
	);
	return row ? { id: row.id, place: row.place ?? 'an unknown server', seenAt: row.seen_at } : null;
}

/** Rows of the table, none before a first run has created it. */
async function rowsIfThere<T>(connection: Connection, query: Sql): Promise<T[]> {
	try {
		return await connection.rows<T>(query);
	} catch (thrown) {
		// 1146: there is no such table.
		if (asSyncError(thrown).errno !== 1146) throw thrown;
		return [];
	}
}
