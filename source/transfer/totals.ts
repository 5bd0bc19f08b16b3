/**
 * What moving changes is counted in. A batch, a direction of a run and a whole `sync` count the same
 * things: a further counter is entered here, and where a batch counts it.
 */
export interface Totals {
	/** Changes that the target has now. */
	applied: number;
	/** Batches that carried something. */
	batches: number;
	/** Rows that were written to the target, and rows that were deleted there. */
	upserts: number;
	deletes: number;
	/** Rows that had changed on both sides, whoever gave way. */
	conflicts: number;
}

export function noTotals(): Totals {
	return { applied: 0, batches: 0, upserts: 0, deletes: 0, conflicts: 0 };
}

/** Adds up everything that is counted. */
export function addTotals(sum: Totals, more: Totals): void {
	for (const counter of Object.keys(noTotals()) as (keyof Totals)[]) sum[counter] += more[counter];
}
