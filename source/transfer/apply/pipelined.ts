/** Pipelined batches: none of their statements has to wait for the answer of another. */

import { loopMarkerSql } from '../../changelog/loop-marker.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { Applying } from '../attempt/apply-state.ts';
import { type CurrentRows, lockSql } from '../rows/read.ts';
import { statementBudget, writeBytes } from '../rows/row-write.ts';
import { toSql } from '../rows/statement.ts';
import { failIfEffects, markerFor, mayHaveEffects } from '../side-effects/effects.ts';
import { statementsFor, toLockBeforehand } from './run-statements.ts';

/**
 * Whether no statement of a batch has to be looked at before the next: its tables have no triggers of
 * the application's, and no row is too much for a statement.
 */
export function canBePipelined(target: Connection, current: CurrentRows): boolean {
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
export function pipelinedSql(state: Applying): string[] {
	const statements = lockSql(toLockBeforehand(state.writes));
	let marker = '';
	for (const statement of statementsFor(state, state.writes.keys())) {
		const wanted = markerFor(statement.route);
		if (wanted !== marker) statements.push(loopMarkerSql(wanted));
		marker = wanted;
		const sql = toSql(statement);
		if (sql === null) throw new TypeError(`rows of ${statement.route.name} cannot be pipelined`);
		statements.push(...sql);
	}
	if (marker !== '') statements.push(loopMarkerSql(''));
	const rows = [...state.writes.keys()];
	return mayHaveEffects(rows) ? [...statements, failIfEffects()] : statements;
}
