import { setTimeout as pause } from 'node:timers/promises';
import {
	keptBack,
	type Parked,
	park,
	parkedOf,
	type Refusal,
	readParked,
} from '../changelog/parked.ts';
import { hasPending } from '../changelog/pending.ts';
import { redeemReceipts, returnReceipt } from '../changelog/receipts.ts';
import type { ConflictPolicy, Direction } from '../config/types.ts';
import type { Connection } from '../database/connection/connection.ts';
import { limitOf } from '../database/connection/transaction-limits.ts';
import { explainLockWait } from '../database/connection/write-lock.ts';
import { asSyncError, type SyncError } from '../errors.ts';
import { type Finding, FindingSet } from '../text/finding.ts';
import type { Applier } from './apply/log-applied.ts';
import { BatchSignal, BatchTooLarge } from './attempt/signals.ts';
import { type BatchResult, moveBatch } from './batch.ts';
import { BatchSize } from './batch-size.ts';
import { LeftOut } from './excluded-tables.ts';
import { transferFinding } from './messages.ts';
import type { Route } from './rows/route.ts';

export interface DrainRequest {
	direction: Direction;
	policy: ConflictPolicy;
	/** Changes in a batch. */
	batchSize: number;
	/** Changes that a batch grows to at most, so that all that is pending goes over together. */
	maxBatchSize: number;
	/**
	 * The statements that make sure, inside an applying transaction, that this engine still holds the pair
	 * until its end. Throws SyncError `held`.
	 */
	leaseFence: (target: Connection) => string[];
	/** Throws SyncError `held` if the pair is not this engine's any more. */
	requireHeld: (target: Connection) => Promise<void>;
	/** Makes sure that what can be read at the source now outlives a crash of its server. Throws SyncError `held`. */
	makeDurable: (source: Connection) => Promise<void>;
	/** Throws SyncError `drifted` where rows may have gone with a table that was recreated: see `FetchRequest`. */
	requireCaptured: (source: Connection, tables: readonly string[]) => Promise<void>;
	/** Whom the record names as the one that applied the changes. */
	by: Applier;
	/** Tries parked changes too whose pause is not over, as where a person asks for a run. */
	all?: boolean;
	/** One batch and no more. */
	once?: boolean;
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
	/** Why changes of a table wait although the run had begun with it. */
	waiting: ReadonlyMap<string, Finding>;
	/** What the target does not leave as it was written. */
	notes: Finding[];
	/** Whether what was pending at one moment did not fit into one batch. */
	split: boolean;
	/** Whether more was pending than was moved. */
	unfinished: boolean;
}

export function nothingMoved(): DrainResult {
	return {
		applied: 0,
		batches: 0,
		conflicts: 0,
		errors: [],
		waiting: new Map(),
		notes: [],
		split: false,
		unfinished: false,
	};
}

/** Tries of a batch that met a lock, with growing pauses between them. */
const attempts = 5;

/** Milliseconds before the second try. */
const firstPause = 50;

/**
 * One direction of a run, moved batch by batch until nothing is pending but what the target refuses. A
 * batch takes all that is pending at one moment, up to the limit: the log does not tell transactions, but
 * of one moment they are whole, and so they are on the target.
 *
 * A run consists of passes. Each begins with the tables as they are then, and ends with what was refused
 * parked. A refused row is tried again, in a later pass too, once other changes got through: it may have
 * waited for one of them. A table that somebody alters meanwhile waits for the next pass, with one error;
 * so does one of which the target takes no row, and with it what depends on its rows.
 */
export class Drain {
	readonly #source: Connection;
	readonly #target: Connection;
	readonly #request: DrainRequest;
	readonly #total = nothingMoved();
	readonly #notes = new FindingSet();
	readonly #size: BatchSize;
	/** What was parked when the pass began, and what of it the pass leaves out. */
	#parked: readonly Parked[] = [];
	#resting: readonly Parked[] = [];
	#leftOut = new LeftOut(new Map(), new Set());
	/** Changes that wait for a person's decision. */
	readonly #undecided = new Set<string>();
	/** Changes that the pass leaves out: parked ones, and those that wait for a table. */
	#waiting = new Set<string>();
	/** Changes that the target refused since the last retry, and why; those that are not parked yet. */
	#refused = new Set<string>();
	#refusals: Refusal[] = [];
	#unparked: Refusal[] = [];
	#appliedSinceRefusal = 0;
	#receipt: string | null = null;
	#passes = 0;
	#isOpen = true;
	/** Whether the pass gave the direction up. */
	#hasFailed = false;

	constructor(source: Connection, target: Connection, request: DrainRequest) {
		this.#source = source;
		this.#target = target;
		this.#request = request;
		const { once, batchSize, maxBatchSize } = request;
		this.#size = new BatchSize(once ? batchSize : Math.max(maxBatchSize, batchSize));
	}

	/** Whether something may be pending, as far as is known. */
	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** Whether a table was altered since the pass began. */
	get hasDrifted(): boolean {
		return this.#leftOut.drifted.length > 0;
	}

	/** What was moved so far; errors are those that stand. */
	get result(): DrainResult {
		return {
			...this.#total,
			errors: [...this.#leftOut.drifted, ...this.#refusals.map(({ error }) => error)],
			waiting: this.#leftOut.reasons,
			notes: this.#notes.all,
			unfinished: this.#isOpen || this.hasDrifted,
		};
	}

	/**
	 * Begins a pass.
	 * @param routes the tables that travel, by the source's name
	 * @param waiting tables that do not travel for the time being, by the target's name: what depends on their rows waits
	 */
	async begin(routes: ReadonlyMap<string, Route>, waiting: ReadonlySet<string>): Promise<void> {
		const node = this.#target.end.nodeId;
		this.#leftOut = new LeftOut(routes, waiting);
		this.#parked = await readParked(this.#source, node);
		const own = new Set(parkedOf(this.#refusals, this.#parked));
		const isResting = ({ due }: Parked) => !due && !(this.#request.all && this.#passes === 0);
		const others = this.#parked.filter((entry) => !own.has(entry) && isResting(entry));
		this.#waiting = await keptBack(this.#source, node, others);
		this.#resting = [...others, ...own];
		this.#passes += 1;
		this.#isOpen = true;
		this.#hasFailed = false;
	}

	/** Takes it that something is pending. */
	reopen(): void {
		if (!this.#hasFailed) this.#isOpen = true;
	}

	/** Gives the direction up until the next pass. */
	close(): void {
		this.#hasFailed = true;
		this.#isOpen = false;
	}

	/** Looks whether something has become pending. */
	async look(): Promise<void> {
		if (this.#isOpen || this.#hasFailed) return;
		this.#isOpen = await hasPending(this.#source, {
			target: this.#target.end.nodeId,
			tables: [...this.#leftOut.routes.keys()],
			except: [...this.#excepted()],
		});
	}

	/**
	 * Moves a batch.
	 * @throws SyncError `busy`, `unreachable`, `denied` or `held`; what was moved before stays moved
	 */
	async step(): Promise<BatchResult> {
		const { once, onBatch } = this.#request;
		const move = () =>
			patiently(
				() =>
					moveBatch(this.#source, this.#target, {
						...this.#request,
						routes: this.#leftOut.routes,
						limit: this.#size.limit,
						except: this.#excepted(),
					}),
				() => redeemReceipts(this.#source, this.#target),
				[this.#source, this.#target],
			);
		let batch: BatchResult | null = null;
		while (batch === null) {
			batch = await move().catch((error) => {
				this.#makeSmaller(error);
				return null;
			});
		}
		this.#enter(batch);
		if (batch.fetched > 0) onBatch?.(batch);
		this.#isOpen = batch.more || (!once && this.#triesAgain());
		return batch;
	}

	/**
	 * Ends the pass: parks what was refused, and forgets what is not pending any more. Resolves to the
	 * errors that are new.
	 */
	async end(): Promise<SyncError[]> {
		if (this.#receipt !== null) {
			await returnReceipt(this.#source, this.#target, this.#receipt);
			this.#receipt = null;
		}
		const unparked = this.#unparked;
		this.#unparked = [];
		const node = this.#target.end.nodeId;
		await park(this.#source, node, this.#parked, this.#resting, unparked);
		return [...this.#leftOut.drifted, ...unparked.map(({ error }) => error)];
	}

	#excepted(): Set<string> {
		return new Set([...this.#undecided, ...this.#waiting, ...this.#refused]);
	}

	/** Has the next try carry fewer changes, or leave a table out. @throws every other error */
	#makeSmaller(error: unknown): void {
		if (!(error instanceof BatchTooLarge)) {
			this.#leftOut.leaveOut(error);
			return;
		}
		this.#size.tooLarge(error.changes);
		this.#notes.add(tooLarge(error.reason));
	}

	#enter(batch: BatchResult): void {
		const total = this.#total;
		if (batch.refused.some(({ error }) => error && limitOf(error) !== null)) this.#size.parked();
		else this.#size.fits(batch.fetched);
		if (batch.fetched > 0) total.batches += 1;
		total.applied += batch.applied;
		total.conflicts += batch.conflicts;
		total.split ||= batch.more;
		this.#appliedSinceRefusal += batch.applied;
		this.#receipt = batch.receipt ?? this.#receipt;
		this.#notes.add(...batch.notes);
		for (const { changes } of batch.held) for (const { id } of changes) this.#undecided.add(id);
		const waiting = this.#leftOut.waitingAmong(batch.refused);
		for (const left of batch.refused) {
			const { changes, error } = left;
			for (const { id } of changes) (waiting.has(left) ? this.#waiting : this.#refused).add(id);
			if (!error || waiting.has(left)) continue;
			this.#refusals.push({ changes, error });
			this.#unparked.push({ changes, error });
		}
	}

	/** Whether what was refused is worth another try, as others got through since. */
	#triesAgain(): boolean {
		if (this.#refused.size === 0 || this.#appliedSinceRefusal === 0) return false;
		this.#refused = new Set();
		this.#refusals = [];
		this.#unparked = [];
		this.#appliedSinceRefusal = 0;
		return true;
	}
}

/** Why batches are smaller than they were to be. */
function tooLarge(reason: SyncError): Finding {
	const { side = null } = reason.place;
	return transferFinding('batch_too_large', { side }, { limit: limitOf(reason) ?? '' });
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
			if (thrown instanceof BatchSignal) throw thrown;
			const met = asSyncError(thrown);
			if (met.code !== 'busy' || connections.some(({ lost }) => lost)) throw met;
			const error = await explainLockWait(met, connections);
			if (error !== met || attempt === attempts) throw error;
			await pause(firstPause * 2 ** (attempt - 1));
		}
	}
}
