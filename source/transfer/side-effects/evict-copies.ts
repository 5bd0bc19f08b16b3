/**
 * An application trigger that copies a row to another table fails with a duplicate if the copy was
 * transferred first. The copy is deleted, created again by the trigger, and then set to the source's values.
 */

import { type Change, fetchPendingOf } from '../../changelog/log/pending.ts';
import type { UniqueKey } from '../../database/catalogue/catalogue.ts';
import { effectSign } from '../../database/connection/session.ts';
import { rowKeyExpression } from '../../database/rows/row-key.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { quoteString } from '../../database/sql/literals.ts';
import type { SyncError } from '../../errors.ts';
import { type Applying, idOf } from '../attempt/apply-state.ts';
import { canComeBack } from '../constraints/displace-unique.ts';
import { readRows } from '../rows/read.ts';
import { type Route, type Row, rowOf } from '../rows/route.ts';
import { deleteSql, targetKey } from '../rows/row-write.ts';
import { announce } from './effects.ts';
import { reachedByTriggers } from './trigger-targets.ts';

/** Deletes the rows that a trigger may have met as duplicates. Resolves to true if there were any. */
export async function evictCopies(
	state: Applying,
	route: Route,
	error: SyncError,
): Promise<boolean> {
	const [, entry, keyName] = /Duplicate entry '(.*)' for key '(.*)'/s.exec(error.message) ?? [];
	if (error.errno !== 1062 || entry === undefined || keyName === undefined) return false;
	if (route.target.applicationTriggers.length === 0) return false;
	const named = await reachedByTriggers(state, route);
	if (await evictFrom(state, named, entry, keyName)) return true;
	// Procedures and functions that the account cannot see may write to any table.
	const others = [...state.routes.values()].filter(
		(other) => other !== route && !named.includes(other),
	);
	return evictFrom(state, others, entry, keyName);
}

async function evictFrom(
	state: Applying,
	routes: readonly Route[],
	entry: string,
	keyName: string,
): Promise<boolean> {
	let evicted = false;
	for (const route of routes) {
		if (!canComeBack(route)) continue;
		const met = await rowsWith(state, route, entry, keyName);
		for (const copy of await restorable(state, route, met)) {
			await announce(state.target, route);
			await state.target.runAll(deleteSql(route, [copy]));
			state.evicted.set(idOf(copy), copy);
			evicted = true;
		}
	}
	return evicted;
}

/**
 * The rows that can be restored to the source's state without loss: the source has them or their deletion is
 * pending, and the target has no own change of them.
 */
async function restorable(
	{ source, target, evicted }: Applying,
	route: Route,
	rows: readonly Row[],
): Promise<Row[]> {
	const fresh = rows.filter((row) => !evicted.has(idOf(row)));
	if (fresh.length === 0) return [];
	const keys = fresh.map(({ rowKey }) => rowKey);
	const ofTarget = await fetchPendingOf(target, source.end.nodeId, [route.target.name], keys);
	const ofSource = await fetchPendingOf(source, target.end.nodeId, [route.source.name], keys);
	const noted = ({ appliedNodes }: Change) => appliedNodes.startsWith(effectSign);
	const own = new Set(ofTarget.filter((change) => !noted(change)).map(({ rowKey }) => rowKey));
	const onTheWay = new Set(ofSource.map(({ rowKey }) => rowKey));
	const there = await readRows(source, fresh);
	return fresh.filter(
		(row) => !own.has(row.rowKey) && (there.get(row) || onTheWay.has(row.rowKey)),
	);
}

/**
 * Finds rows by a server's duplicate-key message: the key values joined by dashes, and the key's name, which
 * MySQL prefixes with the table's. Additional matches do no harm.
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
		const columns = parts.map((part) =>
			'column' in part ? `t.${quoteName(part.column)}` : `(${part.expression})`,
		);
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
