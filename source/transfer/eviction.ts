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

/** Takes away what a trigger may have met as a duplicate. Resolves to whether there was anything. */
export async function evictCopies(
	state: Applying,
	route: Route,
	error: SyncError,
): Promise<boolean> {
	const [, entry, keyName] = /Duplicate entry '(.*)' for key '(.*)'/s.exec(error.message) ?? [];
	if (error.errno !== 1062 || entry === undefined || keyName === undefined) return false;
	let evicted = false;
	for (const other of writtenByTriggers(state, route)) {
		if (!canComeBack(other)) continue;
		for (const copy of await rowsWith(state, other, entry, keyName)) {
			if (state.evicted.has(idOf(copy))) continue;
			await announce(state.target, other);
			await deleteRows(state.target, other, [{ row: copy, values: null }]);
			state.evicted.set(idOf(copy), copy);
			evicted = true;
		}
	}
	return evicted;
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

/**
 * Rows with what a server's words about a duplicate tell: the values of a key with dashes between, and
 * the key's name, to which MySQL adds the table's. More rows than the one that is meant do no harm.
 */
async function rowsWith(
	{ target }: Applying,
	route: Route,
	entry: string,
	keyName: string,
): Promise<Row[]> {
	const primary: UniqueKey = {
		name: 'PRIMARY',
		parts: route.target.key.map(({ name }) => ({ column: name, prefix: null })),
	};
	const found: Row[] = [];
	for (const { name, parts } of [primary, ...route.target.uniqueKeys]) {
		if (keyName !== name && keyName !== `${route.target.name}.${name}`) continue;
		const columns = parts.map(({ column }) => `t.${quoteName(column)}`);
		const values = parts.length === 1 ? [entry] : entry.split('-');
		const equal =
			values.length === parts.length
				? columns.map((column, index) => `${column} = ${quoteString(values[index] ?? '')}`)
				: [`CONCAT_WS('-', ${columns.join(', ')}) = ${quoteString(entry)}`];
		const rows = await target.rows<{ row_key: string }>(
			`SELECT ${rowKeyExpression(targetKey(route), 't')} AS row_key
			FROM ${quoteName(route.target.name)} AS t
			WHERE ${equal.join(' AND ')}`,
		);
		for (const { row_key } of rows) found.push(rowOf(route, row_key));
	}
	return found;
}
