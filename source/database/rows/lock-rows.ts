/**
 * Statements that lock the rows they name, without locking or waiting for any other.
 *
 * An optimizer scans the whole table if it expects that to be cheaper than looking the rows up: from about a
 * third of the rows on, in a small table, or with outdated statistics. It then locks, or waits for, all rows
 * on the way. FORCE INDEX (PRIMARY) restricts an UPDATE to the rows that it names. A SELECT or DELETE must
 * also read a column outside the key: otherwise MariaDB 10.11 and MySQL 9.7 scan the forced index. If a table
 * has no such column, each row gets its own statement, as a single key is looked up before planning. A
 * single-table DELETE accepts no index hint, so it is written as a multi-table one.
 */
import type { Column } from '../catalogue/catalogue.ts';
import { quoteName } from '../sql/identifiers.ts';
import { ids, name, rawSql, type Sql, sql } from '../sql/sql.ts';
import { exactKeyCondition, keyCondition, type RowKey } from './row-key.ts';

/** A table whose rows are identified by its primary key. */
export interface KeyedTable {
	name: string;
	/** The key columns in the order of a row key's parts. */
	key: readonly Column[];
	columns: readonly Column[];
}

/**
 * The statements that lock the rows with the given keys, compared by the key columns'
 * collations, and return expressions of those that exist.
 * @param expressions SQL that names the table `t`
 */
export function lockingReads(
	table: KeyedTable,
	expressions: readonly string[],
	keys: readonly RowKey[],
): string[] {
	return namedRows(table, keys, keyCondition).map(
		(rows) => `SELECT ${expressions.join(', ')} FROM ${rows} FOR UPDATE`,
	);
}

/** The statement that locks the row with a key, compared byte by byte, and returns expressions of it. */
export function lockingRead(
	table: KeyedTable,
	expressions: readonly string[],
	key: RowKey,
): string {
	const [row] = namedRows(table, [key], exactKeyCondition);
	return `SELECT ${expressions.join(', ')} FROM ${row} FOR UPDATE`;
}

/** The statements that delete the rows with the given keys: of 'a' and 'A', only the one that is named. */
export function keyedDeletes(table: KeyedTable, keys: readonly RowKey[]): string[] {
	return namedRows(table, keys, exactKeyCondition).map((rows) => `DELETE t FROM ${rows}`);
}

/**
 * The statement that deletes rows of one of the program's own tables by id.
 * @param beside a column of the table outside its key
 */
export function deleteByIdSql(table: string, rows: readonly string[], beside: string): Sql {
	return sql`DELETE t FROM ${name(table)} AS t FORCE INDEX (PRIMARY)
		WHERE t.id IN (${ids(rows)}) AND ${rawSql(alwaysTrue(beside))}`;
}

/** The part between FROM and FOR UPDATE. */
function namedRows(
	table: KeyedTable,
	keys: readonly RowKey[],
	condition: typeof keyCondition,
): string[] {
	const from = `${quoteName(table.name)} AS t FORCE INDEX (PRIMARY) WHERE`;
	const beside = columnBeside(table);
	if (beside === null) return keys.map((key) => `${from} ${condition([key], table.key, 't')}`);
	return [`${from} (${condition(keys, table.key, 't')}) AND ${alwaysTrue(beside)}`];
}

/** SQL that is always true and makes the server read a column. */
function alwaysTrue(column: string): string {
	return `(t.${quoteName(column)} IS NULL OR TRUE)`;
}

/** A column outside the key that is cheap to read. */
function columnBeside({ columns }: KeyedTable): string | null {
	const found = columns.find(
		({ inKey, generated, lacks, type }) =>
			!inKey && !generated && !lacks.includes('SELECT') && !isLargeType(type),
	);
	return found?.name ?? null;
}

/** True if values of the type may be stored outside their row. */
function isLargeType(type: string): boolean {
	return /(text|blob|json|geometry|collection|string|polygon|point|vector)$/.test(type);
}
