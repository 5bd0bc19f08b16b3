/**
 * Side effects on the target while rows are applied: application triggers write to other tables, and foreign
 * keys delete or change referencing rows. The triggers on these tables log them with a special mark, and they
 * are handled before the transaction ends. If the source has the same side effects, its rows count and are
 * restored. Side effects of the target alone are changes of the target, and are transferred back.
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

/** True if any of the rows' tables has side effects. */
export function mayHaveEffects(rows: Iterable<Row>): boolean {
	return [...new Set([...rows].map(({ route }) => route))].some(({ target }) =>
		actsByItself(target),
	);
}

/** Tells the target's triggers which table is about to be written. */
export async function announce(target: LogConnection, route: Route): Promise<void> {
	await target.loopMarker.set(markerFor(route));
}

/** The loop marker while a table is written; empty if writes to it have no side effects. */
export function markerFor({ target }: Route): string {
	return actsByItself(target) ? tagOf(target.name) : '';
}

/** A statement that fails if the target had side effects. */
export function failIfEffects(): Sql {
	return failIf(hasEffectNotesSql());
}

/** True if a write to the table may change rows of other tables. */
function actsByItself({ applicationTriggers, referrers }: TrackedTable): boolean {
	return applicationTriggers.length > 0 || referrers.some(isActing);
}

/**
 * Handles the side effects logged so far. Resolves to the rows that must be written again, with their values.
 * All others become changes of the target.
 * @param left rows that the target keeps: refused ones, and those of a resolved conflict
 * @throws CascadedRows if contested rows, or rows that were to be kept, are gone
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
	// The source has no change of it that would reach the other sites of a hub.
	await turnIntoChanges(target, passedOn, formatNodes([state.source.end.nodeId]));
	await turnIntoChanges(target, kept, '');
	state.kept += kept.length;
	return again;
}

/**
 * Rows outside the batch that side effects changed although the target's own changes of them are pending for
 * the source. These changes take precedence.
 * @throws CascadedRows if a side effect deleted contested rows, or rows that were to be kept
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

/** Logs rows as changes of the target: side effects that could not be undone. */
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
