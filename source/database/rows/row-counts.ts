import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../sql/identifiers.ts';
import { inParts } from '../sql/parts.ts';
import type { TrackedTable } from './tracked-table.ts';

/** Tables per statement. */
const tablesPerStatement = 20;

/** Row counts of tables; for a larger table, `most` + 1. */
export async function countUpTo(
	connection: Connection,
	tables: readonly TrackedTable[],
	most: number,
): Promise<Map<TrackedTable, number>> {
	const counts = new Map<TrackedTable, number>();
	for (const some of inParts(tables, tablesPerStatement)) {
		const selects = some.map(
			({ name }, index) =>
				`SELECT ${index} AS number, COUNT(*) AS found
				FROM (SELECT 1 FROM ${quoteName(name)} LIMIT ${most + 1}) AS counted`,
		);
		const rows = await connection.rows<{ number: string | number; found: string | number }>(
			selects.join('\nUNION ALL\n'),
		);
		for (const { number, found } of rows) {
			const table = some[Number(number)];
			if (table) counts.set(table, Number(found));
		}
	}
	return counts;
}

/** The tables without rows. */
export async function emptyTables(
	connection: Connection,
	tables: readonly TrackedTable[],
): Promise<Set<TrackedTable>> {
	const counts = await countUpTo(connection, tables, 0);
	return new Set(tables.filter((table) => counts.get(table) === 0));
}
