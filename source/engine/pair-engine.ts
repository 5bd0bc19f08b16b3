import { setTimeout as pause } from 'node:timers/promises';
import { type Direction, directions, type PairConfig, type Side, sides } from '../config/types.ts';
import { waitsForRight } from '../database/table-pair.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { BatchResult } from '../transfer/batch.ts';
import type { DrainResult } from '../transfer/drain.ts';
import { retryDelay } from './backoff.ts';
import { decideConflict } from './conflict-list.ts';
import { type Connections, closeBoth, openBoth } from './connections.ts';
import { inspectRow } from './inspection.ts';
import {
	type Installation,
	installPair,
	type Uninstallation,
	uninstallPair,
} from './installation.ts';
import { heldError, Lease } from './lease.ts';
import { describeHolder } from './lease-end.ts';
import type { Listing } from './listing.ts';
import { forgetPeer } from './log-state.ts';
import { Monitor } from './monitor.ts';
import { refuseSharedNodeIds } from './node-ids.ts';
import { pairSnapshot } from './pair-snapshot.ts';
import { listParked, retryParked } from './parked-list.ts';
import { knownTables, prepare } from './prepare.ts';
import type { RowInspection, RowQuery } from './row-comparison.ts';
import type { LivePair, Notice, PairState } from './snapshot.ts';
import { passOver, requireWritable, splitText, waitingText } from './sync.ts';
import { Tally } from './tally.ts';
import { Teller } from './teller.ts';
import { upkeep } from './upkeep.ts';
import { findVanished } from './vanished.ts';
import { Waker } from './waker.ts';

/** What the rest of the engine gives a pair. */
export interface PairContext {
	/** Milliseconds between two looks. */
	refresh: number;
	notify: (notice: Notice) => void;
	onUpdate: () => void;
}

interface Job {
	work: () => Promise<void>;
	reject: (error: SyncError) => void;
}

/** Milliseconds between two looks whether a pair that another engine holds is free. */
const standbyPause = 1000;

/** Milliseconds before a pair that is blocked looks whether it still is, at the latest. */
const blockedRetry = 60_000;

/** Milliseconds to the next run from which on a pair's connections are not kept open until then. */
const longRest = 60_000;

/**
 * One pair at work. It is always in one of these modes, and does one thing at a time:
 *
 * - *running*: a scheduled run, or what somebody asked for (force, install, uninstall), is going on.
 * - *idle*: the next run is scheduled.
 * - *paused*: nothing is scheduled; what is asked for is still done. A read-only pair stays so.
 * - *standby*: another engine holds the pair; what is asked for is passed on to it.
 * - *offline*: an end cannot be reached; tried again with growing pauses.
 * - *blocked*: a run cannot start until somebody mends what `problem` names; tried again at intervals.
 */
export class PairEngine {
	readonly pair: PairConfig;
	readonly #context: PairContext;
	readonly #monitor: Monitor;
	readonly #waker = new Waker();
	readonly #jobs: Job[] = [];
	readonly #tally = new Tally();
	readonly #teller: Teller;
	readonly #lease: Lease;
	#connections: Connections | null = null;
	#state: PairState = 'idle';
	#paused: boolean;
	#problem: SyncError | null = null;
	#failures = 0;
	#nextRunAt: number | null = null;
	/** Why changes of tables wait that the latest runs had to leave out, by table. */
	readonly #waiting: Record<Direction, DrainResult['waiting']> = {
		local_to_cloud: new Map(),
		cloud_to_local: new Map(),
	};
	/** Whether the next run is to follow at once on what was just done. */
	#goesOn = false;
	/** Whether a table waits for a right. */
	#denied = false;
	/** Whether the sessions are to begin anew: they may not know of a right that was given since. */
	#beginsAnew = false;
	/** Tables whose triggers were looked after once; what is dropped later is shown, not put back. */
	#prepared: ReadonlySet<string> = new Set();
	#stopping = false;
	/** Whether another engine holds the pair, as far as is known. */
	#standingBy = false;
	/** Whether the connections were cut, so that nothing is left to wait for. */
	#cut = false;
	#loop: Promise<void> | null = null;

	constructor(pair: PairConfig, context: PairContext) {
		this.pair = pair;
		this.#context = context;
		this.#paused = !pair.enabled || pair.readOnly;
		this.#monitor = new Monitor(pair, context.refresh, {
			onUpdate: context.onUpdate,
			onCount: (pending) => this.#tally.trend.counted(pending),
			onReached: () => this.#reached(),
		});
		this.#teller = new Teller(pair, context.notify);
		this.#lease = new Lease(pair, {
			onLost: () => this.#standBy(null),
			onRequest: async ({ directions: wanted, person, host }) => {
				this.#teller.tell('info', `${person} on ${host} asks for a run`);
				await this.force(wanted);
				return !this.#stopping;
			},
		});
	}

	/** A pair that is not enabled stays untouched: its secrets need not even be there. */
	start(): void {
		if (!this.pair.enabled) return;
		if (!this.#paused) this.#nextRunAt = Date.now();
		this.#monitor.start();
		this.#loop ??= this.#run();
	}

	/**
	 * Ends after the batch in hand; requests that have not begun are refused. A batch that takes
	 * longer than so many milliseconds is cut off: the servers roll it back, and it is moved another
	 * time.
	 */
	async stop(within: number): Promise<void> {
		this.#stopping = true;
		this.#waker.wake();
		const done = Promise.all([this.#loop, this.#monitor.stop()])
			.then(() => this.#disconnect())
			.then(() => this.#lease.release());
		if (this.#cut) return;
		await Promise.race([done, pause(within, undefined, { ref: false })]);
		this.#cut = true;
		this.#monitor.cut();
		this.#lease.cut();
		for (const side of sides) this.#connections?.[side].destroy();
	}

	force(wanted: readonly Direction[]): Promise<void> {
		return this.#request(async () => {
			if (!(await this.#passedOn(wanted))) await this.#sync(wanted, true);
		});
	}

	install(table?: string): Promise<Installation> {
		return this.#request(async () =>
			installPair(await this.#connect(), this.pair, table ?? null, true),
		);
	}

	uninstall(table?: string): Promise<Uninstallation> {
		return this.#request(async () =>
			uninstallPair(await this.#connect(), this.pair, { table: table ?? null, dropLog: false }),
		);
	}

	/**
	 * Removes all that is this program's from both databases. The pair is paused: its next run would
	 * put it all back.
	 * @throws SyncError `held` while another engine is at work on the pair
	 */
	dropLog(): Promise<Uninstallation> {
		return this.#request(async () => {
			const connections = await this.#connect();
			await this.#lease.take();
			this.#standingBy = false;
			this.pause();
			this.#prepared = new Set();
			return this.#lease.endWith(() =>
				uninstallPair(connections, this.pair, { table: null, dropLog: true }),
			);
		});
	}

	/**
	 * No longer keeps changes for a node: a word in the databases, which whoever holds the pair reads at
	 * its next run. Resolves to the sides whose logs were kept for it.
	 */
	forget(node: string): Promise<Side[]> {
		return this.#request(async () => {
			const known = await forgetPeer(await this.#connect(), this.pair, node);
			// A run shortens the logs, or shows whether a pair that was blocked by the id may go on.
			this.#goesOn = true;
			return known;
		});
	}

	pause(): void {
		this.#paused = true;
		this.#nextRunAt = null;
		this.#context.onUpdate();
	}

	/** @throws SyncError `usage` on a read-only pair */
	resume(): void {
		requireWritable(this.pair);
		this.#paused = false;
		this.#nextRunAt = Date.now();
		this.#waker.wake();
		this.#context.onUpdate();
	}

	/** Tries parked changes now. Resolves to how many were tried, and how many are parked still. */
	retry(id?: string): Promise<{ tried: number; parked: number }> {
		return this.#request(async () => {
			const connections = await this.#connect();
			const tried = await retryParked(connections, this.pair, id);
			if (!(await this.#passedOn(directions))) await this.#sync(directions, false);
			const left = await listParked(await this.#connect(), this.pair);
			const ofThese = left.filter((change) => id === undefined || change.id === id);
			return { tried, parked: ofThese.length };
		});
	}

	/** Decides a conflict, and carries that out. */
	resolve(id: string, keep: Side): Promise<void> {
		return this.#request(async () => {
			await decideConflict(await this.#connect(), this.pair, id, keep);
			if (!(await this.#passedOn(directions))) await this.#sync(directions, true);
		});
	}

	inspect(query: RowQuery): Promise<RowInspection> {
		return this.#monitor.ask((connections, tables) =>
			inspectRow(connections, this.pair, tables, query),
		);
	}

	set watched(watched: Listing | null) {
		this.#monitor.watched = watched;
	}

	snapshot(): LivePair {
		const state = this.#shownState();
		const mode = {
			state,
			problem: this.#problem,
			nextRunAt: state === 'standby' ? null : this.#nextRunAt,
			heldHere: this.#lease.isHeld,
			waiting: [...this.#waiting.local_to_cloud, ...this.#waiting.cloud_to_local],
		};
		return pairSnapshot(this.pair, mode, this.#monitor, this.#tally);
	}

	#shownState(): PairState {
		const atRest = this.#state === 'idle' || this.#state === 'standby';
		return atRest && this.#paused ? 'paused' : this.#state;
	}

	async #request<T>(work: () => Promise<T>): Promise<T> {
		requireWritable(this.pair);
		return new Promise<T>((resolve, reject) => {
			const job: Job = { work: async () => resolve(await work()), reject };
			if (this.#stopping) job.reject(stopped(this.pair));
			else this.#jobs.push(job);
			this.#waker.wake();
		});
	}

	async #run(): Promise<void> {
		while (!this.#stopping) {
			const job = this.#jobs.shift();
			if (job) await this.#perform(job.work, job.reject);
			else if (this.#nextRunAt !== null && Date.now() >= this.#nextRunAt) {
				if (this.#state === 'standby' && !(await this.#takesOver())) continue;
				await this.#perform(() => this.#sync(directions, false));
			} else {
				await this.#waker.sleep(
					this.#nextRunAt === null ? Number.POSITIVE_INFINITY : this.#nextRunAt - Date.now(),
				);
			}
		}
		for (const job of this.#jobs.splice(0)) job.reject(stopped(this.pair));
	}

	/** Does one thing, and schedules what comes after it. */
	async #perform(work: () => Promise<void>, reject?: (error: SyncError) => void): Promise<void> {
		this.#state = 'running';
		this.#nextRunAt = null;
		this.#context.onUpdate();
		try {
			const before = this.#problem;
			await work();
			this.#failures = 0;
			if (this.#standingBy) {
				this.#standBy(this.#problem);
			} else {
				if (before) this.#teller.tell('info', 'at work again');
				this.#problem = null;
				this.#state = 'idle';
				this.#schedule(this.#goesOn ? 0 : this.pair.interval);
			}
			this.#goesOn = false;
		} catch (thrown) {
			const error = asSyncError(thrown);
			// A session may not know of rights that were given since it began.
			if (error.code === 'denied') await this.#disconnect();
			this.#failed(error);
			reject?.(error.at({ pair: this.pair.name }));
		}
		const rest = this.#nextRunAt === null ? Number.POSITIVE_INFINITY : this.#nextRunAt - Date.now();
		if (rest > longRest || this.#beginsAnew) await this.#disconnect();
		this.#monitor.lookAnew();
		this.#context.onUpdate();
	}

	#failed(error: SyncError): void {
		if (error.code === 'held') {
			this.#standBy(error);
			return;
		}
		if (error.code === 'usage') {
			// The request was wrong, not the pair.
			this.#state = this.#standingBy ? 'standby' : 'idle';
			this.#schedule(this.#standingBy ? standbyPause : this.pair.interval);
			return;
		}
		this.#standingBy = false;
		const repeated = this.#problem?.message === error.message;
		this.#problem = error;
		this.#failures += 1;
		const passes = error.code === 'unreachable' || error.code === 'busy';
		this.#state = error.code === 'unreachable' ? 'offline' : passes ? 'idle' : 'blocked';
		const delay = retryDelay(this.#failures);
		this.#schedule(passes ? delay : Math.min(Math.max(this.pair.interval, delay), blockedRetry));
		if (!repeated) this.#teller.tell(passes ? 'warning' : 'error', error.describe());
	}

	/** Both ends answer again: nothing is left to wait for. */
	#reached(): void {
		if (this.#state !== 'offline' && this.#state !== 'blocked') return;
		this.#schedule(0);
		this.#waker.wake();
	}

	#schedule(delay: number): void {
		this.#nextRunAt = this.#paused ? null : Date.now() + delay;
	}

	/** Leaves the pair to another engine, and looks now and then whether it is free. */
	#standBy(reason: SyncError | null): void {
		const told = this.#problem?.code === 'held' && this.#problem.message === reason?.message;
		this.#problem = reason ?? new SyncError('held', 'another engine has taken the pair over');
		if (!told) this.#teller.tell('info', `on standby: ${this.#problem.message}`);
		this.#standingBy = true;
		// A batch in hand finds out for itself.
		if (this.#state !== 'running' || reason) this.#state = 'standby';
		this.#schedule(standbyPause);
		this.#waker.wake();
		this.#context.onUpdate();
	}

	/** Tries to take the pair from an engine that is gone. */
	async #takesOver(): Promise<boolean> {
		try {
			const held = await this.#lease.tryToTake();
			if (held === null) {
				this.#teller.tell('info', 'nobody holds the pair any more: took it over');
				return true;
			}
			this.#standBy(heldError(this.pair, held));
		} catch (thrown) {
			this.#failed(asSyncError(thrown));
		}
		return false;
	}

	/** Asks the engine that holds the pair for a run; false if it is this one. */
	async #passedOn(wanted: readonly Direction[]): Promise<boolean> {
		await refuseSharedNodeIds(await this.#connect(), this.pair);
		const held = await this.#lease.tryToTake();
		if (held === null) return false;
		this.#problem = heldError(this.pair, held);
		this.#standingBy = true;
		this.#teller.tell('info', `passed on to ${describeHolder(held)}`);
		return this.#lease.passOn(wanted, () => this.#stopping);
	}

	async #sync(wanted: readonly Direction[], all: boolean): Promise<void> {
		const connections = await this.#connect();
		await refuseSharedNodeIds(connections, this.pair);
		await this.#lease.take();
		this.#standingBy = false;
		await this.#lease.mark(connections);
		const prepared = await prepare(connections, this.pair, this.#prepared);
		const { tables, installed, uncaptured, skipped, missing } = prepared;
		this.#prepared = knownTables(tables);
		for (const message of installed) this.#teller.tell('info', message);
		for (const message of uncaptured) this.#teller.tell('warning', message);
		this.#teller.tellNew('skipped', 'info', skipped);
		this.#teller.tellNew('missing', 'warning', missing);
		const result = await passOver(connections, this.pair, tables, {
			directions: wanted,
			once: false,
			lease: this.#lease,
			all,
			stopped: () => this.#stopping,
			onBatch: (direction, batch) => this.#moved(direction, batch),
		});
		for (const direction of wanted) {
			const { errors, notes } = result[direction];
			const split = splitText(this.pair, result[direction]);
			if (split !== null) this.#teller.tell('info', split, direction);
			this.#teller.tellOnce('warning', notes, direction);
			const waits = waitingText(result[direction]);
			this.#teller.tellNew(`waiting ${direction}`, 'warning', waits, direction);
			this.#waiting[direction] = result[direction].waiting;
			for (const error of errors) this.#teller.tell('error', error.describe(), direction);
		}
		const leftOut = directions.some((direction) => this.#waiting[direction].size > 0);
		const denied = leftOut || waitsForRight(tables);
		// Once more after the last one: the right may have been given when the session had just begun.
		this.#beginsAnew = denied || this.#denied;
		this.#denied = denied;
		if (this.#stopping) return;
		await upkeep(connections, this.pair);
		if (wanted.length < directions.length) return;
		const vanished = await findVanished(connections, this.pair, tables);
		this.#teller.tellNew('vanished', 'warning', vanished);
	}

	#moved(direction: Direction, batch: BatchResult): void {
		this.#tally.add(direction, batch);
		const milliseconds = Math.round(batch.milliseconds);
		const found = batch.conflicts === 1 ? '1 conflict' : `${batch.conflicts} conflicts`;
		const conflicts = batch.conflicts === 0 ? '' : `; ${found}`;
		this.#teller.tell(
			'info',
			`applied ${batch.applied} ${batch.applied === 1 ? 'change' : 'changes'} in ${milliseconds} ms${conflicts}`,
			direction,
			batchDetail(batch),
		);
		this.#context.onUpdate();
		this.#monitor.refresh();
	}

	/** The pair's connections, opened anew where one was lost while nothing was going on. */
	async #connect(): Promise<Connections> {
		if (this.#connections) {
			const alive = await Promise.allSettled(sides.map((side) => this.#connections?.[side].ping()));
			if (alive.every(({ status }) => status === 'fulfilled')) return this.#connections;
			await this.#disconnect();
		}
		this.#connections = await openBoth(this.pair);
		return this.#connections;
	}

	async #disconnect(): Promise<void> {
		if (this.#connections) await closeBoth(this.#connections);
		this.#connections = null;
	}
}

/** What the batch came to in SQL: `9 upserts, 2 deletes`. */
function batchDetail({ upserts, deletes, refused }: BatchResult): string {
	const counted = (number: number, word: string) =>
		number === 0 ? [] : [`${number} ${word}${number === 1 || word === 'refused' ? '' : 's'}`];
	return [
		...counted(upserts, 'upsert'),
		...counted(deletes, 'delete'),
		...counted(refused.length, 'refused'),
	].join(', ');
}

function stopped(pair: PairConfig): SyncError {
	return new SyncError('busy', 'the engine is stopping', { pair: pair.name });
}
