import { type Direction, directions } from '../../config/types.ts';
import { type TrendSample, trendSamples, trendStep } from '../api/snapshot.ts';

/** What happened to a pair in the last minutes, in steps; it keeps no more than that. */
export class Trend {
	readonly #now: () => number;
	#samples: Record<Direction, TrendSample[]> = { local_to_cloud: [], cloud_to_local: [] };

	constructor(now: () => number = Date.now) {
		this.#now = now;
	}

	/** Enters changes that were moved just now. */
	applied(direction: Direction, changes: number): void {
		this.#present(direction).applied += changes;
	}

	/** Enters what was counted just now; null where it could not be. */
	counted(pending: Record<Direction, number | null>): void {
		for (const direction of directions) this.#present(direction).pending = pending[direction];
	}

	/**
	 * The steps up to now, oldest first; those in which nothing was looked at have no count. In the
	 * present one the count before holds until the next look.
	 */
	samples(direction: Direction): TrendSample[] {
		const [first] = this.#samples[direction];
		if (!first) return [];
		const known = new Map(this.#samples[direction].map((sample) => [sample.at, sample]));
		const last = stepOf(this.#now());
		const from = Math.max(first.at, last - (trendSamples - 1) * trendStep);
		const samples: TrendSample[] = [];
		for (let at = from; at <= last; at += trendStep) {
			samples.push({ ...(known.get(at) ?? { at, pending: null, applied: 0 }) });
		}
		const present = samples.at(-1);
		if (present) present.pending ??= samples.at(-2)?.pending ?? null;
		return samples;
	}

	/** Changes a second during the present step and the one before it. */
	rate(direction: Direction): number {
		const now = this.#now();
		const from = stepOf(now) - trendStep;
		const lately = this.#samples[direction].filter(({ at }) => at >= from);
		const applied = lately.reduce((sum, sample) => sum + sample.applied, 0);
		return applied / ((now - from) / 1000);
	}

	#present(direction: Direction): TrendSample {
		const at = stepOf(this.#now());
		const samples = this.#samples[direction];
		const latest = samples.at(-1);
		if (latest?.at === at) return latest;
		const sample: TrendSample = { at, pending: null, applied: 0 };
		this.#samples = { ...this.#samples, [direction]: [...samples, sample].slice(-trendSamples) };
		return sample;
	}
}

function stepOf(time: number): number {
	return Math.floor(time / trendStep) * trendStep;
}
