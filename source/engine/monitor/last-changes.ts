import type { Connection } from '../../database/connection/connection.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import type { LastChange } from '../api/snapshot.ts';
import { toIso } from '../shared/utc.ts';

/** Changes at the end of a log among which the last one of each table is looked for. */
const changesBack = 2000;

/** The last change of each table that the end of the connection's log tells of, by table. */
export async function readLastChanges(
	connection: Connection,
	tables: readonly TablePair[],
): Promise<Record<string, LastChange>> {
	const { side } = connection.end;
	const names = new Map(tables.map((table) => [table.sides[side]?.name, table.name]));
	const rows = await connection.rows<{
		table_name: string;
		operation: string;
		source_node: string;
		changed_at: string | null;
	}>(
		`SELECT log.table_name, log.operation, log.source_node, log.changed_at
		FROM (
			SELECT MAX(id) AS id
			FROM (SELECT id, table_name FROM change_log ORDER BY id DESC LIMIT ${changesBack}) AS latest
			GROUP BY table_name
		) AS last
		JOIN change_log AS log ON log.id = last.id`,
	);
	const changes: Record<string, LastChange> = {};
	for (const { table_name, operation, source_node, changed_at } of rows) {
		const name = names.get(table_name);
		if (name === undefined || changed_at === null) continue;
		const at = toIso(changed_at, connection);
		changes[name] = { side, operation, source_node, changed_at: at };
	}
	return changes;
}

/** Both, the later change of each table winning. */
export function laterChanges(
	one: Readonly<Record<string, LastChange>>,
	other: Readonly<Record<string, LastChange>>,
): Record<string, LastChange> {
	const later = { ...one };
	for (const [table, change] of Object.entries(other)) {
		const known = later[table];
		if (!known || known.changed_at <= change.changed_at) later[table] = change;
	}
	return later;
}
