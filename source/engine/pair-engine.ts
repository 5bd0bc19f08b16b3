import { setTimeout as pause } from 'node:timers/promises';
import { type Direction, directions, type PairConfig, type Side, sides } from '../config/types.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { BatchResult } from '../transfer/batch.ts';
import { retryDelay } from './backoff.ts';
import { type Connections, closeBoth, openBoth } from './connections.ts';
import {
	type Installation,
	installPair,
	type Uninstallation,
	uninstallPair,
} from './installation.ts';
import { lookErrors } from './look.ts';
import { Monitor } from './monitor.ts';
import { prepare } from './prepare.ts';
import type { DirectionSnapshot, LastBatch, LivePair, Notice, PairState } from './snapshot.ts';
import { passOver, requireWritable } from './sync.ts';
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

/** Milliseconds before a pair that is blocked looks whether it still is, at the latest. */
const blockedRetry = 60_000;

/**
 * One pair at work. It is always in one of these modes, and does one thing at a time:
 *
 * - *running*: a scheduled run, or what somebody asked for (force, install, uninstall), is going on.
 * - *idle*: the next run is scheduled.
 * - *paused*: nothing is scheduled; what is asked for is still done. A read-only pair stays so.
 * - *offline*: an end cannot be reached; tried again with growing pauses.
 * - *blocked*: a run cannot start until somebody mends what `problem` names; tried again at intervals.
 */
export class PairEngine {
	readonly pair: PairConfig;
	readonly #context: PairContext;
	readonly #monitor: Monitor;
	readonly #waker = new Waker();
	readonly #jobs: Job[] = [];
	readonly #lastBatch: Record<Direction, LastBatch | null> = {
		local_to_cloud: null,
		cloud_to_local: null,
	};
	readonly #errors: Record<Direction, number> = { local_to_cloud: 0, cloud_to_local: 0 };
	readonly #changesMoved: Record<Direction, number> = { local_to_cloud: 0, cloud_to_local: 0 };
	#conflicts = 0;
	#connections: Connections | null = null;
	#state: PairState = 'idle';
	#paused: boolean;
	#problem: SyncError | null = null;
	#failures = 0;
	#nextRunAt: number | null = null;
	/** Tables whose triggers were looked after once; what is dropped later is shown, not put back. */
	#prepared: ReadonlySet<string> = new Set();
	/** The latest warning, so that it is told once and not at every run. */
	#warned = '';
	#stopping = false;
	/** Whether the connections were cut, so that nothing is left to wait for. */
	#cut = false;
	#loop: Promise<void> | null = null;

	constructor(pair: PairConfig, context: PairContext) {
		this.pair = pair;
		this.#context = context;
		this.#paused = !pair.enabled || pair.readOnly;
		this.#monitor = new Monitor(pair, context.refresh, context.onUpdate);
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
		const done = Promise.all([this.#loop, this.#monitor.stop()]).then(() => this.#disconnect());
		if (this.#cut) return;
		await Promise.race([done, pause(within, undefined, { ref: false })]);
		this.#cut = true;
		this.#monitor.cut();
		for (const side of sides) this.#connections?.[side].destroy();
	}

	force(wanted: readonly Direction[]): Promise<void> {
		return this.#request(async () => this.#sync(wanted));
	}

	install(table?: string): Promise<Installation> {
		return this.#request(async () => installPair(await this.#connect(), this.pair, table ?? null));
	}

	uninstall(table?: string): Promise<Uninstallation> {
		return this.#request(async () =>
			uninstallPair(await this.#connect(), this.pair, { table: table ?? null, dropLog: false }),
		);
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

	set watched(watched: boolean) {
		this.#monitor.watched = watched;
	}

	snapshot(): LivePair {
		const look = this.#monitor.look;
		const direction = (name: Direction): DirectionSnapshot => {
			const count = look?.pending[name];
			return {
				pending: count?.pending ?? null,
				oldest_pending_seconds: count?.oldestSeconds ?? null,
				errors: this.#errors[name],
				last_batch: this.#lastBatch[name],
			};
		};
		const problem = this.#problem ?? (look ? lookErrors(look)[0] : undefined) ?? null;
		return {
			name: this.pair.name,
			state: this.#shownState(),
			local: this.#monitor.end('local'),
			cloud: this.#monitor.end('cloud'),
			directions: {
				local_to_cloud: direction('local_to_cloud'),
				cloud_to_local: direction('cloud_to_local'),
			},
			conflicts: this.#conflicts,
			tables: look?.tables ?? [],
			address: { local: addressOf(this.pair, 'local'), cloud: addressOf(this.pair, 'cloud') },
			read_only: this.pair.readOnly,
			moved: { ...this.#changesMoved },
			next_run_at: this.#nextRunAt,
			looked_at: this.#monitor.lookedAt,
			problem: this.pair.enabled
				? (problem?.describe() ?? null)
				: 'the pair is not enabled in the configuration',
			changes: this.#monitor.changes,
		};
	}

	#shownState(): PairState {
		if (this.#state === 'idle' && this.#paused) return 'paused';
		return this.#state;
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
				await this.#perform(() => this.#sync(directions));
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
			await work();
			if (this.#problem) this.#tell('info', 'at work again');
			this.#problem = null;
			this.#failures = 0;
			this.#state = 'idle';
			this.#schedule(this.pair.interval);
		} catch (thrown) {
			const error = asSyncError(thrown);
			this.#failed(error);
			reject?.(error.at({ pair: this.pair.name }));
		}
		this.#monitor.refresh();
		this.#context.onUpdate();
	}

	#failed(error: SyncError): void {
		if (error.code === 'usage') {
			// The request was wrong, not the pair.
			this.#state = 'idle';
			this.#schedule(this.pair.interval);
			return;
		}
		const repeated = this.#problem?.message === error.message;
		this.#problem = error;
		this.#failures += 1;
		const passes = error.code === 'unreachable' || error.code === 'busy';
		this.#state = error.code === 'unreachable' ? 'offline' : passes ? 'idle' : 'blocked';
		this.#schedule(
			passes ? retryDelay(this.#failures) : Math.min(this.pair.interval, blockedRetry),
		);
		if (!repeated) this.#tell(passes ? 'warning' : 'error', error.describe());
	}

	#schedule(delay: number): void {
		this.#nextRunAt = this.#paused ? null : Date.now() + delay;
	}

	async #sync(wanted: readonly Direction[]): Promise<void> {
		const connections = await this.#connect();
		const { tables, installed, missing } = await prepare(connections, this.pair, this.#prepared);
		this.#prepared = new Set(tables.map(({ name }) => name));
		for (const message of installed) this.#tell('info', message);
		const warning = missing.join('\n');
		if (warning !== '' && warning !== this.#warned) this.#tell('warning', warning);
		this.#warned = warning;
		this.#conflicts = 0;
		const result = await passOver(connections, this.pair, tables, {
			directions: wanted,
			once: false,
			stopped: () => this.#stopping,
			onBatch: (direction, batch) => this.#moved(direction, batch),
		});
		for (const direction of wanted) {
			const { errors } = result[direction];
			this.#errors[direction] = errors.length;
			for (const error of errors) {
				this.#tell('error', error.describe(), direction);
			}
		}
	}

	#moved(direction: Direction, batch: BatchResult): void {
		this.#conflicts += batch.held.length;
		this.#changesMoved[direction] += batch.applied;
		const milliseconds = Math.round(batch.milliseconds);
		this.#lastBatch[direction] = {
			at: new Date().toISOString(),
			applied: batch.applied,
			milliseconds,
		};
		const conflicts =
			batch.conflicts === 0 ? '' : `; rows that had changed on both sides: ${batch.conflicts}`;
		this.#tell(
			'info',
			`applied ${batch.applied} ${batch.applied === 1 ? 'change' : 'changes'} in ${milliseconds} ms${conflicts}`,
			direction,
		);
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

	#tell(level: Notice['level'], message: string, direction?: Direction): void {
		this.#context.notify({
			at: Date.now(),
			level,
			pair: this.pair.name,
			message,
			...(direction && { direction }),
		});
	}
}

function stopped(pair: PairConfig): SyncError {
	return new SyncError('busy', 'the engine is stopping', { pair: pair.name });
}

/** Where an end is, without its secrets. */
function addressOf(pair: PairConfig, side: Side): string {
	const { socket, endpoints, database } = pair[side];
	const server = socket ?? endpoints.map(({ host, port }) => `${host}:${port}`).join(',');
	return `${server}/${database}`;
}
