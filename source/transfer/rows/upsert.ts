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
 * The statements that insert rows, or update those whose key exists. The guard makes the statement fail
 * (1242) if the conflicting row has another primary key: ON DUPLICATE KEY UPDATE would overwrite that row,
 * and the row count would not reveal it.
 */
export function upsertSql(route: Route, writes: readonly RowWrite[]): string[] {
	const columns = travellingColumns(route);
	const table = quoteName(route.target.name);
	const names = columns.map(({ target }) => target.name);
	const key = new Set(route.target.key.map(({ name }) => name));
	// The key columns come first: the guard compares them before they are set. A
	// generated key column is never set.
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

/** The rows as lists of literals, inlined here because a name may contain a question mark. */
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

/** The statements that set ENUMs to the error member where the source has it. */
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

/** The index of an ENUM's first member, a temporary substitute for the error member. */
const firstMember = 1;

/**
 * True for index 0, the ENUM error member that a non-strict session stores for an invalid
 * value. A strict session cannot insert it, but UPDATE IGNORE can set it without touching
 * other columns. In a key it is left to be refused.
 */
function isErrorMember(pair: ColumnPair): (value: Value) => boolean {
	return travelsAsIndex(pair) ? (value) => value === 0 : () => false;
}

/**
 * A condition that is true if the row met by an INSERT has the same primary key. If the collations of the two
 * sides differ, two rows of the source may be one key on the target, so the bytes must be equal. Otherwise
 * 'a' for 'A' is an update of that row.
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
