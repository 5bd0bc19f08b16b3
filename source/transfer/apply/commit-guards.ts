/** The final statements of a transaction that applies a batch: log entries and guards. */

import { acknowledgeSql } from '../../changelog/log/acknowledge.ts';
import { type Change, hasOtherPendingSql } from '../../changelog/log/pending.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import type { Applier } from '../../changelog/tables/batches.ts';
import { failIf } from '../../database/connection/guard.ts';
import type { Sql } from '../../database/sql/sql.ts';
import { type CurrentRows, groupByRoute } from '../rows/read.ts';
import type { DirtyRow } from '../rows/route.ts';
import type { SchemaGuard } from '../rows/schema-guard.ts';
import { logAppliedSql } from './log-applied.ts';

/** The effects of a batch on the target. */
export interface Sealed {
	/** The rows that were written, with their values. */
	writes: CurrentRows;
	/** The target's own changes that were resolved as losers. */
	overruled: readonly Change[];
	/** The statements that record conflicts and write the receipt. */
	records: readonly Sql[];
	/** The node that the changes come from. */
	from: string;
	/** Clock skew: microseconds by which the target's clock is ahead of the source's. */
	ahead: bigint;
	by: Applier;
	/** The lease fence: statements that fail unless this engine holds the pair. */
	leaseFence: readonly Sql[];
}

/**
 * The statements that end the transaction. They fail, and roll back everything, if a row has unresolved
 * changes on the target, if a table was altered, or if another engine holds the pair.
 */
export function sealSql(
	target: LogConnection,
	schema: SchemaGuard,
	{ writes, overruled, records, from, ahead, by, leaseFence }: Sealed,
): Sql[] {
	const rows = [...writes.keys()];
	const tables = new Set(rows.map(({ route }) => route.target));
	return [
		...failIfContested(target, rows, from, overruled),
		...acknowledgeSql(overruled, from),
		...records,
		...logAppliedSql(writes, from, ahead, by),
		...(tables.size > 0 ? [schema.failIfDrifted(tables)] : []),
		...leaseFence,
	];
}

/**
 * A statement that fails if the rows have changes in the target's log that are pending for the source, other
 * than the known ones. Empty if there are no rows.
 */
export function failIfContested(
	target: LogConnection,
	rows: readonly DirtyRow[],
	from: string,
	known: readonly Change[],
): Sql[] {
	if (rows.length === 0) return [];
	const rowKeys = new Map(
		[...groupByRoute(rows)].map(([route, ofRoute]) => [
			route.target.name,
			ofRoute.map(({ rowKey }) => rowKey),
		]),
	);
	const ids = known.map(({ id }) => id);
	return [failIf(hasOtherPendingSql(target, from, rowKeys, ids))];
}
