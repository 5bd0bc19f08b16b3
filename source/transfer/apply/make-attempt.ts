/** One attempt at a batch: decide, write, enter, guard, commit. */

import { doubtLoopMarker } from '../../changelog/loop-marker.ts';
import type { Change } from '../../changelog/pending.ts';
import { receiptFor } from '../../changelog/receipts.ts';
import type { ConflictPolicy, Direction } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { asSyncError } from '../../errors.ts';
import { type Applying, idOf, startApplying } from '../attempt/apply-state.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { CommitFailed } from '../attempt/signals.ts';
import type { Settlement } from '../conflicts/policy.ts';
import { settle } from '../conflicts/resolve.ts';
import { recordClashes } from '../conflicts/unique-clashes.ts';
import type { FetchRequest } from '../fetch/fetch-batch.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { DirtyRow } from '../rows/route.ts';
import { keepEffects } from '../side-effects/effects.ts';
import { failIfContested, sealing } from './commit-guards.ts';
import type { Applier } from './log-applied.ts';
import { type Applied, doneChanges, nothingWritten, type Written } from './outcome.ts';
import { pipelinedSql } from './pipelined.ts';
import { writeRows } from './stepwise.ts';

export interface BatchRequest extends FetchRequest {
	direction: Direction;
	policy: ConflictPolicy;
	/**
	 * The lease fence: statements that fail, inside the transaction, unless the pair is this engine's until
	 * it ends. Throws SyncError `held`.
	 */
	leaseFence: (target: Connection) => string[];
	/** Throws SyncError `held` if the pair is not this engine's any more. */
	requireHeld: (target: Connection) => Promise<void>;
	/** Whom the record names as the one that applied the changes. */
	by: Applier;
}

/** The rows of a batch, as the source has them. */
export interface Batch {
	source: Connection;
	target: Connection;
	current: CurrentRows;
	/** Rows by `idOf`: those of the batch, and those that were asked for and need not travel. */
	known: ReadonlySet<string>;
	/** Microseconds that the target's clock is ahead of the source's. */
	ahead: bigint;
}

/**
 * Makes an attempt. Inside the caller's transaction, unless it is optimistic.
 * @throws BatchSignal where it has to be rolled back
 */
export async function makeAttempt(
	batch: Batch,
	request: BatchRequest,
	attempt: Attempt,
): Promise<Applied> {
	const { source, target, current, ahead } = batch;
	const { mode } = attempt;
	const from = source.end.nodeId;
	const routes = new Map([...request.routes.values()].map((route) => [route.target.name, route]));
	const { policy, direction } = request;
	const settlement = await settle(
		{ source, target, routes, current, policy, direction, ahead },
		[...attempt.suspects],
		[...attempt.cascaded.values()],
		mode !== 'optimistic',
	);
	const state = attemptState(batch, routes, attempt, settlement);
	const writes = new Map(state.writes as CurrentRows);
	const written =
		mode === 'stepwise' ? await writeStepwise(state, direction, settlement) : nothingWritten();
	for (const { row } of written.refused) writes.delete(row as DirtyRow);
	const receipt = receiptFor(from, doneChanges(current, { ...written, ...settlement }));
	// The rows were read again at the source, later than the fetch made sure of.
	if (mode === 'stepwise' || hasDecided(attempt)) await request.makeDurable(source);
	const overruled = overruledChanges(writes, settlement);
	const seal = sealing(target, {
		...{ writes, overruled, from, ahead, by: request.by },
		records: [...settlement.records, ...receipt.statements],
		leaseFence: request.leaseFence(target),
	});
	await commit(target, attempt, {
		// Before anything is locked: an attempt that comes too late is to cost the application nothing.
		guard:
			mode === 'optimistic' ? failIfContested(target, [...writes.keys()], from, overruled) : [],
		writing: mode === 'stepwise' ? [] : pipelinedSql(state),
		seal,
	});
	const deletes = [...writes.values()].filter((values) => values === null).length;
	const upserts = writes.size - deletes;
	return { ...written, ...settlement, receipt: receipt.digest, upserts, deletes };
}

function hasDecided({ suspects, cascaded }: Attempt): boolean {
	return suspects.size + cascaded.size > 0;
}

/** What is to be written, and which rows stay as the target has them. */
function attemptState(
	{ source, target, current, known }: Batch,
	routes: Applying['routes'],
	{ cascaded, untouchable }: Attempt,
	{ settled }: Settlement,
): Applying {
	const writes: CurrentRows = new Map(
		[...current].filter(([row]) => (settled.get(row)?.decision ?? 'apply') === 'apply'),
	);
	const staying = new Set([...settled.keys()].filter((row) => !writes.has(row)).map(idOf));
	const decided = [...cascaded.keys(), ...[...settled.keys()].map(idOf)];
	const losers = new Set(decided.filter((id) => !staying.has(id)));
	const place = { source, target, routes, known, untouchable, staying, losers };
	return startApplying(place, new Map(writes));
}

/** Changes of the target's own that lose. One to which several deletions cascade is theirs of each. */
function overruledChanges(writes: CurrentRows, { settled, losers }: Settlement): readonly Change[] {
	const changes = [
		...[...settled].flatMap(([row, { decision, theirs }]) =>
			decision === 'same' || writes.has(row) ? theirs : [],
		),
		...[...losers.values()].flat(),
	];
	return [...new Map(changes.map((change) => [change.id, change])).values()];
}

/** Writes the rows one statement after the other, and puts on record what they clash with. */
async function writeStepwise(
	state: Applying,
	direction: Direction,
	{ settled }: Settlement,
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

/** The statements that are sent together at the end of an attempt. */
interface Final {
	guard: readonly string[];
	writing: readonly string[];
	seal: readonly string[];
}

/** @throws CommitFailed where one of them fails */
async function commit(
	target: Connection,
	{ mode }: Attempt,
	{ guard, writing, seal }: Final,
): Promise<void> {
	const sent =
		mode === 'optimistic'
			? target.whole([...guard, ...writing, ...seal])
			: target.commitAfter([...writing, ...seal]);
	await sent.catch((thrown) => {
		// The statements set it on their way.
		if (mode !== 'stepwise') doubtLoopMarker(target);
		throw new CommitFailed(asSyncError(thrown));
	});
}
