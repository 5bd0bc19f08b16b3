import type { Direction } from '../config/types.ts';
import type { BatchResult } from '../transfer/batch.ts';
import type { LastBatch } from './snapshot.ts';

/** What an engine has done to one pair since it started. */
export class Tally {
	readonly lastBatch: Record<Direction, LastBatch | null> = {
		local_to_cloud: null,
		cloud_to_local: null,
	};
	/** Changes moved. */
	readonly moved: Record<Direction, number> = { local_to_cloud: 0, cloud_to_local: 0 };

	/** Enters a batch that was moved just now. */
	add(direction: Direction, { applied, milliseconds }: BatchResult): void {
		this.moved[direction] += applied;
		this.lastBatch[direction] = {
			at: new Date().toISOString(),
			applied,
			milliseconds: Math.round(milliseconds),
		};
	}
}
