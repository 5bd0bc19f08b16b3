import { differInCollation } from '../../database/pairing/key-columns.ts';
import { sameBytes } from '../../database/rows/row-key.ts';
import { quoteName, quoteNames } from '../../database/sql/identifiers.ts';
import { fillIn } from '../../database/sql/literals.ts';
import {
	type ColumnPair,
	travelsAsIndex,
	type Value,
	writePlaceholder,
} from '../../database/values/values.ts';
import { travellingColumns } from './read.ts';
import type { Route } from './route.ts';
import { pairedKey, type RowWrite, rowCondition } from './row-write.ts';

/**
 * The statements that write rows which are there on the source: inserted, or updated where the key is
 * there already. The guard makes the statement fail (1242) where the row that stands in the way has
 * another primary key: ON DUPLICATE KEY UPDATE would rewrite that row, and the count of rows would not
 * tell.
 */
export function upsertSql(route: Route, writes: readonly RowWrite[]): string[] {
	const columns = travellingColumns(route);
	const table = quoteName(route.target.name);
	const names = columns.map(({ target }) => target.name);
	const key = new Set(route.target.key.map(({ name }) => name));
	// The key's first: it is compared before it is set. A generated column of it is not set at all.
	const [guarded = '', ...others] = [
		...route.target.key.flatMap(({ name }) => (names.includes(name) ? name : [])),
		...names.filter((name) => !key.has(name)),
	];
	const updates = [
		`${quoteName(guarded)} = IF(${sameKey(route)} OR (SELECT 1 UNION SELECT 2), VALUES(${quoteName(guarded)}), ${table}.${quoteName(guarded)})`,
		...others.map((name) => `${quoteName(name)} = VALUES(${quoteName(name)})`),
	];
	return [
		`INSERT INTO ${table} (${quoteNames(names)})
		VALUES ${valueLists(columns, writes).join(', ')}
		ON DUPLICATE KEY UPDATE ${updates.join(', ')}`,
		...errorMemberSql(route, columns, writes),
	];
}

/** The rows as lists of literals, filled in here: a name may have a question mark in it. */
export function valueLists(columns: readonly ColumnPair[], writes: readonly RowWrite[]): string[] {
	const placeholders = `(${columns.map(writePlaceholder).join(', ')})`;
	if (!columns.some(travelsAsIndex)) {
		return writes.map(({ values }) => fillIn(placeholders, values ?? []));
	}
	const isError = columns.map(isErrorMember);
	return writes.map(({ values }) =>
		fillIn(
			placeholders,
			(values ?? []).map((value, index) => (isError[index]?.(value) ? firstMember : value)),
		),
	);
}

/** The statements that set ENUMs to no member, where the source has none. */
export function errorMemberSql(
	route: Route,
	columns: readonly ColumnPair[],
	writes: readonly RowWrite[],
): string[] {
	const table = quoteName(route.target.name);
	return columns.flatMap((pair, index) => {
		if (!travelsAsIndex(pair)) return [];
		const isError = isErrorMember(pair);
		const erroneous = writes.filter(({ values }) => isError(values?.[index] ?? null));
		if (erroneous.length === 0) return [];
		return [
			`UPDATE IGNORE ${table} FORCE INDEX (PRIMARY)
			SET ${quoteName(pair.target.name)} = 0
			WHERE ${rowCondition(route, erroneous, table)}`,
		];
	});
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
