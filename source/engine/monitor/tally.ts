import type { Direction } from '../../config/types.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import { listedBatches, type MovedBatch } from '../api/snapshot.ts';
import { Trend } from './trend.ts';

/** What an engine has done to one pair since it started. */
export class Tally {
	/** The last batches, newest first. */
	readonly batches: Record<Direction, MovedBatch[]> = { local_to_cloud: [], cloud_to_local: [] };
	/** Changes moved. */
	readonly moved: Record<Direction, number> = { local_to_cloud: 0, cloud_to_local: 0 };
	readonly trend = new Trend();

	/** Enters a batch that was moved just now. */
	add(direction: Direction, { applied, milliseconds, conflicts, refused }: BatchResult): void {
		this.moved[direction] += applied;
		this.trend.applied(direction, applied);
		const batch: MovedBatch = {
			at: new Date().toISOString(),
			applied,
			milliseconds: Math.round(milliseconds),
			conflicts,
			refused: refused.length,
		};
		this.batches[direction] = [batch, ...this.batches[direction]].slice(0, listedBatches);
	}
}
