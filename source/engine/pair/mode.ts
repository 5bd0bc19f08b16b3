import type { PairConfig } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { runFinding } from '../api/run-messages.ts';
import type { PairState } from '../api/snapshot.ts';
import { retryDelay } from '../shared/backoff.ts';
import type { Waker } from '../shared/waker.ts';
import type { Teller } from './notices.ts';

/** Milliseconds between two looks whether a pair that another engine holds is free. */
const standbyPause = 1000;

/** Milliseconds before a pair that is blocked looks whether it still is, at the latest. */
const blockedRetry = 60_000;

interface ModeContext {
	/** Woken when something is due earlier than it was. */
	waker: Waker;
	teller: Teller;
	onUpdate: () => void;
}

/**
 * How it stands with a pair, and when it runs next. It is always in one of these modes:
 *
 * - *running*: a scheduled run, or what somebody asked for (force, install, uninstall), is going on.
 * - *idle*: the next run is scheduled.
 * - *paused*: nothing is scheduled; what is asked for is still done. A read-only pair stays so.
 * - *standby*: another engine holds the pair; what is asked for is passed on to it.
 * - *offline*: an end cannot be reached; tried again with growing pauses.
 * - *blocked*: a run cannot start until somebody fixes what `problem` names; tried again at intervals.
 */
export class Mode {
	readonly #pair: PairConfig;
	readonly #context: ModeContext;
	#state: PairState = 'idle';
	#paused: boolean;
	#problem: SyncError | null = null;
	/** What it was when what is going on began. */
	#problemBefore: SyncError | null = null;
	#failures = 0;
	#nextRunAt: number | null = null;
	/** Whether another engine holds the pair, as far as is known. */
	#standingBy = false;
	/** Whether the next run is to follow at once on what is going on. */
	#goesOn = false;

	constructor(pair: PairConfig, context: ModeContext) {
		this.#pair = pair;
		this.#context = context;
		this.#paused = !pair.enabled || pair.readOnly;
	}

	/** The mode as others see it. */
	get state(): PairState {
		const atRest = this.#state === 'idle' || this.#state === 'standby';
		return atRest && this.#paused ? 'paused' : this.#state;
	}

	/** Whether another engine is left the pair, paused or not. */
	get isStandby(): boolean {
		return this.#state === 'standby';
	}

	/** What keeps the pair from running. */
	get problem(): SyncError | null {
		return this.#problem;
	}

	/** Epoch milliseconds; null while nothing is scheduled. */
	get nextRunAt(): number | null {
		return this.state === 'standby' ? null : this.#nextRunAt;
	}

	/** Milliseconds to what is scheduled next: none are left where it is due, and none end where nothing is. */
	get rest(): number {
		return this.#nextRunAt === null ? Number.POSITIVE_INFINITY : this.#nextRunAt - Date.now();
	}

	/** Schedules a run for now, unless nothing is to be scheduled. */
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

	/** Something begins. */
	begin(): void {
		this.#state = 'running';
		this.#nextRunAt = null;
		this.#problemBefore = this.#problem;
		this.#context.onUpdate();
	}

	/** Something was moved: if the line fails after that, the pauses between two tries begin again. */
	moved(): void {
		this.#failures = 0;
	}

	/** The next run is to follow at once on what is going on. */
	goOn(): void {
		this.#goesOn = true;
	}

	/** What has begun went well. */
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

	/** What has begun, or was to begin, failed. */
	fail(error: SyncError): void {
		if (error.code === 'held') {
			this.standBy(error);
			return;
		}
		if (error.code === 'usage') {
			// The request was wrong, not the pair.
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

	/** Both ends answer again: nothing is left to wait for. */
	reached(): void {
		if (this.#state !== 'offline' && this.#state !== 'blocked') return;
		this.#schedule(0);
		this.#context.waker.wake();
	}

	/** This engine holds the pair. */
	holds(): void {
		this.#standingBy = false;
	}

	/** Another engine was found to hold the pair. */
	heldElsewhere(error: SyncError): void {
		this.#problem = error;
		this.#standingBy = true;
	}

	/** Leaves the pair to another engine, and looks now and then whether it is free. */
	standBy(reason: SyncError | null): void {
		const { waker, teller, onUpdate } = this.#context;
		const told = this.#problem?.code === 'held' && this.#problem.message === reason?.message;
		this.#problem = reason ?? new SyncError('held', 'another engine has taken the pair over');
		if (!told) teller.tell('info', runFinding('standby', {}, { message: this.#problem.message }));
		this.#standingBy = true;
		// A batch in hand finds out for itself.
		if (this.#state !== 'running' || reason) this.#state = 'standby';
		this.#schedule(standbyPause);
		waker.wake();
		onUpdate();
	}

	#schedule(delay: number): void {
		this.#nextRunAt = this.#paused ? null : Date.now() + delay;
	}
}
