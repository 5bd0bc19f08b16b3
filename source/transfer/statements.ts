import type { Column } from '../database/catalogue.ts';
import type { Connection } from '../database/connection.ts';
import { quoteName, quoteNames } from '../database/identifiers.ts';
import { keyCondition } from '../database/row-key.ts';
import { findColumn } from '../database/table-pair.ts';
import { statementBytes, type Value, writePlaceholder } from '../database/values.ts';
import type { DirtyRow, Route } from './collapse.ts';
import { travellingColumns } from './read.ts';

/** Rows in one statement at most: beyond it nothing is gained, and a refusal costs more to narrow down. */
const rowsPerStatement = 1000;

/** The part of the largest statement the server takes that is used. */
const packetShare = 0.9;

/** A row with what is to be done with it: new values, or null to delete it. */
export interface RowWrite {
	row: DirtyRow;
	values: Value[] | null;
}

/**
 * Writes rows that are there on the source: inserted, or updated where the key is there already.
 * The guard makes the statement fail (1242) where the row that stands in the way has another primary
 * key: ON DUPLICATE KEY UPDATE would rewrite that row, and the count of rows would not tell.
 */
export async function upsertRows(
	connection: Connection,
	route: Route,
	writes: readonly RowWrite[],
): Promise<void> {
	const columns = travellingColumns(route);
	const table = quoteName(route.target.name);
	const names = columns.map(({ target }) => target.name);
	const key = route.target.key.map((column) => column.name);
	const sameKey = key
		.map((name) => `${table}.${quoteName(name)} = VALUES(${quoteName(name)})`)
		.join(' AND ');
	const [guarded = '', ...otherKeys] = key;
	const updates = [
		`${quoteName(guarded)} = IF(${sameKey}, VALUES(${quoteName(guarded)}), (SELECT 1 UNION SELECT 2))`,
		...[...otherKeys, ...names.filter((name) => !key.includes(name))].map(
			(name) => `${quoteName(name)} = VALUES(${quoteName(name)})`,
		),
	];
	const placeholders = `(${columns.map(writePlaceholder).join(', ')})`;
	await connection.run(
		`INSERT INTO ${table} (${quoteNames(names)})
		VALUES ${writes.map(() => placeholders).join(', ')}
		ON DUPLICATE KEY UPDATE ${updates.join(', ')}`,
		writes.flatMap(({ values }) => values ?? []),
	);
}

/** Deletes rows that are gone on the source. */
export async function deleteRows(
	connection: Connection,
	route: Route,
	writes: readonly RowWrite[],
): Promise<void> {
	const keys = writes.map(({ row }) => row.key);
	const table = quoteName(route.target.name);
	await connection.run(`DELETE FROM ${table} WHERE ${keyCondition(keys, targetKey(route), table)}`);
}

/** The target's key columns in the order of the source's key: their types decide how keys compare. */
export function targetKey(route: Route): Column[] {
	return route.source.key.map((column) => findColumn(route.target, column.name) ?? column);
}

/** Bytes that a row takes in a statement. */
export function writeBytes({ row, values }: RowWrite): number {
	return (values ?? []).reduce<number>(
		(sum, value) => sum + statementBytes(value),
		row.rowKey.length,
	);
}

/** Bytes of rows that go into one statement at most. */
export function statementBudget(connection: Connection): number {
	return connection.server.maxAllowedPacket * packetShare;
}

/** Splits rows into statements that stay within the server's limits. */
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
