import { setTimeout as pause } from 'node:timers/promises';
import { hasPending } from '../changelog/log/pending.ts';
import { heldBack, park, parkedAmong, type Refusal } from '../changelog/parking.ts';
import type { LogConnection } from '../changelog/session/log-connection.ts';
import type { Applier } from '../changelog/tables/batches.ts';
import { type Parked, readParked } from '../changelog/tables/parked.ts';
import { redeemReceipts, returnReceipt } from '../changelog/tables/receipts.ts';
import { explainLockWait } from '../changelog/write-lock.ts';
import type { ConflictPolicy, Direction } from '../config/types.ts';
import type { Connection } from '../database/connection/connection.ts';
import { limitOf } from '../database/connection/transaction-limits.ts';
import type { Sql } from '../database/sql/sql.ts';
import { asSyncError, type SyncError } from '../errors.ts';
import { type Finding, FindingSet } from '../text/finding.ts';
import { transferFinding } from './attempt/messages.ts';
import { BatchSignal, BatchTooLarge } from './attempt/signals.ts';
import { type BatchResult, moveBatch } from './batch.ts';
import { BatchSize } from './batch-size.ts';
import { ExcludedTables } from './excluded-tables.ts';
import type { Route } from './rows/route.ts';
import { SchemaGuard } from './rows/schema-guard.ts';
import { addTotals, noTotals, type Totals } from './totals.ts';

export interface DrainRequest {
	direction: Direction;
	policy: ConflictPolicy;
	/** Changes per batch. */
	batchSize: number;
	/** The most changes that a batch grows to, so that all pending changes are applied together. */
	maxBatchSize: number;
	/**
	 * The lease fence: statements that fail inside the applying transaction
	 * unless this engine holds the pair until it ends.
	 * @throws SyncError `held`
	 */
	leaseFence: (target: Connection) => Sql[];
	/** @throws SyncError `held` if this engine no longer holds the pair */
	requireHeld: (target: Connection) => Promise<void>;
	/**
	 * Ensures that what is now readable at the source survives a crash of its server.
	 * @throws SyncError `held`
	 */
	makeDurable: (source: Connection) => Promise<void>;
	/** @throws SyncError `drifted` if rows may have disappeared with a recreated table: see `FetchRequest` */
	requireCaptured: (source: Connection, tables: readonly string[]) => Promise<void>;
	/** The engine to record as the one that applied the changes. */
	by: Applier;
	/** True to retry parked changes before their next attempt is due, as in a run requested by a person. */
	all?: boolean;
	/** True to stop after one batch. */
	once?: boolean;
	onBatch?: (batch: BatchResult) => void;
}

/** The result of one direction of a run. */
export interface DrainResult extends Totals {
	/** The reasons for refused rows, one error per row. */
	errors: SyncError[];
	/** Tables whose changes started to wait during the run, with the reason. */
	waiting: ReadonlyMap<string, Finding>;
	/** Values that the target does not store as written. */
	notes: Finding[];
	/** True if the changes pending at one moment did not fit into one batch. */
	split: boolean;
	/** True if changes are still pending. */
	unfinished: boolean;
}

export function nothingMoved(): DrainResult {
	return {
		...noTotals(),
		errors: [],
		waiting: new Map(),
		notes: [],
		split: false,
		unfinished: false,
	};
}

/** Attempts at a batch that meets a lock, with growing pauses. */
const attempts = 5;

/** Milliseconds before the second attempt. */
const firstPause = 50;

/**
 * One direction of a run, batch by batch, until nothing is pending except what the target refuses. A batch
 * takes everything pending at one moment, up to the limit: the log does not record transactions, but a
 * snapshot contains only whole ones, so the target gets whole ones too.
 *
 * A run consists of passes. Each starts with the current table definitions and ends by parking what was
 * refused. A refused row is retried, also in a later pass, once other changes were applied: it may have
 * depended on one of them. A table altered meanwhile waits for the next pass, with one error. A table of
 * which the target rejects every row waits too, together with the rows that depend on it.
 */
export class Drain {
	readonly #source: LogConnection;
	readonly #target: LogConnection;
	readonly #request: DrainRequest;
	readonly #total = nothingMoved();
	readonly #notes = new FindingSet();
	readonly #size: BatchSize;
	/** What was parked when the pass began, and the part of it that the pass excludes. */
	#parked: readonly Parked[] = [];
	#resting: readonly Parked[] = [];
	#excluded = new ExcludedTables(new Map(), new Set());
	#schema: SchemaGuard;
	/** Changes with an unresolved conflict. */
	readonly #unresolved = new Set<string>();
	/** Changes that the pass excludes: parked ones, and those waiting for a table. */
	#waiting = new Set<string>();
	/** Changes refused since the last retry, their reasons, and those not parked yet. */
	#refused = new Set<string>();
	#refusals: Refusal[] = [];
	#unparked: Refusal[] = [];
	#appliedSinceRefusal = 0;
	#receipt: string | null = null;
	#passes = 0;
	#isOpen = true;
	/** True if the pass gave up this direction. */
	#hasFailed = false;

	constructor(source: LogConnection, target: LogConnection, request: DrainRequest) {
		this.#source = source;
		this.#target = target;
		this.#schema = new SchemaGuard(target);
		this.#request = request;
		const { once, batchSize, maxBatchSize } = request;
		this.#size = new BatchSize(once ? batchSize : Math.max(maxBatchSize, batchSize));
	}

	/** True if changes may be pending. */
	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** True if a table was altered since the pass began. */
	get hasDrifted(): boolean {
		return this.#excluded.drifted.length > 0;
	}

	/** The result so far. Its errors are those that still apply. */
	get result(): DrainResult {
		return {
			...this.#total,
			errors: [...this.#excluded.drifted, ...this.#refusals.map(({ error }) => error)],
			waiting: this.#excluded.reasons,
			notes: this.#notes.all,
			unfinished: this.#isOpen || this.hasDrifted,
		};
	}

	/**
	 * Begins a pass.
	 * @param routes the tables to transfer, by the source's name
	 * @param waiting tables not transferred for now, by the target's name; rows that depend on theirs wait
	 */
	async begin(routes: ReadonlyMap<string, Route>, waiting: ReadonlySet<string>): Promise<void> {
		const node = this.#target.end.nodeId;
		this.#excluded = new ExcludedTables(routes, waiting);
		this.#schema = new SchemaGuard(this.#target);
		this.#parked = await readParked(this.#source, node);
		const own = new Set(parkedAmong(this.#refusals, this.#parked));
		const isResting = ({ due }: Parked) => !due && !(this.#request.all && this.#passes === 0);
		const others = this.#parked.filter((entry) => !own.has(entry) && isResting(entry));
		this.#waiting = await heldBack(this.#source, node, others);
		this.#resting = [...others, ...own];
		this.#passes += 1;
		this.#isOpen = true;
		this.#hasFailed = false;
	}

	/** Assumes that changes are pending. */
	reopen(): void {
		if (!this.#hasFailed) this.#isOpen = true;
	}

	/** Gives up this direction until the next pass. */
	close(): void {
		this.#hasFailed = true;
		this.#isOpen = false;
	}

	/** Checks for new pending changes. */
	async look(): Promise<void> {
		if (this.#isOpen || this.#hasFailed) return;
		this.#isOpen = await hasPending(this.#source, {
			peer: this.#target.end.nodeId,
			tables: [...this.#excluded.routes.keys()],
			except: [...this.#excepted()],
		});
	}

	/**
	 * Transfers a batch.
	 * @throws SyncError `busy`, `unreachable`, `denied` or `held`; earlier batches stay applied
	 */
	async step(): Promise<BatchResult> {
		const { once, onBatch } = this.#request;
		const move = () =>
			patiently(
				() =>
					moveBatch(this.#source, this.#target, {
						...this.#request,
						routes: this.#excluded.routes,
						limit: this.#size.limit,
						except: this.#excepted(),
						schema: this.#schema,
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
	 * Ends the pass: parks what was refused, and forgets what is no longer pending. Resolves to the new errors.
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
		return [...this.#excluded.drifted, ...unparked.map(({ error }) => error)];
	}

	#excepted(): Set<string> {
		return new Set([...this.#unresolved, ...this.#waiting, ...this.#refused]);
	}

	/**
	 * Makes the next attempt smaller, or excludes a table.
	 * @throws every other error
	 */
	#makeSmaller(error: unknown): void {
		if (!(error instanceof BatchTooLarge)) {
			this.#excluded.leaveOut(error);
			return;
		}
		this.#size.tooLarge(error.changes);
		this.#notes.add(tooLarge(error.reason));
	}

	#enter(batch: BatchResult): void {
		const total = this.#total;
		if (batch.refused.some(({ error }) => error && limitOf(error) !== null)) this.#size.parked();
		else this.#size.fits(batch.fetched);
		addTotals(total, batch);
		total.split ||= batch.more;
		this.#appliedSinceRefusal += batch.applied;
		this.#receipt = batch.receipt ?? this.#receipt;
		this.#notes.add(...batch.notes);
		for (const { changes } of batch.held) for (const { id } of changes) this.#unresolved.add(id);
		const waiting = this.#excluded.waitingAmong(batch.refused);
		for (const left of batch.refused) {
			const { changes, error } = left;
			for (const { id } of changes) (waiting.has(left) ? this.#waiting : this.#refused).add(id);
			if (!error || waiting.has(left)) continue;
			this.#refusals.push({ changes, error });
			this.#unparked.push({ changes, error });
		}
	}

	/** True if refused changes are worth a retry because others were applied since. */
	#triesAgain(): boolean {
		if (this.#refused.size === 0 || this.#appliedSinceRefusal === 0) return false;
		this.#refused = new Set();
		this.#refusals = [];
		this.#unparked = [];
		this.#appliedSinceRefusal = 0;
		return true;
	}
}

/** Why batches are smaller than configured. */
function tooLarge(reason: SyncError): Finding {
	const { side = null } = reason.place;
	return transferFinding('batch_too_large', { side }, { limit: limitOf(reason) ?? '' });
}

/** @param recover called before another attempt, as the last one may be half done */
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
