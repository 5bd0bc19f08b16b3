/**
 * Statements that lock the rows they name, and neither lock nor wait for any other.
 *
 * An optimizer walks through a whole table where it expects that to cost less than looking the rows up:
 * once they are about a third of it, in a small table, or while its statistics are old. All rows on the
 * way are then locked, or waited for. FORCE INDEX (PRIMARY) keeps an UPDATE to the rows that it names. A
 * SELECT or DELETE has to read a column beside the key as well: without one, MariaDB 10.11 and MySQL 9.7
 * walk through the forced index. Where a table has no such column, each row gets a statement of its own,
 * as a single key is looked up before anything is planned. A single-table DELETE takes no index hint, so
 * it is written as one of several tables.
 */
import type { Column } from '../catalogue/catalogue.ts';
import { quoteName } from '../sql/identifiers.ts';
import { idList } from '../sql/literals.ts';
import { exactKeyCondition, keyCondition, type RowKey } from './row-key.ts';

/** A table whose rows are named by its primary key. */
export interface KeyedTable {
	name: string;
	/** The key's columns in the order of a row key's parts. */
	key: readonly Column[];
	columns: readonly Column[];
}

/**
 * The statements that lock the rows with some keys, as the collations of the key's columns compare, and
 * yield expressions of those that are there.
 * @param expressions SQL that calls the table `t`
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

/** The statement that locks the row with a key, to the last byte, and yields expressions of it. */
export function lockingRead(
	table: KeyedTable,
	expressions: readonly string[],
	key: RowKey,
): string {
	const [row] = namedRows(table, [key], exactKeyCondition);
	return `SELECT ${expressions.join(', ')} FROM ${row} FOR UPDATE`;
}

/** The statements that delete the rows with some keys: of 'a' and 'A' no other than the one that is named. */
export function keyedDeletes(table: KeyedTable, keys: readonly RowKey[]): string[] {
	return namedRows(table, keys, exactKeyCondition).map((rows) => `DELETE t FROM ${rows}`);
}

/**
 * The statement that deletes rows of one of the tool's own tables by their ids.
 * @param beside a column of the table beside its key
 */
export function deleteById(table: string, ids: readonly string[], beside: string): string {
	return `DELETE t FROM ${quoteName(table)} AS t FORCE INDEX (PRIMARY)
		WHERE t.id IN (${idList(ids)}) AND ${alwaysTrue(beside)}`;
}

/** What stands between FROM and FOR UPDATE. */
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

/** SQL that is always true, and makes the server read a column. */
function alwaysTrue(column: string): string {
	return `(t.${quoteName(column)} IS NULL OR TRUE)`;
}

/** A column beside the key that costs next to nothing to read. */
function columnBeside({ columns }: KeyedTable): string | null {
	const found = columns.find(
		({ inKey, generated, lacks, type }) =>
			!inKey && !generated && !lacks.includes('SELECT') && !isLargeType(type),
	);
	return found?.name ?? null;
}

/** Whether values of the type may lie apart from their row. */
function isLargeType(type: string): boolean {
	return /(text|blob|json|geometry|collection|string|polygon|point|vector)$/.test(type);
}
