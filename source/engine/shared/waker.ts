/** A sleep that can be interrupted. */
export class Waker {
	#wake: (() => void) | null = null;
	#pending = false;

	/** Ends the current sleep, or the next one if there is none. */
	wake(): void {
		this.#pending = true;
		this.#wake?.();
	}

	/** Resolves after a number of milliseconds, or on `wake`, whichever comes first. */
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

/** setTimeout treats a longer delay as none. */
const longestTimer = 2 ** 31 - 1;
