/**
 * `change_log_nodes`: the nodes that a database exchanges changes with. Changes that one of them lacks are
 * retained, however long it is silent, until `forget` names it.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { sql } from '../../database/sql/sql.ts';
import { parseNodes } from '../session/applied-nodes.ts';
import { anonymous, type DatabaseIdentity } from './database-identity.ts';

export interface KnownNode {
	node: string;
	/** UTC, as the server writes it; null if the node is known only from the log. */
	seenAt: string | null;
}

/** The nodes that the change log is retained for. */
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
 * Adds a node that the change log is retained for, with the database behind it.
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
 * Adds the nodes named in a log that predates this table. Only changes made here name nodes that fetch them
 * from here; a change that a hub passed on names nodes that never do.
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

/** Stops retaining changes for a node. Resolves to true if it was known. */
export async function forgetNode(connection: Connection, node: string): Promise<boolean> {
	const forgotten = await connection.run(
		sql`UPDATE change_log_nodes FORCE INDEX (PRIMARY)
		SET forgotten_at = UTC_TIMESTAMP(6)
		WHERE node_id = ${node} AND forgotten_at IS NULL`,
	);
	return forgotten > 0;
}
