import { sql } from '../../database/sql/sql.ts';
import type { LogConnection } from '../session/log-connection.ts';
import { pendingLists } from './pending.ts';

/** Pending changes of a table that the database no longer has. */
export interface Orphaned {
	table: string;
	changes: number;
}

/**
 * Pending changes under names that no table of the database has: the table was renamed or dropped.
 * @param peer the node that lacks the changes
 * @param tables every table of the database
 */
export async function findOrphaned(
	connection: LogConnection,
	peer: string,
	tables: readonly string[],
): Promise<Orphaned[]> {
	if (tables.length === 0) return [];
	const lists = await pendingLists(connection, peer);
	const asCompared = connection.server.foldsTableNames ? sql`LOWER(table_name)` : sql`table_name`;
	const rows = await connection.rows<{ name: string; changes: string | number }>(
		sql`SELECT COALESCE(table_name, '') AS name, COUNT(*) AS changes
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes IN (${lists})
			AND source_node <> ${peer}
			AND COALESCE(${asCompared}, '') NOT IN (${tables})
		GROUP BY COALESCE(table_name, '')
		ORDER BY 1`,
	);
	return rows.map(({ name, changes }) => ({ table: name, changes: Number(changes) }));
}
