import type { Direction } from '../../config/types.ts';
import type { BatchResult } from '../../transfer/batch.ts';
import { addTotals, noTotals, type Totals } from '../../transfer/totals.ts';
import { listedBatches, type MovedBatch } from '../api/snapshot.ts';
import { Trend } from './trend.ts';

/** What an engine has done to one pair since it started. */
export class Tally {
	/** The last batches, newest first. */
	readonly batches: Record<Direction, MovedBatch[]> = { local_to_cloud: [], cloud_to_local: [] };
	/** All batches together. */
	readonly totals: Record<Direction, Totals> = {
		local_to_cloud: noTotals(),
		cloud_to_local: noTotals(),
	};
	readonly trend = new Trend();

	/** Enters a batch that was moved just now. */
	add(direction: Direction, moved: BatchResult): void {
		const { applied, milliseconds, conflicts, refused } = moved;
		addTotals(this.totals[direction], moved);
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
