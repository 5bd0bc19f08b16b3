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
import { describeHolder, nameHolder } from '../lease/lease-row.ts';
import { livePair } from '../monitor/live-pair.ts';
import { forgetPeer } from '../monitor/log-state.ts';
import type { Look } from '../monitor/look.ts';
import { Monitor } from '../monitor/monitor.ts';
import { Tally } from '../monitor/tally.ts';
import { inspectRow } from '../records/compare-row.ts';
import { decideConflict } from '../records/conflicts.ts';
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

/** Milliseconds to the next run from which on a pair's connections are not kept open until then. */
const longRest = 60_000;

/** Milliseconds between two tries to put back what somebody dropped. */
const restorePause = 5000;

/** One pair at work: it does one thing at a time, a scheduled run or what somebody asked for. `Mode` tells when. */
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
	/** Whether the connections were cut, so that nothing is left to wait for. */
	#cut = false;
	/** Whether the application's writes failed at the latest look. */
	#failed = false;
	/** Epoch milliseconds before which nothing is put back again. */
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

	/** A pair that is not enabled stays untouched: its secrets need not even be there. */
	start(): void {
		if (!this.pair.enabled) return;
		this.#mode.start();
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
	 * @param once one batch per direction and no more
	 * @throws SyncError `held` where another engine would have to do that
	 */
	force(wanted: readonly Direction[], once = false): Promise<Forced> {
		return this.#request(async () =>
			once
				? { moved: await this.#sync(wanted, { all: true, once }) }
				: this.#syncOrPassOn(wanted, true),
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
	 * Removes all that is this program's from both databases. The pair is paused: its next run would
	 * put it all back.
	 * @throws SyncError `held` while another engine is at work on the pair
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
	 * No longer keeps changes for a node: a word in the databases, which whoever holds the pair reads at
	 * its next run. Resolves to the sides whose logs were kept for it.
	 */
	forget(node: string): Promise<Side[]> {
		return this.#request(async () => {
			const known = await forgetPeer(await this.#connections.open(), this.pair, node);
			// A run shortens the logs, or shows whether a pair that was blocked by the id may go on.
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

	/** Tries parked changes now. Resolves to how many were tried, and how many are parked still. */
	retry(id?: string): Promise<{ tried: number; parked: number }> {
		return this.#request(async () => {
			const connections = await this.#connections.open();
			const tried = await retryParked(connections, this.pair, id);
			await this.#syncOrPassOn(directions, false);
			const left = await listParked(await this.#connections.open(), this.pair);
			const ofThese = left.filter((change) => id === undefined || change.id === id);
			return { tried, parked: ofThese.length };
		});
	}

	/** Decides a conflict, and carries that out. */
	resolve(id: string, keep: Side): Promise<void> {
		return this.#request(async () => {
			await decideConflict(await this.#connections.open(), this.pair, id, keep);
			await this.#syncOrPassOn(directions, true);
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

	/** Tells what a look found amiss, and has put back what somebody dropped. */
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
		// What is going on meets it too, and is followed by another look.
		if (!damaged || !autoInstall || readOnly || this.#mode.state === 'running') return;
		if (this.#stopping || this.#jobs.length > 0 || Date.now() < this.#restoreAt) return;
		this.#restoreAt = Date.now() + restorePause;
		// Also while the pair is paused: the application must not wait for that to end.
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

	/** Does one thing, and schedules what comes after it. */
	async #perform(work: () => Promise<void>, reject?: (error: SyncError) => void): Promise<void> {
		this.#mode.begin();
		try {
			await work();
			// A run gives way to what is asked for meanwhile, and goes on after that.
			if (this.#runs.isUnfinished) this.#mode.goOn();
			this.#mode.end();
		} catch (thrown) {
			const error = await this.#connections.explain(thrown);
			// A session may not know of rights that were given since it began.
			if (error.code === 'denied') {
				await this.#connections.close();
				if (!this.#lease.isHeld) this.#lease.cut();
			}
			this.#mode.fail(error);
			reject?.(error.at({ pair: this.pair.name }));
		}
		if (this.#mode.rest > longRest || this.#runs.beginsAnew) await this.#connections.close();
		this.#monitor.lookAnew();
		this.#context.onUpdate();
	}

	/** Tries to take the pair from an engine that is gone. */
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

	/** Does a run, or has the engine that holds the pair do it. */
	async #syncOrPassOn(wanted: readonly Direction[], all: boolean): Promise<Forced> {
		const by = await this.#passedOn(wanted);
		return by === null ? { moved: await this.#sync(wanted, { all, once: false }) } : { by };
	}

	/** Asks the engine that holds the pair for a run. Resolves to its name, or null if it is this one. */
	async #passedOn(wanted: readonly Direction[]): Promise<string | null> {
		await refuseSharedNodeIds(await this.#connections.open(), this.pair);
		const held = await this.#lease.tryToTake();
		if (held === null) return null;
		this.#mode.heldElsewhere(heldError(this.pair, held));
		this.#teller.tell('info', runFinding('request_sent', {}, { to: describeHolder(held) }));
		return (await this.#lease.passOn(wanted, () => this.#stopping)) ? nameHolder(held) : null;
	}

	async #sync(wanted: readonly Direction[], how: RunOptions): Promise<PassResult> {
		return this.#runs.run(await this.#connections.open(), wanted, how);
	}
}

function stopped(pair: PairConfig): SyncError {
	return new SyncError('busy', 'the engine is stopping', { pair: pair.name });
}
