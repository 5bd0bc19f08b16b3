import type { Column } from '../../database/catalogue/catalogue.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { type KeyedTable, keyedDeletes } from '../../database/rows/lock-rows.ts';
import { exactKeyCondition } from '../../database/rows/row-key.ts';
import { findColumn } from '../../database/rows/tracked-table.ts';
import { type ColumnPair, statementBytes, type Value } from '../../database/values/values.ts';
import type { Route, Row } from './route.ts';

/** Most rows per statement: more gains nothing, and makes it costlier to narrow down a refusal. */
const rowsPerStatement = 1000;

/** The share of max_allowed_packet that a statement uses. */
const statementShare = 0.9;

/** A row with its new values, or null to delete it. */
export interface RowWrite {
	row: Row;
	values: Value[] | null;
}

/** The statements that delete rows: of 'a' and 'A', only the one that is named. */
export function deleteSql(route: Route, rows: readonly Row[]): string[] {
	return keyedDeletes(
		keyedTarget(route),
		rows.map(({ key }) => key),
	);
}

/** The target's table with its key in the order of the source's row keys. */
export function keyedTarget(route: Route): KeyedTable {
	const { name, columns } = route.target;
	return { name, columns, key: targetKey(route) };
}

/** A condition that is true for exactly these rows, comparing keys byte by byte. */
export function rowCondition(route: Route, writes: readonly RowWrite[], table: string): string {
	const keys = writes.map(({ row }) => row.key);
	return exactKeyCondition(keys, targetKey(route), table);
}

/** The target's key columns in the source's order: their types decide how keys compare. */
export function targetKey(route: Route): Column[] {
	return pairedKey(route).map(({ target }) => target);
}

/** The key columns of both sides in the source's order. */
export function pairedKey(route: Route): ColumnPair[] {
	return route.source.key.map((source) => ({
		source,
		target: findColumn(route.target, source.name) ?? source,
	}));
}

/** Bytes that a row takes in a statement. */
export function writeBytes({ row, values }: RowWrite): number {
	return (values ?? []).reduce<number>(
		(sum, value) => sum + statementBytes(value),
		row.rowKey.length,
	);
}

/** Most bytes of rows per statement. */
export function statementBudget(connection: Connection): number {
	return connection.server.maxAllowedPacket * statementShare;
}

/** Splits rows into statements within the server's limits. */
export function inStatements(connection: Connection, writes: readonly RowWrite[]): RowWrite[][] {
	const budget = statementBudget(connection);
	const statements: RowWrite[][] = [];
	let current: RowWrite[] = [];
	let bytes = 0;
	for (const write of writes) {
		const size = writeBytes(write);
		if (current.length > 0 && (current.length === rowsPerStatement || bytes + size > budget)) {
			statements.push(current);
			current = [];
			bytes = 0;
		}
		current.push(write);
		bytes += size;
	}
	if (current.length > 0) statements.push(current);
	return statements;
}
