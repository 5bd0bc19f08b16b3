/** The end of a transaction that applies a batch: what is entered of it, and what it makes sure of. */

import { acknowledging } from '../../changelog/acknowledge.ts';
import { type Change, otherPendingOf } from '../../changelog/pending.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { failIf } from '../../database/connection/guard.ts';
import { type CurrentRows, groupByRoute } from '../rows/read.ts';
import type { DirtyRow } from '../rows/route.ts';
import { failIfDrifted } from '../rows/schema-guard.ts';
import { type Applier, recordingApplied } from './log-applied.ts';

/** What a batch did to the target. */
export interface Sealing {
	/** The rows that were written, with their values. */
	writes: CurrentRows;
	/** Changes of the target's own that were decided about. */
	overruled: readonly Change[];
	/** The statements that put decisions on record, and give the receipt. */
	records: readonly string[];
	/** The node that the changes come from. */
	from: string;
	/** Microseconds that the target's clock is ahead of the source's. */
	ahead: bigint;
	by: Applier;
	/** The statements that fail unless the pair is still this engine's. */
	leaseFence: readonly string[];
}

/**
 * The statements that end the transaction. They fail, and nothing of it is committed, where rows turn
 * out to be contested by changes that nothing was decided about, where a table is not the one that it
 * was, and where the pair is another engine's.
 */
export function sealing(
	target: Connection,
	{ writes, overruled, records, from, ahead, by, leaseFence }: Sealing,
): string[] {
	const rows = [...writes.keys()];
	const tables = new Set(rows.map(({ route }) => route.target));
	return [
		...failIfContested(target, rows, from, overruled),
		...acknowledging(overruled, from),
		...records,
		...recordingApplied(writes, from, ahead, by),
		...(tables.size > 0 ? [failIfDrifted(tables)] : []),
		...leaseFence,
	];
}

/**
 * A statement that fails where rows have changes in the target's log that are pending for the source,
 * other than those that are known; none where there are no rows.
 */
export function failIfContested(
	target: Connection,
	rows: readonly DirtyRow[],
	from: string,
	known: readonly Change[],
): string[] {
	if (rows.length === 0) return [];
	const rowKeys = new Map(
		[...groupByRoute(rows)].map(([route, ofRoute]) => [
			route.target.name,
			ofRoute.map(({ rowKey }) => rowKey),
		]),
	);
	const ids = known.map(({ id }) => id);
	return [failIf(otherPendingOf(target, from, rowKeys, ids))];
}
