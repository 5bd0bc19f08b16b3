/** Entries that this program writes into the change log itself, where no trigger does. */
import { type Sql, sql } from '../../database/sql/sql.ts';

export interface Entry {
	table: string;
	operation: string;
	rowKey: string;
	sourceNode: string;
	appliedNodes: string;
	/** UTC, as a server writes it, or `now`; null where it is not known. */
	changedAt: string | Sql | null;
}

/** The time at the server. */
export const now = sql`UTC_TIMESTAMP(6)`;

/** The statement that writes entries. */
export function writeEntriesSql(entries: readonly Entry[]): Sql {
	const rows = entries.map(
		({ table, operation, rowKey, sourceNode, appliedNodes, changedAt }) =>
			sql`(${[table, operation, rowKey, sourceNode, appliedNodes, changedAt]})`,
	);
	return sql`INSERT INTO change_log
			(table_name, operation, row_key, source_node, applied_nodes, changed_at)
		VALUES ${rows}`;
}
