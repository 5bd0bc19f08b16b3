/**
 * Queries for the rows that foreign keys are about to change. They read like foreign keys do: current rows,
 * whatever the transaction's snapshot, locked, and found by the foreign key's index. A snapshot would miss
 * rows committed since, and their changes would be lost.
 */
import type { Column } from '../../database/catalogue/catalogue.ts';
import type { Referrer, Referring } from '../../database/catalogue/referrers.ts';
import { rowKeyExpression } from '../../database/rows/row-key.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import type { Path } from './cascade-paths.ts';

/** The row keys of the rows at the end of a chain of steps, through joins in the order of the chain. */
export function rowsOnPath(path: Path, key: readonly Column[], referred: Referred): string {
	const joins = path.map(({ referrer }, index) => {
		const alias = `t${index}`;
		const parent = path[index - 1]?.referrer.child;
		const next = path[index + 1]?.referrer.foreignKey.parentColumns ?? [];
		const table = `${quoteName(referrer.child.name)} AS ${alias}`;
		const whole = wholeRow(referrer.child, alias, next);
		if (!parent) return `${table}${whole}`;
		const holder = (column: string) => holderOf(parent, `t${index - 1}`, column);
		return `STRAIGHT_JOIN ${table} ON ${refers(referrer, alias, holder)}${whole}`;
	});
	return `SELECT ${rowKeyExpression(key, `t${path.length - 1}`)}
			FROM ${joins.join(' ')}
			WHERE ${refers(path[0].referrer, 't0', referred)}
			LOCK IN SHARE MODE`;
}

/** SQL for a column of the referenced row. */
export type Referred = (column: string) => string;

/** A condition that is true if a row references another one. */
export function refers({ foreignKey }: Referrer, child: string, referred: Referred): string {
	return foreignKey.columns
		.map((name, index) => {
			const parentColumn = foreignKey.parentColumns[index] ?? name;
			return `${child}.${quoteName(name)} = ${referred(parentColumn)}`;
		})
		.join(' AND ');
}

/**
 * A foreign key's index also contains the primary key, and as long as a query reads nothing else both
 * servers find the rows by that index. For another column of a small table they scan and lock all of
 * it, so the row is looked up by its primary key for that column. (FORCE INDEX would make the
 * application's writes fail once the index is renamed.)
 */
export function wholeRow(table: Referring, alias: string, columns: readonly string[]): string {
	if (table.key === null || columns.every((column) => isInKey(table, column))) return '';
	const same = table.key.map(({ name }) => {
		const column = quoteName(name);
		return `${rowAlias(alias)}.${column} = ${alias}.${column}`;
	});
	return ` STRAIGHT_JOIN ${quoteName(table.name)} AS ${rowAlias(alias)} ON ${same.join(' AND ')}`;
}

/** SQL for a column of a table joined in that way. */
export function holderOf(table: Referring, alias: string, column: string): string {
	const holder = table.key === null || isInKey(table, column) ? alias : rowAlias(alias);
	return `${holder}.${quoteName(column)}`;
}

const rowAlias = (alias: string) => `${alias}_row`;

function isInKey(table: Referring, column: string): boolean {
	return table.key?.some(({ name }) => name === column) ?? false;
}
