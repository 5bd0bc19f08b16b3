/** One attempt at a batch: resolve, write, log, guard, commit. */

import type { Change } from '../../changelog/log/pending.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import type { Applier } from '../../changelog/tables/batches.ts';
import { receiptFor } from '../../changelog/tables/receipts.ts';
import type { ConflictPolicy, Direction } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { Sql, SqlText } from '../../database/sql/sql.ts';
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
import type { SchemaGuard } from '../rows/schema-guard.ts';
import { keepEffects } from '../side-effects/effects.ts';
import { failIfContested, sealSql } from './commit-guards.ts';
import { type Applied, doneChanges, nothingWritten, type Written } from './outcome.ts';
import { pipelinedSql } from './pipelined.ts';
import { writeRows } from './stepwise.ts';

export interface BatchRequest extends FetchRequest {
	direction: Direction;
	policy: ConflictPolicy;
	/**
	 * The lease fence: statements that fail inside the transaction unless this
	 * engine holds the pair until it ends.
	 * @throws SyncError `held`
	 */
	leaseFence: (target: Connection) => Sql[];
	/** @throws SyncError `held` if this engine no longer holds the pair */
	requireHeld: (target: Connection) => Promise<void>;
	/** The engine to record as the one that applied the changes. */
	by: Applier;
	/** The target's tables, as they were found in the pass. */
	schema: SchemaGuard;
}

/** The rows of a batch, with the source's values. */
export interface Batch {
	source: LogConnection;
	target: LogConnection;
	current: CurrentRows;
	/** Ids (`idOf`) of the batch's rows, and of rows that were requested but need no transfer. */
	known: ReadonlySet<string>;
	/** Clock skew: microseconds by which the target's clock is ahead of the source's. */
	ahead: bigint;
}

/**
 * Makes an attempt; inside the caller's transaction, unless it is optimistic.
 * @throws BatchSignal if it must be rolled back
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
	// The rows were read again at the source, later than the fetch's durability check.
	if (mode === 'stepwise' || hasDecided(attempt)) await request.makeDurable(source);
	const overruled = overruledChanges(writes, settlement);
	const seal = sealSql(target, request.schema, {
		...{ writes, overruled, from, ahead, by: request.by },
		records: [...settlement.records, ...receipt.statements],
		leaseFence: request.leaseFence(target),
	});
	await commit(target, attempt, {
		// First, before any lock: an attempt that comes too late must not delay the application.
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

/** The rows to write, and those that the target keeps. */
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

/** The target's own changes that lose. A change that several cascades reach counts once. */
function overruledChanges(writes: CurrentRows, { settled, losers }: Settlement): readonly Change[] {
	const changes = [
		...[...settled].flatMap(([row, { decision, theirs }]) =>
			decision === 'same' || writes.has(row) ? theirs : [],
		),
		...[...losers.values()].flat(),
	];
	return [...new Map(changes.map((change) => [change.id, change])).values()];
}

/** Writes the rows statement by statement, and records the clashes. */
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

/** The statements sent together at the end of an attempt. */
interface Final {
	guard: readonly Sql[];
	writing: readonly SqlText[];
	seal: readonly Sql[];
}

/** @throws CommitFailed if one of them fails */
async function commit(
	target: LogConnection,
	{ mode }: Attempt,
	{ guard, writing, seal }: Final,
): Promise<void> {
	const sent =
		mode === 'optimistic'
			? target.whole([...guard, ...writing, ...seal])
			: target.commitAfter([...writing, ...seal]);
	await sent.catch((thrown) => {
		// The statements may have changed it before they failed.
		if (mode !== 'stepwise') target.loopMarker.invalidate();
		throw new CommitFailed(asSyncError(thrown));
	});
}
