/** A batch's rows written to the target in one transaction, with what is contested among them decided first. */

import { doubtLoopMarker, setLoopMarker } from '../../changelog/loop-marker.ts';
import type { Change } from '../../changelog/pending.ts';
import { receiptFor } from '../../changelog/receipts.ts';
import type { ConflictPolicy, Direction } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { endsTransaction } from '../../database/connection/errors.ts';
import { isFailedGuard } from '../../database/connection/guard.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import {
	type Applying,
	idOf,
	StrandedRows,
	startApplying,
	TakenRows,
} from '../attempt/apply-state.ts';
import { clockDifference } from '../conflicts/clock-skew.ts';
import type { Decision, Settlement } from '../conflicts/policy.ts';
import { findContested, settle } from '../conflicts/resolve.ts';
import { recordClashes } from '../conflicts/unique-clashes.ts';
import type { FetchRequest } from '../fetch/fetch-batch.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { DirtyRow, Row } from '../rows/route.ts';
import { doubt, vouchFor } from '../rows/schema-guard.ts';
import { keepEffects, mayHaveEffects } from '../side-effects/effects.ts';
import { failIfContested, sealing } from './commit-guards.ts';
import type { Applier } from './log-applied.ts';
import { travelsWhole, writing } from './pipelined.ts';
import { type Written, writeRows } from './stepwise.ts';

export interface BatchRequest extends FetchRequest {
	direction: Direction;
	policy: ConflictPolicy;
	/**
	 * The statements that make sure, inside the transaction, that the pair is this engine's until it ends.
	 * Throws SyncError `held`.
	 */
	holdingFast: (target: Connection) => string[];
	/** Throws SyncError `held` if the pair is not this engine's any more. */
	requireHeld: (target: Connection) => Promise<void>;
	/** Whom the record names as the one that applied the changes. */
	by: Applier;
}

/** What became of the rows of a batch. */
export interface Applied extends Written, Settlement {
	/** Rows that were written to the target, and rows that were deleted there. */
	upserts: number;
	deletes: number;
	/** Tells the receipt that the target gave; null where it gave none. */
	receipt: string | null;
}

/** Signals that what was sent together failed, and was rolled back. */
class FailedTry extends Error {
	readonly error: SyncError;

	constructor(error: SyncError) {
		super(error.message);
		this.error = error;
	}
}

/** What earlier tries of a batch found out, and rolled back. */
interface Found {
	/** Rows of the batch by `rowId`, with those that were asked for and do not need to travel. */
	known: ReadonlySet<string>;
	/** The rows of the batch by `idOf`. */
	byId: ReadonlyMap<string, DirtyRow>;
	suspects: Set<DirtyRow>;
	untouchable: Set<string>;
	/** Rows of the target that deletions took along though they are contested, by `idOf`. */
	taken: Map<string, Row>;
	/** Whether the batch is written statement by statement, with a look at what each of them did. */
	stepwise: boolean;
	/** Tries that met changes which nothing had been decided about. */
	overtaken: number;
}

/** Tries that lock nothing before all is decided. Then the rows are locked first: somebody writes them all the time. */
const freeTries = 3;

/** Tries that meet new changes of rows each time, although those that are there were locked. */
const mostTries = 10;

/**
 * Writes the rows to the target in one transaction, which makes sure that none of them is contested by
 * changes that were not decided about: if one is, it is rolled back and done again with that row
 * decided. It travels whole where it can, so that an application that wants its rows waits for the
 * server's work only. Where that fails it is done step by step, to find out what is at fault.
 * @throws MoreRows where rows have to travel along
 * @throws SyncError `busy` where applications write the rows faster than they can be decided
 */
export async function applyBatch(
	source: Connection,
	target: Connection,
	current: CurrentRows,
	known: ReadonlySet<string>,
	request: BatchRequest,
): Promise<Applied> {
	if (current.size === 0) {
		const nothing = { refused: [], notes: [], kept: 0, receipt: null, upserts: 0, deletes: 0 };
		return { ...nothing, settled: new Map(), given: new Map(), records: [] };
	}
	const found: Found = {
		known,
		byId: new Map([...current.keys()].map((row) => [idOf(row), row])),
		suspects: new Set(),
		untouchable: new Set(),
		taken: new Map(),
		stepwise: !travelsWhole(target, current),
		overtaken: 0,
	};
	for (;;) {
		try {
			await vouchFor(target, tablesOf(current));
			// An earlier batch may have left the name of a table there, by which triggers note what they see.
			await setLoopMarker(target, '');
			if (!found.stepwise && found.overtaken < freeTries) {
				return await applyOnce(source, target, current, request, found, false);
			}
			return await target.transaction(() =>
				applyOnce(source, target, current, request, found, true),
			);
		} catch (error) {
			if (error instanceof StrandedRows) {
				for (const row of error.rows) found.untouchable.add(idOf(row));
			} else if (error instanceof TakenRows) {
				for (const row of error.rows) noteTaken(found, row);
			} else if (error instanceof FailedTry) {
				await learn(source, target, current, request, found, error);
			} else {
				throw error;
			}
		}
	}
}

function tablesOf(current: CurrentRows): Set<TrackedTable> {
	return new Set([...current.keys()].map(({ route }) => route.target));
}

/** Finds out why a try failed, so that the next one goes another way about it. */
async function learn(
	source: Connection,
	target: Connection,
	current: CurrentRows,
	request: BatchRequest,
	found: Found,
	{ error }: FailedTry,
): Promise<void> {
	if (endsTransaction(error)) throw error;
	if (!isFailedGuard(error)) {
		if (found.stepwise) throw error;
		found.stepwise = true;
		return;
	}
	await request.requireHeld(target);
	doubt(tablesOf(current));
	found.overtaken += 1;
	// What the target does by itself is seen to step by step; so is a row that it refuses by the same number.
	if (mayHaveEffects(current.keys()) || found.overtaken > freeTries) found.stepwise = true;
	if (found.overtaken === freeTries + mostTries) {
		throw new SyncError('busy', 'applications write the rows of the batch all the time', {
			side: target.end.side,
			hint: 'Nothing of the batch was carried over; it is tried again.',
		});
	}
	const rows = [...current.keys()];
	const locking = found.stepwise || found.overtaken >= freeTries;
	const contested = await findContested(target, rows, source.end.nodeId);
	for (const row of locking ? rows : contested.keys()) found.suspects.add(row);
}

/** A row of the batch is decided by itself first, and then with what takes it along. */
function noteTaken({ byId, suspects, taken }: Found, row: Row): void {
	const own = byId.get(idOf(row));
	if (own && !suspects.has(own)) suspects.add(own);
	else taken.set(idOf(row), row);
}

async function applyOnce(
	source: Connection,
	target: Connection,
	current: CurrentRows,
	request: BatchRequest,
	{ known, suspects, untouchable, taken, stepwise }: Found,
	locking: boolean,
): Promise<Applied> {
	const from = source.end.nodeId;
	const { policy, direction } = request;
	const asked = source.sent;
	const ahead = await clockDifference(source, target);
	const routes = new Map([...request.routes.values()].map((route) => [route.target.name, route]));
	const { settled, given, records } = await settle(
		{ source, target, routes, current, policy, direction, ahead },
		[...suspects],
		[...taken.values()],
		locking,
	);
	const writes: CurrentRows = new Map(
		[...current].filter(([row]) => (settled.get(row)?.decision ?? 'apply') === 'apply'),
	);
	const staying = new Set([...settled.keys()].filter((row) => !writes.has(row)).map(idOf));
	const state = startApplying(
		{
			...{ source, target, routes, known, untouchable, staying },
			given: new Set(
				[...taken.keys(), ...[...settled.keys()].map(idOf)].filter((id) => !staying.has(id)),
			),
		},
		new Map(writes),
	);
	const outcome = stepwise
		? await writeStepwise(state, direction, settled)
		: { refused: [], notes: [], kept: 0 };
	for (const { row } of outcome.refused) writes.delete(row as DirtyRow);
	const receipt = receiptFor(from, doneChanges(current, { ...outcome, settled }));
	// A change of a row that several deletions would take along is theirs of each.
	const overruled = distinct([
		...[...settled].flatMap(([row, { decision, theirs }]) =>
			decision === 'same' || writes.has(row) ? theirs : [],
		),
		...[...given.values()].flat(),
	]);
	if (source.sent > asked) await request.makeDurable(source);
	const seal = sealing(target, {
		...{ writes, overruled, from, ahead, by: request.by },
		records: [...records, ...receipt.statements],
		holdingFast: request.holdingFast(target),
	});
	// The first one before anything is locked.
	const guard = locking ? [] : failIfContested(target, [...writes.keys()], from, overruled);
	const statements = stepwise ? seal : [...guard, ...writing(state), ...seal];
	await (locking ? target.commitAfter(statements) : target.whole(statements)).catch((thrown) => {
		if (!stepwise) doubtLoopMarker(target);
		throw new FailedTry(asSyncError(thrown));
	});
	const deletes = [...writes.values()].filter((values) => values === null).length;
	const upserts = writes.size - deletes;
	return { ...outcome, settled, given, records, receipt: receipt.digest, upserts, deletes };
}

function distinct(changes: readonly Change[]): Change[] {
	return [...new Map(changes.map((change) => [change.id, change])).values()];
}

/** Writes the rows one statement after the other, and puts on record what they clash with. */
async function writeStepwise(
	state: Applying,
	direction: Direction,
	settled: Settlement['settled'],
): Promise<Written> {
	const back = [...settled].filter(
		([, { decision, sendBack }]) => sendBack && decision === 'yield',
	);
	await keepEffects(
		state,
		back.map(([row]) => row),
	);
	const written = await writeRows(state);
	await recordClashes(state.source, state.target, direction, written.refused);
	return written;
}

/** The changes that the target needs no more, in whatever way they were seen to. */
export function doneChanges(
	current: CurrentRows,
	{ refused, settled }: Pick<Applied, 'refused' | 'settled'>,
): Change[] {
	const left = new Set<Row>(refused.map(({ row }) => row));
	return [...current.keys()]
		.filter((row) => !left.has(row) && !isHeld(settled.get(row)?.decision))
		.flatMap((row) => row.changes);
}

/** Whether a row stays as it is on both sides. */
export function isHeld(decision: Decision | undefined): boolean {
	return decision === 'hold' || decision === 'wait';
}
