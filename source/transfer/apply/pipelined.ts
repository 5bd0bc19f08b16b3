/** Pipelined batches: no statement depends on the result of another. */

import { loopMarkerSql } from '../../changelog/session/loop-marker.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { SqlText } from '../../database/sql/sql.ts';
import type { Applying } from '../attempt/apply-state.ts';
import { type CurrentRows, lockSql } from '../rows/read.ts';
import { statementBudget, writeBytes } from '../rows/row-write.ts';
import { toSql } from '../rows/statement.ts';
import { failIfEffects, markerFor, mayHaveEffects } from '../side-effects/effects.ts';
import { statementsFor, toLockBeforehand } from './run-statements.ts';

/**
 * True if a batch can be pipelined: its tables have no application triggers,
 * and each row fits into one statement.
 */
export function canBePipelined(target: Connection, current: CurrentRows): boolean {
	const budget = statementBudget(target);
	const quiet = [...current.keys()].every(
		({ route }) => route.target.applicationTriggers.length === 0,
	);
	return quiet && [...current].every(([row, values]) => writeBytes({ row, values }) <= budget);
}

/**
 * The SQL of a pipelined batch, in order. It fails if the target itself deletes
 * or changes other tracked rows (ON DELETE CASCADE).
 */
export function pipelinedSql(state: Applying): SqlText[] {
	const statements: SqlText[] = lockSql(toLockBeforehand(state.writes));
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
