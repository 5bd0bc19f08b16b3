import type { Connection } from '../database/connection.ts';
import { endsTransaction, isForeignKeyError, isWholeTableError } from '../database/errors.ts';
import { displayRowKey } from '../database/row-key.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { DirtyRow, Route } from './collapse.ts';
import { parentsFirst } from './order.ts';
import { type CurrentRows, groupByRoute } from './read.ts';
import {
	deleteRows,
	inStatements,
	type RowWrite,
	statementBudget,
	upsertRows,
	writeBytes,
} from './statements.ts';
import { upsertWideRow } from './wide.ts';

/** A row that the target does not take, with its reason. */
export interface RefusedRow {
	row: DirtyRow;
	error: SyncError;
}

interface Statement {
	route: Route;
	write: typeof upsertRows;
	writes: RowWrite[];
}

interface Deferred {
	statement: Statement;
	error: SyncError;
}

/**
 * Writes rows to the target inside the transaction that is open on the connection: deletes from
 * children to parents, then upserts from parents to children. A statement that the target refuses
 * is narrowed down to the rows at fault; what a foreign key refuses is tried again once the rest is
 * written, as often as that helps. Resolves to the rows that were refused for good.
 * @throws SyncError when the transaction as a whole has failed (`busy`, `unreachable`)
 */
export async function applyRows(
	connection: Connection,
	current: CurrentRows,
): Promise<RefusedRow[]> {
	const refused: RefusedRow[] = [];
	let waiting = plan(connection, current);
	for (;;) {
		const deferred: Deferred[] = [];
		for (const statement of waiting) {
			await execute(connection, statement, refused, deferred);
		}
		const left = deferred.map(({ statement }) => statement);
		if (countRows(left) === countRows(waiting)) {
			for (const { statement, error } of deferred) refuse(statement, error, refused);
			return refused;
		}
		waiting = left;
	}
}

function plan(connection: Connection, current: CurrentRows): Statement[] {
	const byRoute = groupByRoute([...current.keys()]);
	const ordered = parentsFirst([...byRoute.keys()]);
	const statements = (routes: readonly Route[], gone: boolean): Statement[] =>
		routes.flatMap((route) => {
			const writes = (byRoute.get(route) ?? [])
				.map((row) => ({ row, values: current.get(row) ?? null }))
				.filter(({ values }) => (values === null) === gone);
			return inStatements(connection, writes).map((part) => ({
				route,
				write: gone ? deleteRows : isWide(connection, part) ? upsertWideRow : upsertRows,
				writes: part,
			}));
		});
	return [...statements(ordered.toReversed(), true), ...statements(ordered, false)];
}

/** Whether even one row is too much for a statement. */
function isWide(connection: Connection, writes: readonly RowWrite[]): boolean {
	const [write] = writes;
	return write !== undefined && writeBytes(write) > statementBudget(connection);
}

async function execute(
	connection: Connection,
	statement: Statement,
	refused: RefusedRow[],
	deferred: Deferred[],
): Promise<void> {
	const { route, write, writes } = statement;
	try {
		await write(connection, route, writes);
	} catch (thrown) {
		const error = asSyncError(thrown).at({ table: route.name });
		if (endsTransaction(error)) throw error;
		if (isWholeTableError(error)) {
			refuse(statement, error, refused);
		} else if (writes.length > 1) {
			const middle = Math.ceil(writes.length / 2);
			const halves = [writes.slice(0, middle), writes.slice(middle)];
			for (const half of halves) {
				await execute(connection, { route, write, writes: half }, refused, deferred);
			}
		} else if (isForeignKeyError(error)) {
			deferred.push({ statement, error });
		} else {
			refuse(statement, error, refused);
		}
	}
}

function refuse({ route, writes }: Statement, error: SyncError, refused: RefusedRow[]): void {
	for (const { row } of writes) {
		const key = displayRowKey(row.key, route.source.key);
		refused.push({ row, error: inWords(error).at({ key }) });
	}
}

/** The upsert's guard fails with 1242, whose own words would only puzzle. */
function inWords(error: SyncError): SyncError {
	if (error.errno !== 1242) return error;
	return new SyncError('refused', 'another row of the target has the same value in a UNIQUE key', {
		...error.place,
		errno: error.errno,
		hint: 'Find the two rows and change one of them; the change is tried again at every run.',
		cause: error,
	});
}

function countRows(statements: readonly Statement[]): number {
	return statements.reduce((sum, { writes }) => sum + writes.length, 0);
}
