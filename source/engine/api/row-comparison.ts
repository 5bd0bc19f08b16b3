/** One row as both sides have it, for a person to look at closely: plain values, like the snapshot. */

import type { Side } from '../../config/types.ts';

/** A value as it is shown: bytes as `0x…`, a long one cut. */
export interface ShownValue {
	/** `null` for NULL, which is something else than an empty text. */
	text: string | null;
	/** Characters that were cut off. */
	cut: number;
}

/** One column of a row on both sides. */
export interface ComparedColumn {
	name: string;
	in_key: boolean;
	/** `null` where the side has no such row or column. */
	local: ShownValue | null;
	cloud: ShownValue | null;
	/** Whether both sides hold the same value; `null` where the column is not carried over, or a row is missing. */
	same: boolean | null;
}

/** One row as both sides have it. */
export interface RowComparison {
	/** Whether the row is there; `null` where the side does not have the table. */
	there: Record<Side, boolean | null>;
	columns: ComparedColumn[];
}

/** One thing that is on record of a row. */
export interface RowEvent {
	/** ISO 8601, UTC, by the clock of that side; `null` where its log has no time. */
	at: string | null;
	side: Side;
	text: string;
}

/** A row as both sides have it now, and, where it was asked for by a conflict, as it was then. */
export interface RowInspection {
	/** Epoch milliseconds at which it was read. */
	at: number;
	now: RowComparison;
	/** The two versions on record of the conflict. */
	conflict: RowComparison | null;
	/** What is on record of the row, oldest first. */
	history: RowEvent[];
}

/** Which row to inspect. */
export interface RowQuery {
	table: string;
	row_key: string | null;
	/** The key as a person types it, in place of `row_key`: `42`, `7 2` or `order_id=7, line=2`. */
	typed?: string | undefined;
	/** The conflict whose versions are to be shown too. */
	conflict?: string | undefined;
}
