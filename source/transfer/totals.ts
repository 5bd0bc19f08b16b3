/**
 * The counters of a batch, of one direction of a run, and of a whole `sync`. A new counter is added here and
 * where a batch counts it.
 */
export interface Totals {
	/** Changes that the target has now. */
	applied: number;
	/** Batches that carried something. */
	batches: number;
	/** Rows written to the target, and rows deleted there. */
	upserts: number;
	deletes: number;
	/** Rows that changed on both sides, whoever won. */
	conflicts: number;
}

export function noTotals(): Totals {
	return { applied: 0, batches: 0, upserts: 0, deletes: 0, conflicts: 0 };
}

/** Adds up everything that is counted. */
export function addTotals(sum: Totals, more: Totals): void {
	for (const counter of Object.keys(noTotals()) as (keyof Totals)[]) sum[counter] += more[counter];
}
