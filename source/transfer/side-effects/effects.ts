/**
 * Side effects on the target while rows are applied: application triggers write to other tables, and foreign
 * keys delete or change referencing rows. The triggers on these tables log them with a special mark, and they
 * are handled before the transaction ends. If the source has the same side effects, its rows count and are
 * restored. Side effects of the target alone are changes of the target, and are transferred back.
 */

import { formatNodes } from '../../changelog/applied-nodes.ts';
import { setLoopMarker } from '../../changelog/loop-marker.ts';
import type { Change } from '../../changelog/pending.ts';
import { pendingByRow, rowId } from '../../changelog/pending-rows.ts';
import { isActing } from '../../database/catalogue/referrers.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { failIf } from '../../database/connection/guard.ts';
import { effectSign, tagOf } from '../../database/connection/session.ts';
import { deleteById } from '../../database/rows/lock-rows.ts';
import { changeLogTable, type TrackedTable } from '../../database/rows/tracked-table.ts';
import { idList, quoteString } from '../../database/sql/literals.ts';
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
export async function announce(target: Connection, route: Route): Promise<void> {
	await setLoopMarker(target, markerFor(route));
}

/** The loop marker while a table is written; empty if writes to it have no side effects. */
export function markerFor({ target }: Route): string {
	return actsByItself(target) ? tagOf(target.name) : '';
}

/** A statement that fails if the target had side effects. */
export function failIfEffects(): string {
	return failIf(`EXISTS (
		SELECT 1
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes LIKE '${effectSign}%'
	)`);
}

/** True if a write to the table may change rows of other tables. */
function actsByItself({ applicationTriggers, referrers }: TrackedTable): boolean {
	return applicationTriggers.length > 0 || referrers.some(isActing);
}

interface Effect {
	id: string | number;
	table_name: string;
	operation: string;
	row_key: string;
	applied_nodes: string;
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
	const effects = await target.rows<Effect>(
		`SELECT id, table_name, operation, row_key, applied_nodes
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes LIKE '${effectSign}%'
		ORDER BY id`,
	);
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
	for (const { id, table_name, row_key, applied_nodes } of effects) {
		const key = rowId(table_name, row_key);
		const route = state.routes.get(table_name);
		const actor = actors.get(applied_nodes.slice(effectSign.length));
		const ours = state.byId.has(key) || (actor !== undefined && actsByItself(actor.source));
		if (!route || left.has(key) || contested.has(key) || !ours) {
			kept.push(String(id));
			continue;
		}
		if (state.losers.has(key)) passedOn.push(String(id));
		else undone.push(String(id));
		elsewhere.set(key, rowOf(route, row_key));
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
	if (undone.length > 0) {
		await target.run(deleteById(changeLogTable, undone, 'table_name'));
	}
	if (passedOn.length > 0) {
		// The source has no change of it that would reach the other sites of a hub.
		const nodes = quoteString(formatNodes([state.source.end.nodeId]));
		await target.run(
			`UPDATE change_log FORCE INDEX (PRIMARY)
			SET applied_nodes = ${nodes}
			WHERE id IN (${idList(passedOn)})`,
		);
	}
	if (kept.length > 0) {
		await target.run(
			`UPDATE change_log FORCE INDEX (PRIMARY)
			SET applied_nodes = ''
			WHERE id IN (${idList(kept)})`,
		);
		state.kept += kept.length;
	}
	return again;
}

/**
 * Rows outside the batch that side effects changed although the target's own changes of them are pending for
 * the source. These changes take precedence.
 * @throws CascadedRows if a side effect deleted contested rows, or rows that were to be kept
 */
async function contestedAmong(
	{ source, target, routes, byId, staying, losers }: Applying,
	effects: readonly Effect[],
): Promise<Set<string>> {
	const rows = new Map<string, Row>();
	for (const { table_name, row_key } of effects) {
		const route = routes.get(table_name);
		const id = rowId(table_name, row_key);
		if (route && !losers.has(id)) rows.set(id, rowOf(route, row_key));
	}
	const isNote = ({ appliedNodes }: Change) => appliedNodes.startsWith(effectSign);
	const named = [...rows.values()].map(namedAtTarget);
	const changes = await pendingByRow(target, source.end.nodeId, named);
	const contested = new Set(
		[...rows.keys()].filter((id) => changes.get(id)?.some((change) => !isNote(change))),
	);
	const gone = new Map<string, Row>();
	for (const { table_name, row_key, operation } of effects) {
		const id = rowId(table_name, row_key);
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
		const entry = [route.target.name, 'UPDATE', rowKey, target.end.nodeId, ''].map(quoteString);
		await target.run(
			`INSERT INTO change_log
				(table_name, operation, row_key, source_node, applied_nodes, changed_at)
			VALUES (${entry.join(', ')}, UTC_TIMESTAMP(6))`,
		);
		state.kept += 1;
	}
}
