/** How often a fault test repeats itself, and what its chance is made of. */
import { randomBytes } from 'node:crypto';

/** Rounds of a fault test: few in everyday runs; as many as FAULT_ROUNDS says where it is set. */
export function rounds(everyday: number): number {
	return Number(process.env.FAULT_ROUNDS ?? everyday);
}

/** Milliseconds for a test of so many rounds. */
export function timeFor(count: number): number {
	return 60_000 + count * 15_000;
}

/** What a run's chance starts from: FAULT_SEED repeats the choices of an earlier run. */
const runSeed = Number(process.env.FAULT_SEED ?? randomBytes(4).readUInt32LE());

/** Chance that can be had again. */
export class Chance {
	readonly seed: number;
	#state: number;

	/** @param salt tells tests apart that start from one seed */
	constructor(salt = '') {
		this.seed = runSeed;
		this.#state = [...salt].reduce(
			(state, letter) => Math.imul(state ^ letter.charCodeAt(0), 0x01000193),
			runSeed,
		);
	}

	/** A number from 0 to below 1 (mulberry32). */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number from 0 to below the limit. */
	below(limit: number): number {
		return Math.floor(this.next() * limit);
	}

	pick<T>(choices: readonly T[]): T {
		const choice = choices[this.below(choices.length)];
		if (choice === undefined) throw new Error('there is nothing to choose from');
		return choice;
	}

	/** For the message of a failure: how to have the same choices again. */
	get words(): string {
		return `to have the same choices again: FAULT_SEED=${this.seed}`;
	}
}
