import { setTimeout as pause } from 'node:timers/promises';
import type { ConflictPolicy, Direction } from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { limitOf } from '../database/transaction-limits.ts';
import { explainLockWait } from '../database/write-lock.ts';
import { asSyncError, type SyncError } from '../errors.ts';
import { RefusedTable } from './applying.ts';
import { type BatchResult, moveBatch } from './batch.ts';
import { BatchSize } from './batch-size.ts';
import { BatchTooLarge } from './batch-too-large.ts';
import type { Route } from './collapse.ts';
import { LeftOut } from './left-out.ts';
import { keptBack, park, type Refusal, readParked } from './parked.ts';
import { redeemReceipts, returnReceipt } from './receipts.ts';
import type { Applier } from './record.ts';

export interface DrainRequest {
	direction: Direction;
	routes: ReadonlyMap<string, Route>;
	/** Tables that do not travel for the time being, by the target's name: what depends on their rows waits. */
	waiting: ReadonlySet<string>;
	policy: ConflictPolicy;
	/** Changes in a batch. */
	batchSize: number;
	/** Changes that a batch grows to at most, so that all that is pending goes over together. */
	maxBatchSize: number;
	/**
	 * The statements that make sure, inside an applying transaction, that this engine still holds the pair
	 * until its end. Throws SyncError `held`.
	 */
	holdingFast: (target: Connection) => string[];
	/** Throws SyncError `held` if the pair is not this engine's any more. */
	requireHeld: (target: Connection) => Promise<void>;
	/** Makes sure that what can be read at the source now outlives a crash of its server. Throws SyncError `held`. */
	makeDurable: (source: Connection) => Promise<void>;
	/** Whom the record names as the one that applied the changes. */
	by: Applier;
	/** Tries parked changes too whose pause is not over, as where a person asks for a run. */
	all?: boolean;
	/** One batch and no more. */
	once?: boolean;
	/** Asked between batches; true ends the drain. */
	stopped?: () => boolean;
	onBatch?: (batch: BatchResult) => void;
}

export interface DrainResult {
	/** Changes that the target has got. */
	applied: number;
	batches: number;
	/** Rows that had changed on both sides. */
	conflicts: number;
	/** Why rows were refused, one error a row. */
	errors: SyncError[];
	/** Why changes of a table wait although the run had begun with it, in words. */
	waiting: ReadonlyMap<string, string>;
	/** What the target does not leave as it was written, in words. */
	notes: string[];
	/** Changes of its own that the target made by itself, which are pending for the source now. */
	kept: number;
	/** Whether what was pending at one moment did not fit into one batch. */
	split: boolean;
}

export function nothingMoved(): DrainResult {
	return {
		applied: 0,
		batches: 0,
		conflicts: 0,
		errors: [],
		waiting: new Map(),
		notes: [],
		kept: 0,
		split: false,
	};
}

/** Tries of a batch that met a lock, with growing pauses between them. */
const attempts = 5;

/** Milliseconds before the second try. */
const firstPause = 50;

/**
 * Moves batches in one direction until nothing is pending but what the target refuses. A batch takes
 * all that is pending at one moment, up to the limit: the log does not tell transactions, but of one
 * moment they are whole, and so they are on the target. What was refused is tried again as
 * long as other changes got through since: a row may have waited for one of a later batch; then it is
 * parked, and left out of later runs until its pause is over. A table
 * that somebody alters meanwhile waits for the next run, with one error; so does one of which the target
 * takes no row, and with it what depends on its rows.
 * @throws SyncError `busy`, `unreachable`, `denied` or `held`; what was moved before stays moved
 */
export async function drain(
	source: Connection,
	target: Connection,
	request: DrainRequest,
): Promise<DrainResult> {
	const result = nothingMoved();
	const node = target.end.nodeId;
	await redeemReceipts(source, target);
	const parked = await readParked(source, node);
	const resting = request.all ? [] : parked.filter(({ due }) => !due);
	const held = await keptBack(source, node, resting);
	const notes = new Set<string>();
	let refused = new Set<string>();
	let refusals: Refusal[] = [];
	let appliedSinceRefusal = 0;
	let receipt: string | null = null;
	const leftOut = new LeftOut(request.routes, request.waiting);
	const { routes } = leftOut;
	const size = new BatchSize(
		request.once ? request.batchSize : Math.max(request.maxBatchSize, request.batchSize),
	);
	while (!request.stopped?.()) {
		const except = new Set([...held, ...refused]);
		const batch = await patiently(
			() => moveBatch(source, target, { ...request, routes, limit: size.limit, except }),
			() => redeemReceipts(source, target),
			[source, target],
		).catch((error) => {
			if (error instanceof BatchTooLarge) {
				size.tooLarge(error.changes);
				notes.add(describeLimit(error.reason));
			} else {
				leftOut.leaveOut(error);
			}
			return null;
		});
		if (batch === null) continue;
		if (batch.refused.some(({ error }) => error && limitOf(error) !== null)) size.parked();
		else size.fits(batch.fetched);
		if (batch.fetched > 0) {
			result.batches += 1;
			result.applied += batch.applied;
			result.conflicts += batch.conflicts;
			result.kept += batch.kept;
			appliedSinceRefusal += batch.applied;
			receipt = batch.receipt ?? receipt;
			request.onBatch?.(batch);
		}
		for (const note of batch.notes) notes.add(note);
		for (const { changes } of batch.held) for (const { id } of changes) held.add(id);
		const waiting = leftOut.waitingAmong(batch.refused);
		for (const left of batch.refused) {
			const { changes, error } = left;
			for (const { id } of changes) (waiting.has(left) ? held : refused).add(id);
			if (error && !waiting.has(left)) refusals.push({ changes, error });
		}
		result.split ||= batch.more;
		if (request.once) break;
		if (batch.more) continue;
		if (refused.size > 0 && appliedSinceRefusal > 0) {
			refused = new Set();
			refusals = [];
			appliedSinceRefusal = 0;
		} else {
			break;
		}
	}
	if (receipt !== null) await returnReceipt(source, target, receipt);
	await park(source, node, parked, resting, refusals);
	result.waiting = leftOut.reasons;
	result.errors = [...leftOut.drifted, ...refusals.map(({ error }) => error)];
	result.notes = [...notes];
	return result;
}

/** Why batches are smaller than they were to be, in words. */
function describeLimit(reason: SyncError): string {
	return `${reason.place.side} refuses transactions as large as a batch (${limitOf(reason)}): batches were made smaller`;
}

/** @param recover what is to be done before another try: the last one may have got half way */
async function patiently(
	move: () => Promise<BatchResult>,
	recover: () => Promise<unknown>,
	connections: readonly Connection[],
): Promise<BatchResult> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			if (attempt > 1) await recover();
			return await move();
		} catch (thrown) {
			if (thrown instanceof RefusedTable || thrown instanceof BatchTooLarge) throw thrown;
			const met = asSyncError(thrown);
			if (met.code !== 'busy' || connections.some(({ lost }) => lost)) throw met;
			const error = await explainLockWait(met, connections);
			if (error !== met || attempt === attempts) throw error;
			await pause(firstPause * 2 ** (attempt - 1));
		}
	}
}
