/**
 * Makes a row of the target give up a value of a UNIQUE key until its new values are written
 * in the same transaction. Both servers check UNIQUE keys row by row, so values that are
 * swapped or rotated cannot be written in any order.
 */
import type { Column, UniqueKey } from '../../database/catalogue/catalogue.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { numberRange } from '../../database/pairing/column-fit.ts';
import { findColumn } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { asSyncError } from '../../errors.ts';
import { travellingColumns } from '../rows/read.ts';
import type { Route, Row } from '../rows/route.ts';
import { deleteSql, rowCondition } from '../rows/row-write.ts';

/** Attempts with other random values if one is taken. */
const attempts = 5;

/**
 * Takes a UNIQUE key's values from rows of the target: sets a nullable column to NULL, else a
 * column to a random value, else deletes the rows until they are written again. Resolves to false,
 * with nothing changed, if none of this is possible.
 */
export async function takeValues(
	connection: Connection,
	route: Route,
	rows: readonly Row[],
	uniqueKey: UniqueKey,
): Promise<boolean> {
	const table = quoteName(route.target.name);
	const writes = rows.map((row) => ({ row, values: null }));
	const expressions = uniqueKey.parts.flatMap((part) =>
		'expression' in part ? part.expression : [],
	);
	// The result of an expression for a substitute value is unknown.
	if (expressions.length > 0 && (await deleteForNow(connection, route, rows))) return true;
	const parts = uniqueKey.parts.flatMap((part) => ('column' in part ? part : []));
	const inExpressions = route.target.columns
		.filter(({ name }) => expressions.some((expression) => expression.includes(quoteName(name))))
		.map(({ name }) => ({ column: name, prefix: null }));
	const columns = [...parts, ...inExpressions].flatMap(({ column, prefix }) => {
		const found = findColumn(route.target, column);
		const inKey = route.target.key.some(({ name }) => name === column);
		return found && !inKey && !found.generated ? [{ column: found, prefix }] : [];
	});
	const stand = columns
		.map(({ column, prefix }) => ({ name: column.name, value: standInFor(column, prefix) }))
		.sort((one, other) => Number(other.value === 'NULL') - Number(one.value === 'NULL'))
		.find(({ value }) => value !== null);
	for (let attempt = 0; stand && attempt < attempts; attempt += 1) {
		const sql = `UPDATE ${table} FORCE INDEX (PRIMARY)
			SET ${quoteName(stand.name)} = ${stand.value}
			WHERE ${rowCondition(route, writes, table)}`;
		if (await succeeds(connection, () => connection.run(sql))) return true;
	}
	return deleteForNow(connection, route, rows);
}

/** Deletes rows that are written again later, if that loses nothing. */
async function deleteForNow(
	connection: Connection,
	route: Route,
	rows: readonly Row[],
): Promise<boolean> {
	if (!canComeBack(route)) return false;
	return succeeds(connection, () => connection.runAll(deleteSql(route, rows)));
}

/** Runs a statement that the server may refuse, depending on the row's data. */
async function succeeds(
	connection: Connection,
	statement: () => Promise<unknown>,
): Promise<boolean> {
	try {
		await statement();
		return true;
	} catch (thrown) {
		const error = asSyncError(thrown);
		if (error.code !== 'refused') throw thrown;
		await connection.requireOpen(error);
		return false;
	}
}

/** True if a row can be deleted and written again without losing data or deleting others. */
export function canComeBack(route: Route): boolean {
	const travelling = travellingColumns(route).map(({ target }) => target.name);
	return (
		route.target.referrers.length === 0 &&
		route.target.columns.every(({ name, generated }) => generated || travelling.includes(name))
	);
}

/** SQL of a value that no row has; null if the type has too few values. (MySQL 9.7 has no MD5.) */
function standInFor(column: Column, prefix: number | null): string | null {
	if (column.nullable) return 'NULL';
	const { type, fullType } = column;
	const length = Math.min(Number(/\((\d+)\)/.exec(fullType)?.[1] ?? 32), prefix ?? 32, 32);
	if (/char$|text$/.test(type) && length >= 3) return `LEFT(SHA2(RAND(), 256), ${length})`;
	if (/binary$|blob$/.test(type) && length >= 2) {
		return `UNHEX(LEFT(SHA2(RAND(), 256), ${2 * length}))`;
	}
	if (type === 'uuid') return 'UUID()';
	if (type === 'date') return "'0100-01-01' + INTERVAL FLOOR(RAND() * 300000) DAY";
	if (type === 'datetime') return "'0100-01-01' + INTERVAL FLOOR(RAND() * 9000000000) SECOND";
	const range = numberRange(column);
	// A high value would advance the AUTO_INCREMENT counter.
	if (range === null || column.autoIncrement) return null;
	const { least, most } = range;
	return least < 0n ? `-1 - FLOOR(RAND() * ${-least})` : `${most} - FLOOR(RAND() * ${most / 2n})`;
}
