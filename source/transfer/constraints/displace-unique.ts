/**
 * How a row of the target gives up a value of a UNIQUE key for a moment, until its own new values
 * come in the same transaction. Both servers check UNIQUE keys row by row, so values that are swapped
 * or handed on in a circle cannot be written in any order.
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

/** Tries with other random values, where one of them is taken. */
const attempts = 5;

/**
 * Takes a UNIQUE key's values from rows of the target: NULL where a column may be NULL, or else a
 * random value, or else the rows are deleted until they are written again. Resolves to whether that
 * was possible; where it was not, nothing has changed.
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
	// What an expression makes of a stand-in cannot be told.
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

/** Deletes rows that are to be written again, where that can be done without a loss. */
async function deleteForNow(
	connection: Connection,
	route: Route,
	rows: readonly Row[],
): Promise<boolean> {
	if (!canComeBack(route)) return false;
	return succeeds(connection, () => connection.runAll(deleteSql(route, rows)));
}

/** Runs a statement that the server may refuse, for whatever a row holds. */
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

/** Whether a row that is deleted can be written again without a loss, and takes no other with it. */
export function canComeBack(route: Route): boolean {
	const travelling = travellingColumns(route).map(({ target }) => target.name);
	return (
		route.target.referrers.length === 0 &&
		route.target.columns.every(({ name, generated }) => generated || travelling.includes(name))
	);
}

/** SQL of a value that no row has; null where the type has too few for that. (MySQL 9.7 has no MD5.) */
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
	// A high value would make the server count on from there.
	if (range === null || column.autoIncrement) return null;
	const { least, most } = range;
	return least < 0n ? `-1 - FLOOR(RAND() * ${-least})` : `${most} - FLOOR(RAND() * ${most / 2n})`;
}
