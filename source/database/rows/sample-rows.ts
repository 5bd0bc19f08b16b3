import { catalogueRows } from '../catalogue/catalogue-rows.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../sql/identifiers.ts';
import { quoteStrings } from '../sql/literals.ts';
import { inParts } from '../sql/parts.ts';
import { exactKeyCondition, parseRowKey, rowKeyExpression } from './row-key.ts';
import type { TrackedTable } from './tracked-table.ts';

/** Most SELECTs per statement. */
const selectsPerStatement = 100;

async function unionOf<Row>(connection: Connection, selects: readonly string[]): Promise<Row[]> {
	const rows: Row[] = [];
	for (const some of inParts(selects, selectsPerStatement)) {
		rows.push(...(await connection.rows<Row>(some.join('\nUNION ALL\n'))));
	}
	return rows;
}

/** A row to look up. */
export interface Wanted {
	table: TrackedTable;
	rowKey: string;
}

/**
 * The rows that exist.
 * @throws SyncError `refused` if a row key does not match its table
 */
export async function standingRows<Row extends Wanted>(
	connection: Connection,
	wanted: readonly Row[],
): Promise<Set<Row>> {
	const selects = wanted.map(({ table, rowKey }, index) => {
		const key = parseRowKey(rowKey, table.key);
		return `(SELECT ${index} AS number
			FROM ${quoteName(table.name)} AS t
			WHERE ${exactKeyCondition([key], table.key, 't')})`;
	});
	const rows = await unionOf<{ number: string | number }>(connection, selects);
	return new Set(rows.flatMap(({ number }) => wanted[Number(number)] ?? []));
}

/** A table, or one partition of it. */
export interface Section {
	table: TrackedTable;
	/** Null for the whole table. */
	partition: string | null;
}

/** The row keys of the first and last row of each section, in primary key order. */
export async function edgeRows<Part extends Section>(
	connection: Connection,
	sections: readonly Part[],
): Promise<{ section: Part; rowKey: string }[]> {
	const selects = sections.flatMap(({ table, partition }, index) =>
		['ASC', 'DESC'].map((order) => {
			const of = partition === null ? '' : `PARTITION (${quoteName(partition)})`;
			const key = table.key.map(({ name }) => `t.${quoteName(name)} ${order}`);
			return `(SELECT ${index} AS number, ${rowKeyExpression(table.key, 't')} AS row_key
			FROM ${quoteName(table.name)} ${of} AS t
			ORDER BY ${key.join(', ')}
			LIMIT 1)`;
		}),
	);
	const rows = await unionOf<{ number: string | number; row_key: string }>(connection, selects);
	const found = new Map(rows.map(({ number, row_key }) => [`${number} ${row_key}`, row_key]));
	return [...found].flatMap(([id, rowKey]) => {
		const section = sections[Number(id.split(' ')[0])];
		return section ? [{ section, rowKey }] : [];
	});
}

/**
 * The partitions of partitioned tables, by table name, and the tables that the catalogue omits at the moment.
 */
export async function readPartitions(
	connection: Connection,
	tables: readonly string[],
): Promise<{ partitions: Map<string, string[]>; leftOut: string[] }> {
	if (tables.length === 0) return { partitions: new Map(), leftOut: [] };
	const { rows, leftOut } = await catalogueRows<{ table_name: string; name: string }>(
		connection,
		`SELECT DISTINCT table_name AS table_name, partition_name AS name
		FROM information_schema.partitions
		WHERE table_schema = DATABASE() AND partition_name IS NOT NULL
			AND table_name IN (${quoteStrings(tables)})`,
	);
	const partitions = new Map<string, string[]>();
	for (const { table_name, name } of rows) {
		partitions.set(table_name, [...(partitions.get(table_name) ?? []), name]);
	}
	return { partitions, leftOut };
}
