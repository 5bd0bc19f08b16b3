/**
 * What the target does by itself while rows are applied: the application's triggers write to other
 * tables, foreign keys delete or change what refers to a row. The triggers of these tables note it
 * in the change log under a sign, and it is seen to before the transaction ends: where the source
 * does the like by itself, the source's rows count and are put back; what the target alone does is a
 * change of the target's own, and travels back.
 */

import {
	dropEffectNotes,
	type EffectNote,
	hasEffectNotesSql,
	readEffectNotes,
	turnIntoChanges,
} from '../../changelog/log/effect-notes.ts';
import { now, writeEntriesSql } from '../../changelog/log/entries.ts';
import type { Change } from '../../changelog/log/pending.ts';
import { pendingByRow, rowId } from '../../changelog/log/pending-rows.ts';
import { formatNodes } from '../../changelog/session/applied-nodes.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { isActing } from '../../database/catalogue/referrers.ts';
import { failIf } from '../../database/connection/guard.ts';
import { effectSign, tagOf } from '../../database/connection/session.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import type { Sql } from '../../database/sql/sql.ts';
import { type Applying, namedAtTarget } from '../attempt/apply-state.ts';
import { CascadedRows } from '../attempt/signals.ts';
import { type CurrentRows, readRows } from '../rows/read.ts';
import { type Route, type Row, rowOf } from '../rows/route.ts';

/** Whether any of the rows' tables acts by itself. */
export function mayHaveEffects(rows: Iterable<Row>): boolean {
	return [...new Set([...rows].map(({ route }) => route))].some(({ target }) =>
		actsByItself(target),
	);
}

/** Tells the target's triggers which table is about to be written. */
export async function announce(target: LogConnection, route: Route): Promise<void> {
	await target.loopMarker.set(markerFor(route));
}

/** What the loop marker is while a table is written: empty where its rows touch no others. */
export function markerFor({ target }: Route): string {
	return actsByItself(target) ? tagOf(target.name) : '';
}

/** A statement that fails where the target has done something by itself. */
export function failIfEffects(): Sql {
	return failIf(hasEffectNotesSql());
}

/** Whether a write to the table may change rows of other tables. */
function actsByItself({ applicationTriggers, referrers }: TrackedTable): boolean {
	return applicationTriggers.length > 0 || referrers.some(isActing);
}

/**
 * Sees to what was noted so far. Resolves to the rows that have to be written again, with their
 * values; the notes of all others are changes of the target's own from here on.
 * @param left rows that stay as the target has them: refused ones, and those of a decided conflict
 * @throws CascadedRows where rows are gone that are contested, or decided to stay
 */
export async function takeEffects(
	state: Applying,
	left: ReadonlySet<string>,
): Promise<CurrentRows<Row>> {
	const { target } = state;
	const effects = await readEffectNotes(target);
	const again: CurrentRows<Row> = new Map();
	const elsewhere = new Map(state.evicted);
	state.evicted.clear();
	const undone: string[] = [];
	const kept: string[] = [];
	const passedOn: string[] = [];
	const actors = new Map(
		[...state.routes.values()].map((route) => [tagOf(route.target.name), route]),
	);
	const contested = await contestedAmong(state, effects);
	for (const { id, table, rowKey, actor: tag } of effects) {
		const key = rowId(table, rowKey);
		const route = state.routes.get(table);
		const actor = actors.get(tag);
		const ours = state.byId.has(key) || (actor !== undefined && actsByItself(actor.source));
		if (!route || left.has(key) || contested.has(key) || !ours) {
			kept.push(id);
			continue;
		}
		if (state.losers.has(key)) passedOn.push(id);
		else undone.push(id);
		elsewhere.set(key, rowOf(route, rowKey));
	}
	for (const key of [...elsewhere.keys()]) {
		const own = state.byId.get(key);
		if (!own) continue;
		again.set(own, state.writes.get(own) ?? null);
		elsewhere.delete(key);
	}
	for (const [row, values] of await readRows(state.source, [...elsewhere.values()])) {
		again.set(row, values);
	}
	await dropEffectNotes(target, undone);
	// The source has no change of it that would tell the other sites of a hub.
	await turnIntoChanges(target, passedOn, formatNodes([state.source.end.nodeId]));
	await turnIntoChanges(target, kept, '');
	state.kept += kept.length;
	return again;
}

/**
 * The rows that effects changed beside those of the batch although the target's own changes of them
 * are pending for the source: these count.
 * @throws CascadedRows where an effect deleted rows that are contested, or decided to stay
 */
async function contestedAmong(
	{ source, target, routes, byId, staying, losers }: Applying,
	effects: readonly EffectNote[],
): Promise<Set<string>> {
	const rows = new Map<string, Row>();
	for (const { table, rowKey } of effects) {
		const route = routes.get(table);
		const id = rowId(table, rowKey);
		if (route && !losers.has(id)) rows.set(id, rowOf(route, rowKey));
	}
	const isNote = ({ appliedNodes }: Change) => appliedNodes.startsWith(effectSign);
	const named = [...rows.values()].map(namedAtTarget);
	const changes = await pendingByRow(target, source.end.nodeId, named);
	const contested = new Set(
		[...rows.keys()].filter((id) => changes.get(id)?.some((change) => !isNote(change))),
	);
	const gone = new Map<string, Row>();
	for (const { table, rowKey, operation } of effects) {
		const id = rowId(table, rowKey);
		const row = rows.get(id);
		if (row && operation === 'DELETE' && (contested.has(id) || staying.has(id))) gone.set(id, row);
	}
	if (gone.size > 0) throw new CascadedRows([...gone.values()]);
	return new Set([...contested].filter((id) => !byId.has(id)));
}

/** Enters rows as changes of the target's own: what it did by itself and could not be put back. */
export async function keepEffects(state: Applying, rows: readonly Row[]): Promise<void> {
	const { target } = state;
	for (const { route, rowKey } of rows) {
		const entry = {
			...{ table: route.target.name, operation: 'UPDATE', rowKey, appliedNodes: '' },
			...{ sourceNode: target.end.nodeId, changedAt: now },
		};
		await target.run(writeEntriesSql([entry]));
		state.kept += 1;
	}
}
