/**
 * `change_log_nodes`: the nodes that a database exchanges changes with. What one of them lacks stays in the
 * change log however long it is silent, until it is forgotten by command.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { sql } from '../../database/sql/sql.ts';
import { parseNodes } from '../session/applied-nodes.ts';
import { anonymous, type DatabaseIdentity } from './database-identity.ts';

export interface KnownNode {
	node: string;
	/** UTC, as the server writes it; null where only the log tells of the node. */
	seenAt: string | null;
}

/** The nodes that the connection's log is kept for. */
export async function knownNodes(connection: Connection): Promise<KnownNode[]> {
	const rows = await connection.rows<{ node_id: string; seen_at: string | null }>(
		sql`SELECT node_id, seen_at
		FROM change_log_nodes
		WHERE forgotten_at IS NULL
			AND node_id NOT IN (${[anonymous, connection.end.nodeId]})
		ORDER BY node_id`,
	);
	return rows.map(({ node_id, seen_at }) => ({ node: node_id, seenAt: seen_at }));
}

/**
 * Adds a node to those that the connection's log is kept for, with the database behind it.
 * @returns when the node had been forgotten (UTC, as the server writes it), or null
 */
export async function rememberNode(
	connection: Connection,
	node: string,
	{ id, place }: DatabaseIdentity,
): Promise<string | null> {
	const rows = await connection.rows<{ node_id: string; forgotten_at: string | null }>(
		sql`SELECT node_id, forgotten_at FROM change_log_nodes WHERE node_id <> ${anonymous}`,
	);
	if (rows.length === 0) await rememberLogged(connection);
	await connection.run(
		sql`INSERT INTO change_log_nodes (node_id, seen_at, forgotten_at, database_id, place)
		VALUES (${node}, UTC_TIMESTAMP(6), NULL, ${id}, ${place})
		ON DUPLICATE KEY UPDATE
			seen_at = VALUES(seen_at),
			forgotten_at = NULL,
			database_id = VALUES(database_id),
			place = VALUES(place)`,
	);
	return rows.find(({ node_id }) => node_id === node)?.forgotten_at ?? null;
}

/**
 * Adds the nodes that a log from before this table names. Only changes that were made here name the nodes
 * that fetch them from here; a change that a hub passed on names nodes that never do.
 */
async function rememberLogged(connection: Connection): Promise<void> {
	const own = connection.end.nodeId;
	const rows = await connection.rows<{ applied_nodes: string }>(
		sql`SELECT DISTINCT applied_nodes FROM change_log WHERE source_node IN (${['', own]})`,
	);
	const nodes = new Set(rows.flatMap(({ applied_nodes }) => parseNodes(applied_nodes)));
	for (const node of nodes) {
		if (node === own || node.length > 64) continue;
		await connection.run(sql`INSERT IGNORE INTO change_log_nodes (node_id) VALUES (${node})`);
	}
}

/** No longer keeps changes for a node. Resolves to whether it was known. */
export async function forgetNode(connection: Connection, node: string): Promise<boolean> {
	const forgotten = await connection.run(
		sql`UPDATE change_log_nodes FORCE INDEX (PRIMARY)
		SET forgotten_at = UTC_TIMESTAMP(6)
		WHERE node_id = ${node} AND forgotten_at IS NULL`,
	);
	return forgotten > 0;
}
