/**
 * The maximum number of changes per batch. It starts at the configured limit. When the target rejects a batch
 * as too large a transaction, the next one has half as many changes, down to one. The size then grows again,
 * each time by half the distance to the smallest batch that was too large.
 */
export class BatchSize {
	readonly #most: number;
	/** The largest number of changes that succeeded since; 0 if none did. */
	#taken: number;
	/** The smallest number of changes that was too large; null if none was. */
	#tooMany: number | null = null;

	/** @param most the configured limit */
	constructor(most: number) {
		this.#most = most;
		this.#taken = most;
	}

	/** The limit of the next batch. */
	get limit(): number {
		if (this.#tooMany === null) return Math.min(Math.max(this.#taken * 2, 1), this.#most);
		const between = Math.floor((this.#tooMany - this.#taken) / 2);
		// Close enough: each further failure costs a whole batch.
		const step = between * 8 < this.#tooMany ? 0 : between;
		return Math.max(this.#taken + step, 1);
	}

	/** Records that a batch with this many changes succeeded. */
	fits(changes: number): void {
		this.#taken = Math.max(this.#taken, changes);
		if (this.#tooMany !== null && this.#tooMany <= this.#taken) this.#tooMany = null;
	}

	/**
	 * Records that a batch with this many changes was too large. It has more than one change, and more than the
	 * limit if further rows were added to it.
	 */
	tooLarge(changes: number): void {
		// Otherwise the same rows would be added again and the next batch would not be smaller.
		this.#tooMany = Math.min(changes, this.limit);
		if (this.#taken >= this.#tooMany) this.#taken = 0;
	}

	/** Records that a single change was too large, which says nothing about others. */
	parked(): void {
		this.#tooMany = null;
		this.#taken = 0;
	}
}
