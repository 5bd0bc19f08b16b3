import { asSyncError, type SyncError } from '../../errors.ts';

interface HeartbeatOptions {
	/** Milliseconds between two beats. */
	interval: number;
	/** Called with the number of the beat, from 1. */
	onBeat: (beat: number) => void;
	/** Called with the error of failed work. */
	onError: (error: SyncError) => void;
}

/** The timer of a lease holder. Work that takes longer than a beat is not started a second time. */
export class Heartbeat {
	readonly #options: HeartbeatOptions;
	#timer: NodeJS.Timeout | null = null;
	#count = 0;
	/** Unfinished work, by name. */
	readonly #underWay = new Map<string, Promise<void>>();

	constructor(options: HeartbeatOptions) {
		this.#options = options;
	}

	start(): void {
		this.#timer ??= setInterval(() => {
			this.#count += 1;
			this.#options.onBeat(this.#count);
		}, this.#options.interval);
	}

	stop(): void {
		if (this.#timer) clearInterval(this.#timer);
		this.#timer = null;
	}

	/** Starts the work, unless it is still running since an earlier beat. */
	begin(name: string, work: () => Promise<void>): void {
		if (this.#underWay.has(name)) return;
		const done = work()
			.catch((thrown) => this.#options.onError(asSyncError(thrown)))
			.finally(() => this.#underWay.delete(name));
		this.#underWay.set(name, done);
	}

	/** True while work is unfinished. */
	get isBusy(): boolean {
		return this.#underWay.size > 0;
	}

	/** Resolves when all work has ended. */
	async settled(): Promise<void> {
		await Promise.all(this.#underWay.values());
	}
}
