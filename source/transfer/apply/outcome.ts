/** What becomes of the rows of a batch. */
import type { Change } from '../../changelog/pending.ts';
import type { Finding } from '../../text/finding.ts';
import type { RefusedRow } from '../attempt/apply-state.ts';
import type { Decision, Settlement } from '../conflicts/policy.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { Row } from '../rows/route.ts';

/** What writing the rows came to. */
export interface Written {
	refused: RefusedRow[];
	/** What the target does not leave as it was written. */
	notes: Finding[];
	/** Changes of its own that the target made by itself meanwhile. */
	kept: number;
}

/** What was committed. */
export interface Applied extends Written, Settlement {
	/** Rows that were written to the target, and rows that were deleted there. */
	upserts: number;
	deletes: number;
	/** Identifies the receipt that the target gave; null where it gave none. */
	receipt: string | null;
}

export function nothingWritten(): Written {
	return { refused: [], notes: [], kept: 0 };
}

export function nothingApplied(): Applied {
	return {
		...nothingWritten(),
		settled: new Map(),
		losers: new Map(),
		records: [],
		receipt: null,
		upserts: 0,
		deletes: 0,
	};
}

/** Changes that need no further transfer: applied, or decided about. */
export function doneChanges(
	current: CurrentRows,
	{ refused, settled }: Pick<Applied, 'refused' | 'settled'>,
): Change[] {
	const left = new Set<Row>(refused.map(({ row }) => row));
	return [...current.keys()]
		.filter((row) => !left.has(row) && !isHeld(settled.get(row)?.decision))
		.flatMap((row) => row.changes);
}

/** Whether a row stays as it is on both sides until somebody decides. */
export function isHeld(decision: Decision | undefined): boolean {
	return decision === 'hold' || decision === 'wait';
}
