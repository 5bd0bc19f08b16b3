/**
 * The nodes that a database exchanges changes with, on record there: what one of them lacks stays in
 * the change log however long it is silent, until it is forgotten by command.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { quoteString, quoteStrings } from '../../database/sql/literals.ts';
import { pendingLists } from '../log/pending.ts';
import { parseNodes } from '../session/applied-nodes.ts';
import { anonymous, type DatabaseIdentity } from './database-identity.ts';

export interface KnownNode {
	node: string;
	/** UTC, as the server writes it; null where the log alone tells of it. */
	seenAt: string | null;
}

/** The nodes that the connection's log is kept for. */
export async function knownNodes(connection: Connection): Promise<KnownNode[]> {
	const rows = await connection.rows<{ node_id: string; seen_at: string | null }>(
		`SELECT node_id, seen_at
		FROM change_log_nodes
		WHERE forgotten_at IS NULL
			AND node_id NOT IN (${quoteString(anonymous)}, ${quoteString(connection.end.nodeId)})
		ORDER BY node_id`,
	);
	return rows.map(({ node_id, seen_at }) => ({ node: node_id, seenAt: seen_at }));
}

/**
 * How many changes of the connection's log a node lacks.
 * @param most where it lacks more, this is what is counted: somebody may be silent for months
 */
export async function countLacking(
	connection: Connection,
	node: string,
	most: number,
): Promise<number> {
	const lists = await pendingLists(connection, node);
	const [row] = await connection.rows<{ changes: string | number }>(
		`SELECT COUNT(*) AS changes
		FROM (
			SELECT id
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${quoteStrings(lists)}) AND source_node <> ${quoteString(node)}
			LIMIT ${most}
		) AS lacking`,
	);
	return Number(row?.changes ?? 0);
}

/**
 * Enters a node among those that the connection's log is kept for, with the database that it stands for.
 * @returns when it had been forgotten (UTC, as the server writes it), or null
 */
export async function rememberNode(
	connection: Connection,
	node: string,
	{ id, place }: DatabaseIdentity,
): Promise<string | null> {
	const rows = await connection.rows<{ node_id: string; forgotten_at: string | null }>(
		`SELECT node_id, forgotten_at FROM change_log_nodes WHERE node_id <> ${quoteString(anonymous)}`,
	);
	if (rows.length === 0) await rememberFormer(connection);
	await connection.run(
		`INSERT INTO change_log_nodes (node_id, seen_at, forgotten_at, database_id, place)
		VALUES (${quoteString(node)}, UTC_TIMESTAMP(6), NULL, ${quoteString(id)}, ${quoteString(place)})
		ON DUPLICATE KEY UPDATE
			seen_at = VALUES(seen_at),
			forgotten_at = NULL,
			database_id = VALUES(database_id),
			place = VALUES(place)`,
	);
	return rows.find(({ node_id }) => node_id === node)?.forgotten_at ?? null;
}

/**
 * Those that a log from before this table tells of. Only changes that were made here name the nodes
 * that come here for them; a change that a hub passed on names nodes that never do.
 */
async function rememberFormer(connection: Connection): Promise<void> {
	const own = connection.end.nodeId;
	const rows = await connection.rows<{ applied_nodes: string }>(
		`SELECT DISTINCT applied_nodes FROM change_log WHERE source_node IN ('', ${quoteString(own)})`,
	);
	const nodes = new Set(rows.flatMap(({ applied_nodes }) => parseNodes(applied_nodes)));
	for (const node of nodes) {
		if (node === own || node.length > 64) continue;
		await connection.run(
			`INSERT IGNORE INTO change_log_nodes (node_id) VALUES (${quoteString(node)})`,
		);
	}
}

/** No longer keeps changes for a node. Resolves to whether it was known. */
export async function forgetNode(connection: Connection, node: string): Promise<boolean> {
	const forgotten = await connection.run(
		`UPDATE change_log_nodes FORCE INDEX (PRIMARY)
		SET forgotten_at = UTC_TIMESTAMP(6)
		WHERE node_id = ${quoteString(node)} AND forgotten_at IS NULL`,
	);
	return forgotten > 0;
}
