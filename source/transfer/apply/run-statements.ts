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

/** What became of some statements. */
export interface Outcome {
	refused: RefusedRow[];
	/** What other rows stand in the way of, whatever the order. */
	blocked: Blocked[];
	/** The rows that the target has now. */
	written: Row[];
}

/** One pass over the statements that are not done yet. */
interface Pass extends Outcome {
	/** Whether something was moved out of the way, so that another pass may get further. */
	moved: boolean;
}

/**
 * Runs statements inside the transaction that is open on the target's connection. One that the target
 * refuses is narrowed down to the rows at fault. Where other rows stand in the way they are written
 * first, or set aside for a moment; what is blocked is tried again as often as that helps.
 * @throws SyncError when the transaction as a whole has failed (`busy`, `unreachable`)
 * @throws RefusedTable where the target takes no row of a table
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
 * The rows to lock in the order of their keys before any of them is written, because their statements
 * do not go by it: of tables that lose rows and get others in one batch, or that refer to themselves. An
 * application that locks rows in that order then waits for the engine, or the engine for it, and never
 * in a circle. Also rows whose deletion reaches others: a DELETE of several rows sees what refers to
 * the last of them as of its first one (READ COMMITTED), and would miss what was added meanwhile.
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
 * The statements that write rows: deletes from children to parents, then upserts from parents to
 * children. Where a deletion would make the target delete or change other rows by itself, it comes
 * last: a row that refers to another one by then is left alone.
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
 * Rows in the order of their keys, as most applications lock them: two that lock rows in one order
 * wait for each other, and never in a circle. Rows that refer to their own table keep the order in
 * which the source wrote them.
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
	// Even one row is too much for a statement.
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
		// Its server is gone, whatever the table.
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

/** Moves rows of the batch out of a statement's way. Resolves to whether that may have helped. */
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

/** The rows of a statement as refused ones, each with its reason. */
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
