/**
 * An application's trigger that keeps a copy of a row in another table fails with a duplicate where
 * the copy travelled by itself and came first. The copy is taken out of its way, made anew by the
 * trigger, and then set to what it is on the source.
 */
import type { UniqueKey } from '../database/catalogue.ts';
import { quoteName } from '../database/identifiers.ts';
import { quoteString } from '../database/literals.ts';
import { rowKeyExpression } from '../database/row-key.ts';
import type { SyncError } from '../errors.ts';
import { type Applying, idOf } from './applying.ts';
import { canComeBack } from './aside.ts';
import { type Route, type Row, rowOf } from './collapse.ts';
import { announce } from './effects.ts';
import { deleteRows, targetKey } from './statements.ts';

/** Takes away the row that a trigger met as a duplicate. Resolves to whether there was exactly one. */
export async function evictCopy(state: Applying, route: Route, error: SyncError): Promise<boolean> {
	const entry = /Duplicate entry '(.*)' for key '/s.exec(error.message)?.[1];
	if (error.errno !== 1062 || entry === undefined) return false;
	const copies: Row[] = [];
	for (const other of writtenByTriggers(state, route)) {
		if (canComeBack(other)) copies.push(...(await rowsWith(state, other, entry)));
	}
	const [copy] = copies;
	if (!copy || copies.length > 1) return false;
	const id = idOf(copy);
	if (state.evicted.has(id)) return false;
	await announce(state.target, copy.route);
	await deleteRows(state.target, copy.route, [{ row: copy, values: null }]);
	state.evicted.set(id, copy);
	return true;
}

/** The tables that the table's triggers on the target name. */
export function writtenByTriggers({ routes }: Pick<Applying, 'routes'>, route: Route): Route[] {
	const words = new Set(
		route.target.applicationTriggers.flatMap(({ statement }) =>
			statement.toLowerCase().split(/[^\p{L}\p{N}_$]+/u),
		),
	);
	return [...routes.values()].filter(
		(other) => other !== route && words.has(other.target.name.toLowerCase()),
	);
}

/** Rows with the entry of a server's words about a duplicate: the values of a key, with dashes between. */
async function rowsWith({ target }: Applying, route: Route, entry: string): Promise<Row[]> {
	const primary: UniqueKey = {
		name: 'PRIMARY',
		parts: route.target.key.map(({ name }) => ({ column: name, prefix: null })),
	};
	const found = new Map<string, Row>();
	for (const { parts } of [primary, ...route.target.uniqueKeys]) {
		const values = parts.length === 1 ? [entry] : entry.split('-');
		if (values.length !== parts.length) continue;
		const equal = parts.map(
			({ column }, index) => `t.${quoteName(column)} = ${quoteString(values[index] ?? '')}`,
		);
		const rows = await target.rows<{ row_key: string }>(
			`SELECT ${rowKeyExpression(targetKey(route), 't')} AS row_key
			FROM ${quoteName(route.target.name)} AS t
			WHERE ${equal.join(' AND ')}
			LIMIT 2`,
		);
		for (const { row_key } of rows) found.set(row_key, rowOf(route, row_key));
	}
	return [...found.values()];
}
