import { silentServer } from './errors.ts';

/**
 * Milliseconds without an answer before the server is checked on another connection. It has five seconds to
 * respond, so a silent server is detected within 15.
 */
const silence = 9_000;

/**
 * Waits for the answers of one connection. A statement may take long, but a server that froze or lost its
 * network must not be waited for as long. A silent server is therefore checked on a new connection.
 */
export class Waiting {
	readonly #isThere: () => Promise<boolean>;
	readonly #open = new Set<(error: unknown) => void>();
	#timer: NodeJS.Timeout | null = null;

	/** @param isThere checks the server on a new connection; never rejects */
	constructor(isThere: () => Promise<boolean>) {
		this.#isThere = isThere;
	}

	/** Settles like the answer, or rejects when the server is gone or the waiting ends. */
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
			// Each answer restarts the time for the next one.
			this.#rest();
			if (this.#open.size > 0) this.#watch();
		}
	}

	/** Rejects everything that is waited for. */
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

	/** @param asked the timer that led here; a different one by then means that an answer arrived */
	async #ask(asked: NodeJS.Timeout | null): Promise<void> {
		const there = await this.#isThere();
		if (this.#timer !== asked || this.#open.size === 0) return;
		this.#timer = null;
		if (there) this.#watch();
		else this.end(silentServer());
	}
}
