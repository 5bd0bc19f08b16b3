/**
 * Reads rows of a table by their keys. A row that is not returned counts as deleted, and is deleted on the
 * other side. For each key without a row, the server must therefore confirm that there is none, in a result
 * that cannot be cut short unnoticed.
 */
import { SyncError } from '../../errors.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../sql/identifiers.ts';
import type { Value } from '../sql/literals.ts';
import { type KeyedTable, lockingRead, lockingReads } from './lock-rows.ts';
import { exactKeyCondition, keyCondition, type RowKey, rowKeyExpression } from './row-key.ts';

/** What to read, and how. */
export interface RowReading {
	table: KeyedTable;
	/** Expressions over the table `t`. */
	select: readonly string[];
	/** Locks the rows too. */
	lock?: '' | 'FOR UPDATE';
}

export interface Keyed {
	rowKey: string;
	key: RowKey;
}

/** The selected values, by row key. */
export type FoundRows = Map<string, Value[]>;

/**
 * Reads the existing rows of some keys in one round trip; others are omitted.
 * @throws SyncError `busy` if it is uncertain which rows exist
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
 * Reads rows, compared by the key columns' collations: the row of 'A' for the key 'a'. A row that is not
 * returned is not yet proven to be deleted.
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
 * Confirms that the rows that were not found are deleted, and adds those that exist after all.
 * @throws SyncError `busy` if it is uncertain
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

/** The number of rows with exactly these keys; NaN if the server does not say. */
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
 * Adds rows that exist although they were not found: the result was cut short, they were
 * inserted meanwhile, or their keys are spelled differently from the server's spelling
 * (`1.5` for 1.500, in a log that predates this program).
 * @param count the number of missing rows that exist
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
		`the server returned an incomplete result: ${words} of the ${missing.length} missing rows still exist`,
		{
			side: connection.end.side,
			table: table.name,
			hint: 'Nothing of the batch was applied. If this persists, look for a proxy in front of the server that limits results.',
		},
	);
}
