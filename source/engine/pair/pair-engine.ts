import { setTimeout as pause } from 'node:timers/promises';
import {
	type Direction,
	directions,
	type PairConfig,
	type Side,
	sides,
} from '../../config/types.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import type { Forced } from '../api/forced-text.ts';
import type { Listing } from '../api/listing.ts';
import type { RowInspection, RowQuery } from '../api/row-comparison.ts';
import { runFinding } from '../api/run-messages.ts';
import type { LivePair, Notice } from '../api/snapshot.ts';
import {
	type Installation,
	installPair,
	type Uninstallation,
	uninstallPair,
} from '../install/installation.ts';
import { isDamaged } from '../install/restore.ts';
import { heldError, Lease } from '../lease/lease.ts';
import { nameHolder } from '../lease/lease-row.ts';
import { livePair } from '../monitor/live-pair.ts';
import { forgetPeer } from '../monitor/log-state.ts';
import type { Look } from '../monitor/look.ts';
import { Monitor } from '../monitor/monitor.ts';
import { Tally } from '../monitor/tally.ts';
import { inspectRow } from '../records/compare-row.ts';
import { resolveConflict } from '../records/conflicts.ts';
import { listParked, retryParked } from '../records/parked.ts';
import type { PassResult } from '../run/passes.ts';
import { type RunOptions, Runs } from '../run/runs.ts';
import { requireWritable } from '../run/sync-pair.ts';
import { KeptConnections } from '../shared/connections.ts';
import { Waker } from '../shared/waker.ts';
import { hasOutdatedLog } from '../survey/failing-writes.ts';
import { refuseSharedNodeIds } from '../survey/node-ids.ts';
import { Mode } from './mode.ts';
import { Teller } from './notices.ts';

/** What the engine provides to a pair. */
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

/** Milliseconds until the next run, above which the connections of a pair are closed meanwhile. */
const longRest = 60_000;

/** Milliseconds between two attempts to restore dropped objects. */
const restorePause = 5000;

/** Runs one pair: one thing at a time, a scheduled run or a request. `Mode` schedules them. */
export class PairEngine {
	readonly pair: PairConfig;
	readonly #context: PairContext;
	readonly #monitor: Monitor;
	readonly #waker = new Waker();
	readonly #jobs: Job[] = [];
	readonly #tally = new Tally();
	readonly #teller: Teller;
	readonly #lease: Lease;
	readonly #mode: Mode;
	readonly #runs: Runs;
	readonly #connections: KeptConnections;
	#stopping = false;
	/** True once the connections are cut, so that there is nothing left to wait for. */
	#cut = false;
	/** True if writes of the application failed at the latest look. */
	#failed = false;
	/** Epoch milliseconds before which nothing is restored again. */
	#restoreAt = 0;
	#loop: Promise<void> | null = null;

	constructor(pair: PairConfig, context: PairContext) {
		this.pair = pair;
		this.#context = context;
		this.#connections = new KeptConnections(pair);
		this.#monitor = new Monitor(pair, context.refresh, {
			onUpdate: context.onUpdate,
			onCount: (pending) => this.#tally.trend.counted(pending),
			onReached: () => this.#mode.reached(),
			onLook: (look) => this.#looked(look),
		});
		this.#teller = new Teller(pair, context.notify);
		this.#mode = new Mode(pair, {
			waker: this.#waker,
			teller: this.#teller,
			onUpdate: context.onUpdate,
		});
		this.#lease = new Lease(pair, {
			onLost: () => this.#mode.standBy(null),
			onRequest: async ({ directions: wanted, person, host }) => {
				const by = `${person} on ${host}`;
				this.#teller.tell('info', runFinding('run_requested', {}, { by }));
				await this.force(wanted);
				return !this.#stopping;
			},
		});
		this.#runs = new Runs(pair, {
			lease: this.#lease,
			report: (...told) => this.#teller.report(...told),
			stopped: () => this.#stopping,
			counts: () => this.#monitor.counts,
			yields: () => this.#jobs.length > 0,
			onHeld: () => this.#mode.holds(),
			onBatch: (direction, batch) => {
				this.#tally.add(direction, batch);
				this.#teller.tellBatch(direction, batch);
				if (batch.applied > 0) this.#mode.moved();
				context.onUpdate();
				this.#monitor.refresh();
			},
		});
	}

	/** Starts the pair. A pair that is not enabled stays untouched: even its secrets may be missing. */
	start(): void {
		if (!this.pair.enabled) return;
		this.#mode.start();
		this.#monitor.start();
		this.#loop ??= this.#run();
	}

	/**
	 * Ends after the current batch; requests that have not begun are refused. A batch that takes longer than
	 * `within` milliseconds is cut off: the servers roll it back, and a later run moves it.
	 */
	async stop(within: number): Promise<void> {
		this.#stopping = true;
		this.#waker.wake();
		const done = Promise.all([this.#loop, this.#monitor.stop()])
			.then(() => this.#connections.close())
			.then(() => this.#lease.release());
		if (this.#cut) return;
		await Promise.race([done, pause(within, undefined, { ref: false })]);
		this.#cut = true;
		this.#monitor.cut();
		this.#lease.cut();
		this.#connections.cut();
	}

	/**
	 * Runs the given directions now.
	 * @param once at most one batch per direction
	 * @throws SyncError `held` if another engine would have to do that
	 */
	force(wanted: readonly Direction[], once = false): Promise<Forced> {
		return this.#request(async () =>
			once
				? { moved: await this.#sync(wanted, { all: true, once }) }
				: this.#syncOrDelegate(wanted, true),
		);
	}

	install(table?: string): Promise<Installation> {
		return this.#request(async () => {
			const names = table === undefined ? null : [table];
			const report = await installPair(await this.#connections.open(), this.pair, names, true);
			this.#runs.forgetTrials();
			for (const found of report.uptake.told) this.#teller.tell('info', found);
			for (const found of report.uptake.warnings) this.#teller.tell('warning', found);
			return report;
		});
	}

	uninstall(table?: string): Promise<Uninstallation> {
		return this.#request(async () =>
			uninstallPair(await this.#connections.open(), this.pair, {
				table: table ?? null,
				dropLog: false,
			}),
		);
	}

	/**
	 * Removes all tables and triggers of this program from both databases. Pauses the pair, as its next run
	 * would restore them.
	 * @throws SyncError `held` while another engine holds the pair
	 */
	dropLog(): Promise<Uninstallation> {
		return this.#request(async () => {
			const connections = await this.#connections.open();
			await this.#lease.take();
			await this.#lease.mark(connections);
			this.#mode.holds();
			this.#mode.pause();
			this.#runs.startOver();
			return this.#lease.endWith(() =>
				uninstallPair(connections, this.pair, { table: null, dropLog: true }),
			);
		});
	}

	/**
	 * Stops retaining changes for a node: recorded in the databases, and read by the active engine at its
	 * next run. Resolves to the sides whose logs were retained for it.
	 */
	forget(node: string): Promise<Side[]> {
		return this.#request(async () => {
			const known = await forgetPeer(await this.#connections.open(), this.pair, node);
			// A run shortens the logs, or shows if a pair that was blocked by the node id may continue.
			this.#mode.goOn();
			return known;
		});
	}

	pause(): void {
		this.#mode.pause();
	}

	/** @throws SyncError `usage` on a read-only pair */
	resume(): void {
		requireWritable(this.pair);
		this.#mode.resume();
	}

	/** Retries parked changes now. Resolves to the number of retried and of still parked changes. */
	retry(id?: string): Promise<{ tried: number; parked: number }> {
		return this.#request(async () => {
			const connections = await this.#connections.open();
			const tried = await retryParked(connections, this.pair, id);
			await this.#syncOrDelegate(directions, false);
			const left = await listParked(await this.#connections.open(), this.pair);
			const ofThese = left.filter((change) => id === undefined || change.id === id);
			return { tried, parked: ofThese.length };
		});
	}

	/** Resolves a conflict, and applies the winner. */
	resolve(id: string, keep: Side): Promise<void> {
		return this.#request(async () => {
			await resolveConflict(await this.#connections.open(), this.pair, id, keep);
			await this.#syncOrDelegate(directions, true);
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
		const { state, problem, nextRunAt } = this.#mode;
		const { notes, tried } = this.#runs;
		const heldHere = this.#lease.isHeld;
		const mode = { state, problem, nextRunAt, heldHere, notes, failing: tried };
		return livePair(this.pair, mode, this.#monitor, this.#tally);
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

	/** Reports the problems found by a look, and restores dropped objects. */
	#looked({ failing, layout }: Look): void {
		this.#teller.tellNew('failing', 'error', failing);
		if (failing.length === 0 && this.#failed) {
			this.#teller.tell('info', runFinding('writes_captured_again', {}, {}));
		}
		// Writes to an outdated log succeed.
		const outdated = sides.filter((side) => hasOutdatedLog(layout.surveys[side])).length;
		this.#failed = failing.length > outdated;
		const damaged = sides.some((side) => {
			const survey = layout.surveys[side];
			return survey !== null && isDamaged(side, survey);
		});
		const { autoInstall, readOnly } = this.pair;
		// Work in progress finds it too, and is followed by another look.
		if (!damaged || !autoInstall || readOnly || this.#mode.state === 'running') return;
		if (this.#stopping || this.#jobs.length > 0 || Date.now() < this.#restoreAt) return;
		this.#restoreAt = Date.now() + restorePause;
		// Even while the pair is paused: the application must not wait for that to end.
		this.#jobs.push({
			work: async () => {
				await this.#runs.restore(await this.#connections.open());
				this.#mode.goOn();
			},
			reject: () => undefined,
		});
		this.#waker.wake();
	}

	async #run(): Promise<void> {
		while (!this.#stopping) {
			const job = this.#jobs.shift();
			if (job) await this.#perform(job.work, job.reject);
			else if (this.#mode.rest <= 0) {
				if (this.#mode.isStandby && !(await this.#takesOver())) continue;
				await this.#perform(
					async () => void (await this.#sync(directions, { all: false, once: false })),
				);
			} else {
				await this.#waker.sleep(this.#mode.rest);
			}
		}
		for (const job of this.#jobs.splice(0)) job.reject(stopped(this.pair));
	}

	/** Does one piece of work, and schedules the next. */
	async #perform(work: () => Promise<void>, reject?: (error: SyncError) => void): Promise<void> {
		this.#mode.begin();
		try {
			await work();
			// A run yields to requests, and continues after them.
			if (this.#runs.isUnfinished) this.#mode.goOn();
			this.#mode.end();
		} catch (thrown) {
			const error = await this.#connections.explain(thrown);
			// A session may not see rights that were granted after it began.
			if (error.code === 'denied') {
				await this.#connections.close();
				if (!this.#lease.isHeld) this.#lease.cut();
			}
			this.#mode.fail(error);
			reject?.(error.at({ pair: this.pair.name }));
		}
		if (this.#mode.rest > longRest || this.#runs.needsNewSessions) await this.#connections.close();
		this.#monitor.refreshAll();
		this.#context.onUpdate();
	}

	/** Tries to take over the pair from an engine that is gone. */
	async #takesOver(): Promise<boolean> {
		try {
			const held = await this.#lease.tryToTake();
			if (held === null) {
				this.#teller.tell('info', runFinding('pair_taken_over', {}, {}));
				return true;
			}
			this.#mode.standBy(heldError(this.pair, held));
		} catch (thrown) {
			this.#mode.fail(asSyncError(thrown));
		}
		return false;
	}

	/** Does a run, or requests it from the active engine. */
	async #syncOrDelegate(wanted: readonly Direction[], all: boolean): Promise<Forced> {
		const by = await this.#delegated(wanted);
		return by === null ? { moved: await this.#sync(wanted, { all, once: false }) } : { by };
	}

	/** Requests a run from the active engine. Resolves to its name, or null if it is this engine. */
	async #delegated(wanted: readonly Direction[]): Promise<string | null> {
		await refuseSharedNodeIds(await this.#connections.open(), this.pair);
		const held = await this.#lease.tryToTake();
		if (held === null) return null;
		this.#mode.heldElsewhere(heldError(this.pair, held));
		this.#teller.tell('info', runFinding('request_sent', {}, { to: nameHolder(held) }));
		return (await this.#lease.delegate(wanted, () => this.#stopping)) ? nameHolder(held) : null;
	}

	async #sync(wanted: readonly Direction[], how: RunOptions): Promise<PassResult> {
		return this.#runs.run(await this.#connections.open(), wanted, how);
	}
}

function stopped(pair: PairConfig): SyncError {
	return new SyncError('busy', 'the engine is stopping', { pair: pair.name });
}
