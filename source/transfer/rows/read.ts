import type { Column } from '../../database/catalogue/catalogue.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { lockingReads } from '../../database/rows/lock-rows.ts';
import { compareRowKeys, rowKeyExpression } from '../../database/rows/row-key.ts';
import {
	confirmGone,
	type FoundRows,
	findRows,
	type RowReading,
	rowsByKey,
} from '../../database/rows/rows-by-key.ts';
import { findColumn } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { inParts } from '../../database/sql/parts.ts';
import {
	type ColumnPair,
	converter,
	readExpression,
	type Value,
} from '../../database/values/values.ts';
import type { DirtyRow, Route, Row } from './route.ts';
import { keyedTarget } from './row-write.ts';
import { asDrifted, refuseDrifted } from './schema-guard.ts';

/** Keys per SELECT: enough for few round trips, few enough for the range optimizer. */
const keysPerRead = 1000;

/** The columns to transfer, in the target's spelling and the source's order. */
export function travellingColumns(route: Route): ColumnPair[] {
	const pairs: ColumnPair[] = [];
	for (const source of route.source.columns) {
		const target = findColumn(route.target, source.name);
		if (!source.generated && target && !target.generated) pairs.push({ source, target });
	}
	return pairs;
}

/** Current rows: values by row, null for a deleted row. */
export type CurrentRows<R extends Row = DirtyRow> = Map<R, Value[] | null>;

/**
 * Reads the rows that the changes name from the source, in SELECTs of one table each.
 * @throws SyncError `drifted` if a table was altered
 */
export async function readRows<R extends Row>(
	connection: Connection,
	rows: readonly R[],
): Promise<CurrentRows<R>> {
	const parts: { reading: TableReading; wanted: R[]; found: FoundRows }[] = [];
	for (const [route, ofRoute] of groupByRoute(rows)) {
		const reading = readingOf(route.source, travellingColumns(route));
		for (const wanted of inParts(ofRoute, keysPerRead)) {
			const found = await findRows(connection, reading, wanted).catch(asDrifted(route.source));
			parts.push({ reading, wanted, found });
		}
	}
	await connection.together(() =>
		Promise.all(
			parts.map(({ reading, wanted, found }) => confirmGone(connection, reading, wanted, found)),
		),
	);
	const current: CurrentRows<R> = new Map();
	for (const { reading, wanted, found } of parts) {
		const convert = converter(reading.columns);
		for (const row of wanted) {
			const values = found.get(row.rowKey);
			current.set(row, values ? convert(values) : null);
		}
	}
	await refuseDrifted(connection, new Set(rows.map(({ route }) => route.source)));
	return current;
}

/**
 * The longest prefix of the rows that stays within the byte budget, but at least one row. Sizes are read only
 * if the column types allow the batch to exceed it.
 */
export async function withinBytes<R extends Row>(
	connection: Connection,
	rows: readonly R[],
	budget: number,
): Promise<R[]> {
	const sizes = new Map<R, number>();
	for (const [route, ofRoute] of groupByRoute(rows)) {
		const large = travellingColumns(route).filter(({ source }) => longestValue(source) > 0);
		const worst = large.reduce((sum, { source }) => sum + longestValue(source), 0) * ofRoute.length;
		if (worst <= harmlessBytes) continue;
		for (const wanted of inParts(ofRoute, keysPerRead)) {
			const found = await readSizes(connection, route, large, wanted).catch(
				asDrifted(route.source),
			);
			for (const row of wanted) sizes.set(row, found.get(row.rowKey) ?? 0);
		}
	}
	let bytes = 0;
	const past = rows.findIndex((row) => {
		bytes += sizes.get(row) ?? 0;
		return bytes > budget;
	});
	return past === -1 ? [...rows] : rows.slice(0, Math.max(past, 1));
}

/** Bytes of large values that a batch may have without reading their sizes first. */
const harmlessBytes = 64 * 1024 * 1024;

/** Most bytes of a value stored outside its row; 0 for types stored in the row. */
function longestValue({ type }: Column): number {
	if (/^(text|blob)$/.test(type)) return 65_535;
	if (/(text|blob|json|geometry|collection|string|polygon|point)$/.test(type)) {
		return type.startsWith('tiny') ? 255 : Number.POSITIVE_INFINITY;
	}
	return 0;
}

async function readSizes(
	connection: Connection,
	{ source }: Route,
	large: readonly ColumnPair[],
	wanted: readonly Row[],
): Promise<Map<string, number>> {
	const lengths = large.map(
		({ source: column }) => `COALESCE(LENGTH(t.${quoteName(column.name)}), 0)`,
	);
	// A deleted row has no bytes.
	const select = [lengths.join(' + ')];
	const found = await findRows(connection, { table: source, select }, wanted);
	return new Map([...found].map(([rowKey, [bytes]]) => [rowKey, Number(bytes)]));
}

/**
 * Reads the same rows from the target.
 * @param lock `FOR UPDATE` to lock them too
 */
export async function readTargetRows<R extends Row>(
	connection: Connection,
	rows: readonly R[],
	lock: '' | 'FOR UPDATE',
): Promise<CurrentRows<R>> {
	const groups = [...groupByRoute(rows)];
	const tables = await connection.together(() =>
		Promise.all(
			groups.map(([route, ofRoute]) => {
				const columns = travellingColumns(route).map(({ source, target }) => ({
					source: target,
					target: source,
				}));
				return readTable(connection, route.target, columns, ofRoute, lock);
			}),
		),
	);
	const current: CurrentRows<R> = new Map();
	for (const [index, [, ofRoute]] of groups.entries()) {
		for (const row of ofRoute) current.set(row, tables[index]?.get(row.rowKey) ?? null);
	}
	return current;
}

/**
 * Locks the existing rows on the target, in key order for each table. Locking them in
 * different orders could deadlock with an application.
 */
export async function lockInOrder(connection: Connection, rows: readonly Row[]): Promise<void> {
	await connection.together(() =>
		Promise.all(lockSql(rows).map((statement) => connection.arrays(statement))),
	);
}

/** The statements that lock rows, in key order for each table. */
export function lockSql(rows: readonly Row[]): string[] {
	return [...groupByRoute(rows)].flatMap(([route, ofRoute]) => {
		const { key } = route.source;
		const sorted = ofRoute.toSorted((one, other) => compareRowKeys(one.key, other.key, key));
		return inParts(sorted, keysPerRead).flatMap((some) => lockingKeys(route, some));
	});
}

/** Locks the rows that exist on the target and resolves to their keys there. */
export async function lockKeys(
	connection: Connection,
	route: Route,
	rows: readonly Row[],
): Promise<Set<string>> {
	const found = await connection.together(() =>
		Promise.all(lockingKeys(route, rows).map((statement) => connection.arrays(statement))),
	);
	return new Set(found.flat().map(([rowKey]) => String(rowKey)));
}

function lockingKeys(route: Route, rows: readonly Row[]): string[] {
	const table = keyedTarget(route);
	const keys = rows.map((row) => row.key);
	return lockingReads(table, [rowKeyExpression(table.key, 't')], keys);
}

interface TableReading extends RowReading {
	columns: readonly ColumnPair[];
}

function readingOf(
	table: RowReading['table'],
	columns: readonly ColumnPair[],
	lock: '' | 'FOR UPDATE' = '',
): TableReading {
	return { table, columns, select: columns.map((pair) => readExpression(pair, 't')), lock };
}

/**
 * Reads columns of rows, by row key. Deleted rows are omitted.
 * @param lock `FOR UPDATE` to lock them too
 */
export async function readTable(
	connection: Connection,
	table: RowReading['table'],
	columns: readonly ColumnPair[],
	wanted: readonly Row[],
	lock: '' | 'FOR UPDATE' = '',
): Promise<Map<string, Value[]>> {
	const found = await rowsByKey(connection, readingOf(table, columns, lock), wanted);
	const convert = converter(columns);
	return new Map([...found].map(([rowKey, values]) => [rowKey, convert(values)]));
}

/** Groups rows by table, in the order in which the tables first appear. */
export function groupByRoute<R extends Row>(rows: readonly R[]): Map<Route, R[]> {
	const groups = new Map<Route, R[]>();
	for (const row of rows) {
		const group = groups.get(row.route);
		if (group) group.push(row);
		else groups.set(row.route, [row]);
	}
	return groups;
}
