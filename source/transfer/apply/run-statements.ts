import { isActing } from '../../database/catalogue/referrers.ts';
import type { Connection } from '../../database/connection/connection.ts';
import {
	endsTransaction,
	isDuplicateError,
	isForeignKeyError,
	isMissingParentError,
	isWholeTableError,
} from '../../database/connection/errors.ts';
import { compareRowKeys } from '../../database/rows/row-key.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { Applying, Blocked, RefusedRow } from '../attempt/apply-state.ts';
import { RefusedTable } from '../attempt/signals.ts';
import { explain } from '../constraints/explain-refusal.ts';
import { dropReferences, freeValues, writeWithoutReferences } from '../constraints/unblock.ts';
import { groupByRoute } from '../rows/read.ts';
import type { Route, Row } from '../rows/route.ts';
import { inStatements, type RowWrite, statementBudget, writeBytes } from '../rows/row-write.ts';
import { runStatement, type Statement, type StatementKind } from '../rows/statement.ts';
import { announce } from '../side-effects/effects.ts';
import { evictCopies } from '../side-effects/evict-copies.ts';
import { inDependencyOrder } from './dependency-order.ts';

/** The result of running statements. */
export interface Outcome {
	refused: RefusedRow[];
	/** Statements that other rows block in any order. */
	blocked: Blocked[];
	/** The rows now on the target. */
	written: Row[];
}

/** One pass over the remaining statements. */
interface Pass extends Outcome {
	/** True if a row was set aside, so that another pass may get further. */
	moved: boolean;
}

/**
 * Runs statements in the target's open transaction. A refused statement is split until the
 * rows at fault are alone. Rows that block others are written first or set aside; blocked
 * statements are retried as long as that makes progress.
 * @throws SyncError if the whole transaction failed (`busy`, `unreachable`)
 * @throws RefusedTable if the target rejects every row of a table
 */
export async function runStatements(
	state: Applying,
	statements: readonly Statement[],
): Promise<Outcome> {
	const outcome: Outcome = { refused: [], blocked: [], written: [] };
	let waiting = statements;
	while (waiting.length > 0) {
		const pass: Pass = { ...outcome, blocked: [], moved: false };
		for (const statement of waiting) await execute(state, statement, pass);
		const left = pass.blocked.map(({ statement }) => statement);
		if (!pass.moved && countWrites(left) === countWrites(waiting)) {
			return { ...outcome, blocked: pass.blocked };
		}
		waiting = left;
	}
	return outcome;
}

/**
 * Rows to lock in key order before anything is written, because their statements are not in key order:
 * rows of tables that both lose and gain rows in the batch, or that reference themselves. An
 * application that locks rows in key order then cannot deadlock with the engine. Also rows whose
 * deletion cascades: at READ COMMITTED, a DELETE of several rows sees references to its last row as of
 * its first row, and would miss those added meanwhile.
 */
export function toLockBeforehand(writes: Applying['writes']): Row[] {
	const toLock = [...groupByRoute([...writes.keys()])].filter(([route, rows]) => {
		const gone = rows.filter((row) => writes.get(row) === null).length;
		if (gone > 0 && (gone < rows.length || route.target.referrers.some(isActing))) return true;
		return refersToItself(route);
	});
	return toLock.flatMap(([, rows]) => rows);
}

/**
 * The statements that write the rows: deletes from children to parents, then upserts from
 * parents to children. Deletes that cascade come last, so that a child row which
 * references another parent by then is not affected.
 */
export function statementsFor(state: Applying, rows: Iterable<Row>): Statement[] {
	const byRoute = groupByRoute([...rows]);
	for (const [route, ofRoute] of byRoute) inLockOrder(route, ofRoute);
	const order = inDependencyOrder(state, [...byRoute.keys()]);
	const statements = (routes: readonly Route[], gone: boolean): Statement[] =>
		routes.flatMap((route) => {
			const writes = (byRoute.get(route) ?? [])
				.map((row) => ({ row, values: state.writes.get(row) ?? null }))
				.filter(({ values }) => (values === null) === gone);
			return inStatements(state.target, writes).map((part) => ({
				route,
				kind: gone ? 'delete' : upsertKind(state.target, route, part),
				writes: part,
			}));
		});
	const childrenFirst = order.toReversed();
	const acts = ({ target }: Route) => target.referrers.some(isActing);
	return [
		...statements(
			childrenFirst.filter((route) => !acts(route)),
			true,
		),
		...statements(order, false),
		...statements(childrenFirst.filter(acts), true),
	];
}

/**
 * Sorts rows by key, the order in which most applications lock them, which prevents deadlocks. Rows of a
 * self-referencing table keep the order in which the source wrote them.
 */
function inLockOrder(route: Route, rows: Row[]): void {
	if (refersToItself(route)) return;
	rows.sort((one, other) => compareRowKeys(one.key, other.key, route.source.key));
}

function refersToItself({ target }: Route): boolean {
	return target.foreignKeys.some(({ parent }) => parent === target.name);
}

function upsertKind(target: Connection, route: Route, writes: readonly RowWrite[]): StatementKind {
	const [write] = writes;
	// A single row exceeds the statement size.
	if (write && writeBytes(write) > statementBudget(target)) return 'oversized';
	const onInsert = route.target.applicationTriggers.some(({ event }) => event === 'INSERT');
	return onInsert ? 'insert-or-update' : 'upsert';
}

async function execute(state: Applying, statement: Statement, pass: Pass): Promise<void> {
	const { kind, route, writes } = statement;
	try {
		await announce(state.target, route);
		await runStatement(state.target, statement);
		for (const { row } of writes) {
			state.written.add(row);
			state.aside.delete(row);
			pass.written.push(row);
		}
	} catch (thrown) {
		const met = asSyncError(thrown);
		// The server is gone, whatever the table.
		if (met.code === 'unreachable') throw met;
		const error = met.at({ table: route.name });
		if (endsTransaction(error)) throw error;
		await state.target.requireOpen(error);
		if (isWholeTableError(error)) throw new RefusedTable(route, error);
		if (await makeRoom(state, statement, error)) {
			pass.moved = true;
			await execute(state, statement, pass);
		} else if (writes.length > 1) {
			const middle = Math.ceil(writes.length / 2);
			const halves = [writes.slice(0, middle), writes.slice(middle)];
			for (const half of halves) await execute(state, { kind, route, writes: half }, pass);
		} else if (isDuplicateError(error) || isForeignKeyError(error)) {
			pass.blocked.push({ statement, error });
		} else {
			pass.refused.push(...(await refuse(state, { statement, error })));
		}
	}
}

/** Sets aside rows of the batch that block a statement. Resolves to true if that may have helped. */
async function makeRoom(
	state: Applying,
	{ route, writes }: Statement,
	error: SyncError,
): Promise<boolean> {
	if (isDuplicateError(error)) {
		if (await freeValues(state, route, writes)) return true;
		return writes.length === 1 && (await evictCopies(state, route, error));
	}
	if (isMissingParentError(error)) return writeWithoutReferences(state, route, writes);
	return isForeignKeyError(error) && (await dropReferences(state, route));
}

/** Marks the rows of a statement as refused, each with its reason. */
export async function refuse(
	state: Applying,
	{ statement: { route, writes }, error }: Blocked,
): Promise<RefusedRow[]> {
	const refused: RefusedRow[] = [];
	for (const write of writes) {
		refused.push(await explain(state, route, write, error));
	}
	return refused;
}

function countWrites(statements: readonly Statement[]): number {
	return statements.reduce((sum, { writes }) => sum + writes.length, 0);
}
