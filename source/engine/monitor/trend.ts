import { type Direction, directions } from '../../config/types.ts';
import { type TrendSample, trendSamples, trendStep } from '../api/snapshot.ts';

/** The activity of a pair in the last minutes, in steps; older steps are dropped. */
export class Trend {
	readonly #now: () => number;
	#samples: Record<Direction, TrendSample[]> = { local_to_cloud: [], cloud_to_local: [] };

	constructor(now: () => number = Date.now) {
		this.#now = now;
	}

	/** Adds changes that were just moved. */
	applied(direction: Direction, changes: number): void {
		this.#present(direction).applied += changes;
	}

	/** Records the current counts; null if they could not be read. */
	counted(pending: Record<Direction, number | null>): void {
		for (const direction of directions) this.#present(direction).pending = pending[direction];
	}

	/**
	 * The steps up to now, oldest first; steps without a look have no count. In the current step, the
	 * previous count applies until the next look.
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

	/** Changes per second during the current and the previous step. */
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
