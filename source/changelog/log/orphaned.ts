import type { Connection } from '../../database/connection/connection.ts';
import { quoteString, quoteStrings } from '../../database/sql/literals.ts';
import { pendingLists } from './pending.ts';

/** Pending changes of a table that is not there. */
export interface Stray {
	table: string;
	changes: number;
}

/**
 * Pending changes under names that no table of the database has: it was renamed or dropped.
 * @param target the node that lacks the changes
 * @param tables every table of the database
 */
export async function findStray(
	connection: Connection,
	target: string,
	tables: readonly string[],
): Promise<Stray[]> {
	if (tables.length === 0) return [];
	const lists = await pendingLists(connection, target);
	const name = connection.server.foldsTableNames ? 'LOWER(table_name)' : 'table_name';
	const rows = await connection.rows<{ table: string; changes: string | number }>(
		`SELECT COALESCE(table_name, '') AS \`table\`, COUNT(*) AS changes
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes IN (${quoteStrings(lists)})
			AND source_node <> ${quoteString(target)}
			AND COALESCE(${name}, '') NOT IN (${quoteStrings(tables)})
		GROUP BY COALESCE(table_name, '')
		ORDER BY 1`,
	);
	return rows.map(({ table, changes }) => ({ table, changes: Number(changes) }));
}
