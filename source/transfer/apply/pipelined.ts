/** Batches that travel whole: none of their statements has to wait for the answer of another. */

import { settingLoopMarker } from '../../changelog/loop-marker.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { Applying } from '../attempt/apply-state.ts';
import type { Statement } from '../attempt/statement.ts';
import { type CurrentRows, locking } from '../rows/read.ts';
import { deleteRows, deletions, statementBudget, writeBytes } from '../rows/row-write.ts';
import { upsertRows, upserts } from '../rows/upsert.ts';
import { failIfEffects, markerFor, mayHaveEffects } from '../side-effects/effects.ts';
import { statementsFor, toLockBeforehand } from './run-statements.ts';

/**
 * Whether no statement of a batch has to be looked at before the next: its tables have no triggers of
 * the application's, and no row is too much for a statement.
 */
export function travelsWhole(target: Connection, current: CurrentRows): boolean {
	const budget = statementBudget(target);
	const quiet = [...current.keys()].every(
		({ route }) => route.target.applicationTriggers.length === 0,
	);
	return quiet && [...current].every(([row, values]) => writeBytes({ row, values }) <= budget);
}

/**
 * The statements that write the rows of such a batch, in their order. They fail where the target
 * deletes or changes other rows by itself that its log is kept of (ON DELETE CASCADE).
 */
export function writing(state: Applying): string[] {
	const statements = locking(toLockBeforehand(state.writes));
	let marker = '';
	for (const statement of statementsFor(state, state.writes.keys())) {
		const wanted = markerFor(statement.route);
		if (wanted !== marker) statements.push(settingLoopMarker(wanted));
		marker = wanted;
		statements.push(...textOf(statement));
	}
	if (marker !== '') statements.push(settingLoopMarker(''));
	const rows = [...state.writes.keys()];
	return mayHaveEffects(rows) ? [...statements, failIfEffects()] : statements;
}

function textOf({ route, write, writes }: Statement): string[] {
	if (write === deleteRows) return deletions(route, writes);
	if (write === upsertRows) return upserts(route, writes);
	throw new TypeError(`rows of ${route.name} do not travel whole`);
}
