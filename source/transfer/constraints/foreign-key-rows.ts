/** Rows of other tables that a foreign key of the target connects to a row. */

import { rowId } from '../../changelog/log/pending-rows.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { keyCondition, rowKeyExpression } from '../../database/rows/row-key.ts';
import { findColumn } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { fillIn } from '../../database/sql/literals.ts';
import { inParts } from '../../database/sql/parts.ts';
import { writePlaceholder } from '../../database/values/values.ts';
import type { Applying } from '../attempt/apply-state.ts';
import { groupByRoute, travellingColumns } from '../rows/read.ts';
import { type Route, type Row, rowOf } from '../rows/route.ts';
import { type RowWrite, targetKey } from '../rows/row-write.ts';

/** The rows that a row references, read from the source. */
export async function cascadingParents(
	{ source, routes }: Pick<Applying, 'source' | 'routes'>,
	route: Route,
	write: RowWrite,
): Promise<Row[]> {
	const columns = travellingColumns(route);
	const parents: Row[] = [];
	for (const { parent, columns: referring, parentColumns } of route.target.foreignKeys) {
		const parentRoute = routes.get(parent);
		if (!parentRoute) continue;
		const conditions = referring.map((name, index) => {
			const position = columns.findIndex(({ target }) => target.name === name);
			const pair = columns[position];
			const value = write.values?.[position] ?? null;
			const referred = findColumn(parentRoute.source, parentColumns[index] ?? name);
			if (!pair || !referred || value === null) return null;
			return `t.${quoteName(referred.name)} = ${fillIn(writePlaceholder(pair), [value])}`;
		});
		if (conditions.includes(null)) continue;
		const found = await source.rows<{ row_key: string }>(
			`SELECT ${rowKeyExpression(parentRoute.source.key, 't')} AS row_key
			FROM ${quoteName(parentRoute.source.name)} AS t
			WHERE ${conditions.join(' AND ')}`,
		);
		for (const { row_key } of found) parents.push(rowOf(parentRoute, row_key));
	}
	return parents;
}

/** Rows per query. */
const rowsPerQuery = 1000;

/** By `idOf`: the rows of the target whose deletion would cascade to each of the rows. */
export async function cascadingParentsOf(
	{ target, routes }: Pick<Applying, 'target' | 'routes'>,
	rows: readonly Row[],
): Promise<Map<string, Row[]>> {
	const parents = new Map<string, Row[]>();
	for (const [route, ofRoute] of groupByRoute(rows)) {
		for (const { parent, columns, parentColumns, onDelete } of route.target.foreignKeys) {
			const parentRoute = routes.get(parent);
			if (!parentRoute || onDelete !== 'CASCADE') continue;
			const joined = columns.map(
				(name, index) => `c.${quoteName(name)} = p.${quoteName(parentColumns[index] ?? name)}`,
			);
			for (const part of inParts(ofRoute, rowsPerQuery)) {
				const keys = part.map(({ key }) => key);
				const found = await target.rows<{ child_key: string; parent_key: string }>(
					`SELECT ${rowKeyExpression(targetKey(route), 'c')} AS child_key,
						${rowKeyExpression(targetKey(parentRoute), 'p')} AS parent_key
					FROM ${quoteName(route.target.name)} AS c JOIN ${quoteName(parent)} AS p
						ON ${joined.join(' AND ')}
					WHERE ${keyCondition(keys, targetKey(route), 'c')}`,
				);
				for (const { child_key, parent_key } of found) {
					const id = rowId(route.target.name, child_key);
					parents.set(id, [...(parents.get(id) ?? []), rowOf(parentRoute, parent_key)]);
				}
			}
		}
	}
	return parents;
}

/** Most referencing rows that are worth reading. */
const childrenAtMost = 1000;

/** The rows that reference a row on the target. */
export async function childrenOf(
	{ target, routes }: { target: Connection; routes: Applying['routes'] },
	row: Row,
): Promise<Row[]> {
	const { route } = row;
	const children: Row[] = [];
	for (const { child, foreignKey } of route.target.referrers) {
		const childRoute = routes.get(child.name);
		if (!childRoute) continue;
		const joined = foreignKey.columns.map((name, index) => {
			const referred = foreignKey.parentColumns[index] ?? name;
			return `c.${quoteName(name)} = p.${quoteName(referred)}`;
		});
		const found = await target.rows<{ row_key: string }>(
			`SELECT ${rowKeyExpression(targetKey(childRoute), 'c')} AS row_key
			FROM ${quoteName(child.name)} AS c JOIN ${quoteName(route.target.name)} AS p
				ON ${joined.join(' AND ')}
			WHERE ${keyCondition([row.key], targetKey(route), 'p')}
			LIMIT ${childrenAtMost}`,
		);
		for (const { row_key } of found) children.push(rowOf(childRoute, row_key));
	}
	return children;
}
