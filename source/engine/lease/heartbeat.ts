import { asSyncError, type SyncError } from '../../errors.ts';

interface BeatsOptions {
	/** Milliseconds between two beats. */
	interval: number;
	/** Told the number of the beat, from 1 on. */
	onBeat: (beat: number) => void;
	/** Told what went wrong with something that a beat began. */
	onError: (error: SyncError) => void;
}

/** What is to be done again and again. What takes longer than a beat is not begun a second time. */
export class Beats {
	readonly #options: BeatsOptions;
	#timer: NodeJS.Timeout | null = null;
	#count = 0;
	/** What was begun and has not ended, by name. */
	readonly #underWay = new Map<string, Promise<void>>();

	constructor(options: BeatsOptions) {
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

	/** Does something, unless an earlier beat still does it. */
	begin(name: string, work: () => Promise<void>): void {
		if (this.#underWay.has(name)) return;
		const done = work()
			.catch((thrown) => this.#options.onError(asSyncError(thrown)))
			.finally(() => this.#underWay.delete(name));
		this.#underWay.set(name, done);
	}

	/** Whether something that was begun has not ended. */
	get isBusy(): boolean {
		return this.#underWay.size > 0;
	}

	/** Resolves when all that was begun has ended. */
	async settled(): Promise<void> {
		await Promise.all(this.#underWay.values());
	}
}
