import type { Connection } from '../../database/connection/connection.ts';
import { quoteName, quoteNames } from '../../database/sql/identifiers.ts';
import { fillIn } from '../../database/sql/literals.ts';
import { type ColumnPair, writePlaceholder } from '../../database/values/values.ts';
import { lockKeys, travellingColumns } from './read.ts';
import type { Route } from './route.ts';
import { type RowWrite, rowCondition } from './row-write.ts';
import { errorMemberSql, upsertSql, valueLists } from './upsert.ts';

/**
 * Writes rows to a table with application triggers on INSERT. ON DUPLICATE KEY UPDATE would run them for
 * existing rows too, and VALUES() would return the values as the triggers changed them.
 */
export async function insertOrUpdate(
	connection: Connection,
	route: Route,
	writes: readonly RowWrite[],
): Promise<void> {
	const columns = travellingColumns(route);
	const standing = await lockKeys(
		connection,
		route,
		writes.map(({ row }) => row),
	);
	const present = writes.filter(({ row }) => standing.has(row.rowKey));
	const absent = writes.filter(({ row }) => !standing.has(row.rowKey));
	if (absent.length > 0 && standing.size > present.length) {
		// The key exists, in a different letter case.
		await connection.runAll(upsertSql(route, absent));
	} else if (absent.length > 0) {
		await connection.run(
			`INSERT INTO ${quoteName(route.target.name)} (${quoteNames(columns.map(({ target }) => target.name))})
			VALUES ${valueLists(columns, absent).join(', ')}`,
		);
		await connection.runAll(errorMemberSql(route, columns, absent));
	}
	for (const write of present) await updateRow(connection, route, write, columns);
}

/** Sets columns of an existing row to their new values. */
export async function updateRow(
	connection: Connection,
	route: Route,
	write: RowWrite,
	columns: readonly ColumnPair[],
): Promise<void> {
	const table = quoteName(route.target.name);
	const all = travellingColumns(route).map(({ target }) => target.name);
	const assignments = columns.map((pair) => {
		const value = write.values?.[all.indexOf(pair.target.name)] ?? null;
		return `${quoteName(pair.target.name)} = ${fillIn(writePlaceholder(pair), [value])}`;
	});
	await connection.run(
		`UPDATE ${table} FORCE INDEX (PRIMARY)
		SET ${assignments.join(', ')}
		WHERE ${rowCondition(route, [write], table)}`,
	);
}
