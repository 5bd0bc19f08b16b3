/**
 * Rows of a table by their keys. A row that does not come is taken for one that is gone, and is deleted on
 * the other side. So of each key that brought no row the server has to say that there is none, in a result
 * which nothing can cut short without a trace.
 */
import { SyncError } from '../../errors.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../sql/identifiers.ts';
import type { Value } from '../sql/literals.ts';
import { type KeyedTable, lockingRead, lockingReads } from './lock-rows.ts';
import { exactKeyCondition, keyCondition, type RowKey, rowKeyExpression } from './row-key.ts';

/** What is read, and how. */
export interface RowReading {
	table: KeyedTable;
	/** Expressions, of the table as `t`. */
	select: readonly string[];
	/** Locks the rows too. */
	lock?: '' | 'FOR UPDATE';
}

export interface Keyed {
	rowKey: string;
	key: RowKey;
}

/** What was selected, by row key. */
export type FoundRows = Map<string, Value[]>;

/**
 * Reads the rows that there are of some keys, in one round trip; those that there are not are left out.
 * @throws SyncError `busy` where it is not certain which of them there are
 */
export async function rowsByKey(
	connection: Connection,
	reading: RowReading,
	wanted: readonly Keyed[],
): Promise<FoundRows> {
	const [found, count] = await connection.together(() =>
		Promise.all([
			findRows(connection, reading, wanted),
			countRows(connection, reading.table, wanted),
		]),
	);
	const missing = wanted.filter(({ rowKey }) => !found.has(rowKey));
	await addMissing(connection, reading, missing, count - (wanted.length - missing.length), found);
	return found;
}

/**
 * Reads rows, as the collations of the key's columns compare: the row of 'A' for the key 'a'. That a row
 * is not among them does not mean yet that it is gone.
 */
export async function findRows(
	connection: Connection,
	{ table, select, lock = '' }: RowReading,
	wanted: readonly Keyed[],
): Promise<FoundRows> {
	const keys = wanted.map((row) => row.key);
	const expressions = [rowKeyExpression(table.key, 't'), ...select];
	const statements =
		lock === ''
			? [reading(table, expressions, keyCondition(keys, table.key, 't'))]
			: lockingReads(table, expressions, keys);
	const rows = await Promise.all(statements.map((statement) => connection.arrays(statement)));
	return toFound(rows.flat());
}

function reading({ name }: KeyedTable, expressions: readonly string[], condition: string): string {
	return `SELECT ${expressions.join(', ')} FROM ${quoteName(name)} AS t WHERE ${condition}`;
}

function toFound(rows: readonly Value[][]): FoundRows {
	return new Map(rows.map(([rowKey, ...values]) => [String(rowKey), values]));
}

/**
 * Makes sure that the rows which were not found are gone, where any were not. Those that are there all the
 * same are added.
 * @throws SyncError `busy` where it is not certain
 */
export async function confirmGone(
	connection: Connection,
	reading: RowReading,
	wanted: readonly Keyed[],
	found: FoundRows,
): Promise<void> {
	const missing = wanted.filter(({ rowKey }) => !found.has(rowKey));
	if (missing.length === 0) return;
	const count = await countRows(connection, reading.table, missing);
	await addMissing(connection, reading, missing, count, found);
}

/** How many of the rows there are, with these very keys; NaN where the server does not say. */
async function countRows(
	connection: Connection,
	{ name, key }: RowReading['table'],
	wanted: readonly Keyed[],
): Promise<number> {
	const keys = wanted.map((row) => row.key);
	const [row] = await connection.arrays(
		`SELECT COUNT(*) FROM ${quoteName(name)} AS t WHERE ${exactKeyCondition(keys, key, 't')}`,
	);
	return Number(row?.[0] ?? Number.NaN);
}

/**
 * Adds rows that were not found although they are there: the result was cut short, or they came meanwhile,
 * or their keys are written otherwise than the server writes them (`1.5` for 1.500, in a log that is older
 * than this program's own).
 * @param count how many of the missing rows there are
 */
async function addMissing(
	connection: Connection,
	{ table, select, lock = '' }: RowReading,
	missing: readonly Keyed[],
	count: number,
	found: FoundRows,
): Promise<void> {
	if (count === 0) return;
	let added = 0;
	for (const row of missing) {
		const statement =
			lock === ''
				? reading(table, select, exactKeyCondition([row.key], table.key, 't'))
				: lockingRead(table, select, row.key);
		const [values] = await connection.arrays(statement);
		if (!values) continue;
		found.set(row.rowKey, values);
		added += 1;
	}
	if (added >= count) return;
	const words = Number.isNaN(count) ? 'an unknown number' : String(count);
	throw new SyncError(
		'busy',
		`the server returned an incomplete result: of the rows missing from it (${missing.length}), ${words} still exist`,
		{
			side: connection.end.side,
			table: table.name,
			hint: 'Nothing of the batch was carried over. If this persists, look for a proxy between here and the server that limits results.',
		},
	);
}
