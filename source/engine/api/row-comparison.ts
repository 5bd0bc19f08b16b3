/** One row on both sides, for comparison: plain values, like the snapshot. */

import type { Side } from '../../config/types.ts';

/** A value for display: bytes as `0x…`, long values truncated. */
export interface ShownValue {
	/** `null` for NULL, which differs from an empty text. */
	text: string | null;
	/** The number of characters cut off. */
	cut: number;
}

/** One column of a row on both sides. */
export interface ComparedColumn {
	name: string;
	in_key: boolean;
	/** `null` if the side has no such row or column. */
	local: ShownValue | null;
	cloud: ShownValue | null;
	/** True if both sides have the same value; `null` if the column is not synced, or a row is missing. */
	same: boolean | null;
}

/** One row on both sides. */
export interface RowComparison {
	/** True if the row exists; `null` if the side does not have the table. */
	there: Record<Side, boolean | null>;
	columns: ComparedColumn[];
}

/** One recorded event of a row. */
export interface RowEvent {
	/** ISO 8601, UTC, by the clock of that side; `null` if its log has no time. */
	at: string | null;
	side: Side;
	text: string;
}

/** A row on both sides: its current values and, if requested for a conflict, its values at conflict time. */
export interface RowInspection {
	/** Epoch milliseconds of the read. */
	at: number;
	now: RowComparison;
	/** The two recorded versions of the conflict. */
	conflict: RowComparison | null;
	/** The recorded history of the row, oldest first. */
	history: RowEvent[];
}

/** The row to inspect. */
export interface RowQuery {
	table: string;
	row_key: string | null;
	/** The key as typed, instead of `row_key`: `42`, `7 2` or `order_id=7, line=2`. */
	typed?: string | undefined;
	/** The conflict whose versions to read too. */
	conflict?: string | undefined;
}
