import type { PairConfig } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { runFinding } from '../api/run-messages.ts';
import type { PairState } from '../api/snapshot.ts';
import { retryDelay } from '../shared/backoff.ts';
import type { Waker } from '../shared/waker.ts';
import type { Teller } from './notices.ts';

/** Milliseconds between two checks if a pair held by another engine is free. */
const standbyPause = 1000;

/** Longest pause before a blocked pair is checked again, in milliseconds. */
const blockedRetry = 60_000;

interface ModeContext {
	/** Woken if something becomes due earlier than scheduled. */
	waker: Waker;
	teller: Teller;
	onUpdate: () => void;
}

/**
 * The mode of a pair, and the time of its next run. It is always in one of these modes:
 *
 * - *running*: a scheduled run or a request (force, install, uninstall) is in progress.
 * - *idle*: the next run is scheduled.
 * - *paused*: nothing is scheduled; requests are still handled. A read-only pair stays paused.
 * - *standby*: another engine holds the pair; requests are sent to it.
 * - *offline*: a side cannot be reached; retried with growing pauses.
 * - *blocked*: no run can start until somebody fixes `problem`; retried at intervals.
 */
export class Mode {
	readonly #pair: PairConfig;
	readonly #context: ModeContext;
	#state: PairState = 'idle';
	#paused: boolean;
	#problem: SyncError | null = null;
	/** The problem before the current work began. */
	#problemBefore: SyncError | null = null;
	#failures = 0;
	#nextRunAt: number | null = null;
	/** True if another engine holds the pair, as far as known. */
	#standingBy = false;
	/** True if the next run follows the current work at once. */
	#goesOn = false;

	constructor(pair: PairConfig, context: ModeContext) {
		this.#pair = pair;
		this.#context = context;
		this.#paused = !pair.enabled || pair.readOnly;
	}

	/** The mode as shown to others. */
	get state(): PairState {
		const atRest = this.#state === 'idle' || this.#state === 'standby';
		return atRest && this.#paused ? 'paused' : this.#state;
	}

	/** True if the pair is left to another engine, paused or not. */
	get isStandby(): boolean {
		return this.#state === 'standby';
	}

	/** The problem that keeps the pair from running. */
	get problem(): SyncError | null {
		return this.#problem;
	}

	/** Epoch milliseconds; null while nothing is scheduled. */
	get nextRunAt(): number | null {
		return this.state === 'standby' ? null : this.#nextRunAt;
	}

	/** Milliseconds until the next scheduled run: 0 or less if it is due, infinite if none is scheduled. */
	get rest(): number {
		return this.#nextRunAt === null ? Number.POSITIVE_INFINITY : this.#nextRunAt - Date.now();
	}

	/** Schedules a run for now, unless paused. */
	start(): void {
		this.#schedule(0);
	}

	pause(): void {
		this.#paused = true;
		this.#nextRunAt = null;
		this.#context.onUpdate();
	}

	resume(): void {
		this.#paused = false;
		this.#schedule(0);
		this.#context.waker.wake();
		this.#context.onUpdate();
	}

	/** Work begins. */
	begin(): void {
		this.#state = 'running';
		this.#nextRunAt = null;
		this.#problemBefore = this.#problem;
		this.#context.onUpdate();
	}

	/** Changes were moved: if the connection fails later, the retry pauses start over. */
	moved(): void {
		this.#failures = 0;
	}

	/** Lets the next run follow the current work at once. */
	goOn(): void {
		this.#goesOn = true;
	}

	/** The current work succeeded. */
	end(): void {
		this.#failures = 0;
		if (this.#standingBy) {
			this.standBy(this.#problem);
		} else {
			if (this.#problemBefore)
				this.#context.teller.tell('info', runFinding('sync_resumed', {}, {}));
			this.#problem = null;
			this.#state = 'idle';
			this.#schedule(this.#goesOn ? 0 : this.#pair.interval);
		}
		this.#goesOn = false;
	}

	/** The work failed, or could not begin. */
	fail(error: SyncError): void {
		if (error.code === 'held') {
			this.standBy(error);
			return;
		}
		if (error.code === 'usage') {
			// The request was invalid, not the pair.
			this.#state = this.#standingBy ? 'standby' : 'idle';
			this.#schedule(this.#standingBy ? standbyPause : this.#pair.interval);
			return;
		}
		this.#standingBy = false;
		const repeated = this.#problem?.message === error.message;
		this.#problem = error;
		this.#failures += 1;
		const passes = error.code === 'unreachable' || error.code === 'busy';
		this.#state = error.code === 'unreachable' ? 'offline' : passes ? 'idle' : 'blocked';
		const delay = retryDelay(this.#failures);
		this.#schedule(passes ? delay : Math.min(Math.max(this.#pair.interval, delay), blockedRetry));
		if (!repeated) this.#context.teller.tell(passes ? 'warning' : 'error', error);
	}

	/** Both sides answer again, so there is no reason to wait. */
	reached(): void {
		if (this.#state !== 'offline' && this.#state !== 'blocked') return;
		this.#schedule(0);
		this.#context.waker.wake();
	}

	/** This engine holds the pair. */
	holds(): void {
		this.#standingBy = false;
	}

	/** Another engine holds the pair. */
	heldElsewhere(error: SyncError): void {
		this.#problem = error;
		this.#standingBy = true;
	}

	/** Leaves the pair to another engine, and checks from time to time if it is free. */
	standBy(reason: SyncError | null): void {
		const { waker, teller, onUpdate } = this.#context;
		const told = this.#problem?.code === 'held' && this.#problem.message === reason?.message;
		this.#problem = reason ?? new SyncError('held', 'another engine has taken over the pair');
		if (!told) teller.tell('info', runFinding('standby', {}, { message: this.#problem.message }));
		this.#standingBy = true;
		// A batch in progress detects it itself.
		if (this.#state !== 'running' || reason) this.#state = 'standby';
		this.#schedule(standbyPause);
		waker.wake();
		onUpdate();
	}

	#schedule(delay: number): void {
		this.#nextRunAt = this.#paused ? null : Date.now() + delay;
	}
}
