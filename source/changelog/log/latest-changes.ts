import type { Connection } from '../../database/connection/connection.ts';
import { sql } from '../../database/sql/sql.ts';

/** Changes at the end of a log among which the latest of each table is looked for. */
const changesBack = 2000;

export interface LatestChange {
	table: string;
	operation: string;
	sourceNode: string;
	/** UTC, as the server writes it; null where the log has no time. */
	changedAt: string | null;
}

/** The latest change of each table that the end of the log tells of. */
export async function readLatestChanges(connection: Connection): Promise<LatestChange[]> {
	const rows = await connection.rows<{
		table_name: string;
		operation: string;
		source_node: string;
		changed_at: string | null;
	}>(
		sql`SELECT log.table_name, log.operation, log.source_node, log.changed_at
		FROM (
			SELECT MAX(id) AS id
			FROM (SELECT id, table_name FROM change_log ORDER BY id DESC LIMIT ${changesBack}) AS latest
			GROUP BY table_name
		) AS last
		JOIN change_log AS log ON log.id = last.id`,
	);
	return rows.map(({ table_name, operation, source_node, changed_at }) => ({
		table: table_name,
		operation,
		sourceNode: source_node,
		changedAt: changed_at,
	}));
}
