/** A sleep that can be ended from outside. */
export class Waker {
	#wake: (() => void) | null = null;
	#pending = false;

	/** Ends the sleep in hand, or the next one if nobody sleeps. */
	wake(): void {
		this.#pending = true;
		this.#wake?.();
	}

	/** Resolves after so many milliseconds, or at `wake`, whichever is first. */
	async sleep(milliseconds: number): Promise<void> {
		if (!this.#pending) {
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, Math.min(milliseconds, longestTimer));
				this.#wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
		this.#wake = null;
		this.#pending = false;
	}
}

/** setTimeout takes a longer time for none at all. */
const longestTimer = 2 ** 31 - 1;
