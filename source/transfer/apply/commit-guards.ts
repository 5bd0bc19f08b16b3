/** The final statements of a transaction that applies a batch: log entries and guards. */

import { acknowledging } from '../../changelog/acknowledge.ts';
import { type Change, otherPendingOf } from '../../changelog/pending.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { failIf } from '../../database/connection/guard.ts';
import { type CurrentRows, groupByRoute } from '../rows/read.ts';
import type { DirtyRow } from '../rows/route.ts';
import { failIfDrifted } from '../rows/schema-guard.ts';
import { type Applier, recordingApplied } from './log-applied.ts';

/** The effects of a batch on the target. */
export interface Sealing {
	/** The rows written, with their values. */
	writes: CurrentRows;
	/** The target's own changes that were resolved as losers. */
	overruled: readonly Change[];
	/** The statements that record conflicts and write the receipt. */
	records: readonly string[];
	/** The node that the changes come from. */
	from: string;
	/** Clock skew: microseconds by which the target's clock is ahead of the source's. */
	ahead: bigint;
	by: Applier;
	/** The lease fence: statements that fail unless this engine holds the pair. */
	leaseFence: readonly string[];
}

/**
 * The statements that end the transaction. They fail, and roll back everything, if a row has unresolved
 * changes on the target, if a table was altered, or if another engine holds the pair.
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
 * A statement that fails if the rows have changes in the target's log that are pending for the source, other
 * than the known ones. Empty if there are no rows.
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
