import type { Connection } from '../database/connection.ts';
import { quoteName, quoteNames } from '../database/identifiers.ts';
import { fillIn } from '../database/literals.ts';
import { exactKeyCondition, sameBytes } from '../database/row-key.ts';
import { differInCollation, findColumn } from '../database/table-pair.ts';
import {
	type ColumnPair,
	statementBytes,
	travelsAsIndex,
	type Value,
	writePlaceholder,
} from '../database/values.ts';
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
	const [guarded = '', ...otherKeys] = key;
	const updates = [
		`${quoteName(guarded)} = IF(${sameKey(route)} OR (SELECT 1 UNION SELECT 2), VALUES(${quoteName(guarded)}), ${table}.${quoteName(guarded)})`,
		...[...otherKeys, ...names.filter((name) => !key.includes(name))].map(
			(name) => `${quoteName(name)} = VALUES(${quoteName(name)})`,
		),
	];
	const placeholders = `(${columns.map(writePlaceholder).join(', ')})`;
	const isError = columns.map(isErrorMember);
	// Filled in here: a name may have a question mark in it.
	const rows = writes.map(({ values }) =>
		fillIn(
			placeholders,
			(values ?? []).map((value, index) => (isError[index]?.(value) ? firstMember : value)),
		),
	);
	await connection.run(
		`INSERT INTO ${table} (${quoteNames(names)})
		VALUES ${rows.join(', ')}
		ON DUPLICATE KEY UPDATE ${updates.join(', ')}`,
	);
	for (const [index, { target }] of columns.entries()) {
		const erroneous = writes.filter(({ values }) => isError[index]?.(values?.[index] ?? null));
		if (erroneous.length === 0) continue;
		await connection.run(
			`UPDATE IGNORE ${table} SET ${quoteName(target.name)} = 0 WHERE ${rowCondition(route, erroneous, table)}`,
		);
	}
}

/** The index of an ENUM's first member, which stands in for a moment where there is to be none. */
const firstMember = 1;

/**
 * Whether a value is the index 0 that an ENUM has where a careless session wrote no member of it. A
 * strict one cannot insert it; an UPDATE IGNORE can, and touches nothing but that column. In a key
 * it is left to be refused.
 */
function isErrorMember(pair: ColumnPair): (value: Value) => boolean {
	return travelsAsIndex(pair) ? (value) => value === 0 : () => false;
}

/**
 * SQL that tells whether the row which an INSERT met has the same primary key. Where the collations
 * of the two ends differ, two rows of the source may be one key to the target, and only the same
 * bytes are the same key; elsewhere 'a' for 'A' is a change of that row.
 */
function sameKey(route: Route): string {
	const table = quoteName(route.target.name);
	const conditions = pairedKey(route).flatMap(({ source, target }) => {
		const name = quoteName(target.name);
		const [found, given] = [`${table}.${name}`, `VALUES(${name})`];
		const equal = `${found} = ${given}`;
		return differInCollation(source, target) ? [equal, sameBytes(target, found, given)] : [equal];
	});
	return conditions.join(' AND ');
}

/** Deletes rows that are gone on the source: of 'a' and 'A' no other than the one that is named. */
export async function deleteRows(
	connection: Connection,
	route: Route,
	writes: readonly RowWrite[],
): Promise<void> {
	const table = quoteName(route.target.name);
	await connection.run(`DELETE FROM ${table} WHERE ${rowCondition(route, writes, table)}`);
}

/** SQL that is true for the rows that are written, to the last byte of their keys. */
export function rowCondition(route: Route, writes: readonly RowWrite[], table: string): string {
	const key = pairedKey(route).map(({ target }) => target);
	return exactKeyCondition(
		writes.map(({ row }) => row.key),
		key,
		table,
	);
}

/** The key's columns in the source's order. The target's own types decide how its keys compare. */
function pairedKey(route: Route): ColumnPair[] {
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
