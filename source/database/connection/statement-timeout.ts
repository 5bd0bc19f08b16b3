import { silentServer } from './errors.ts';

/**
 * Milliseconds without an answer after which a server is asked, another way, whether it is still there.
 * With the five seconds that it has for that, a server is known to be silent within 15.
 */
const silence = 9_000;

/**
 * Waits for the answers of one connection. A statement may take its time, but a server that froze, or
 * whose network was cut without a word, would be waited for as long: so one that is silent is asked on
 * a new connection whether it is there at all.
 */
export class Waiting {
	readonly #isThere: () => Promise<boolean>;
	readonly #open = new Set<(error: unknown) => void>();
	#timer: NodeJS.Timeout | null = null;

	/** @param isThere asks the server on a new connection; never rejects */
	constructor(isThere: () => Promise<boolean>) {
		this.#isThere = isThere;
	}

	/** Resolves or rejects as the answer does, or rejects when the server is gone or the waiting ends. */
	async wait<T>(answer: Promise<T>): Promise<T> {
		let giveUp: (error: unknown) => void = () => {};
		const end = new Promise<never>((_, reject) => {
			giveUp = reject;
		});
		this.#open.add(giveUp);
		this.#watch();
		try {
			return await Promise.race([answer, end]);
		} finally {
			this.#open.delete(giveUp);
			// The next answer, if any, is waited for anew.
			this.#rest();
			if (this.#open.size > 0) this.#watch();
		}
	}

	/** Fails everything that is waited for. */
	end(error: unknown): void {
		this.#rest();
		for (const giveUp of this.#open) giveUp(error);
	}

	#watch(): void {
		this.#timer ??= setTimeout(() => void this.#ask(this.#timer), silence).unref();
	}

	#rest(): void {
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
	}

	/** @param asked the timer that led here: another one by then means that an answer came */
	async #ask(asked: NodeJS.Timeout | null): Promise<void> {
		const there = await this.#isThere();
		if (this.#timer !== asked || this.#open.size === 0) return;
		this.#timer = null;
		if (there) this.#watch();
		else this.end(silentServer());
	}
}
