/**
 * How many changes a batch has at most. It begins with the configured limit. When the target refuses a
 * batch as too large a transaction, the next one has half as many changes, down to one. Then the size
 * grows again, each time by half the distance to the smallest batch that was too large.
 */
export class BatchSize {
	readonly #most: number;
	/** The most changes that went through since; 0 where none did. */
	#taken: number;
	/** The fewest changes that were too many; null where none were. */
	#tooMany: number | null = null;

	/** @param most changes that a batch may have */
	constructor(most: number) {
		this.#most = most;
		this.#taken = most;
	}

	/** Changes in the next batch at most. */
	get limit(): number {
		if (this.#tooMany === null) return Math.min(Math.max(this.#taken * 2, 1), this.#most);
		const between = Math.floor((this.#tooMany - this.#taken) / 2);
		// Close enough: each further try that fails costs a whole batch.
		const step = between * 8 < this.#tooMany ? 0 : between;
		return Math.max(this.#taken + step, 1);
	}

	/** A batch of so many changes went through. */
	fits(changes: number): void {
		this.#taken = Math.max(this.#taken, changes);
		if (this.#tooMany !== null && this.#tooMany <= this.#taken) this.#tooMany = null;
	}

	/** A batch of so many changes was too large; more than one, and more than the limit where rows came along. */
	tooLarge(changes: number): void {
		// Otherwise the next batch would not be smaller: the same rows come along again.
		this.#tooMany = Math.min(changes, this.limit);
		if (this.#taken >= this.#tooMany) this.#taken = 0;
	}

	/** A single change was too large, which says nothing about the size of others. */
	parked(): void {
		this.#tooMany = null;
		this.#taken = 0;
	}
}
