/** The results of applying a batch. */
import type { Change } from '../../changelog/log/pending.ts';
import type { Finding } from '../../text/finding.ts';
import type { RefusedRow } from '../attempt/apply-state.ts';
import type { Decision, Settlement } from '../conflicts/policy.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { Row } from '../rows/route.ts';

/** The result of writing the rows. */
export interface Written {
	refused: RefusedRow[];
	/** Values that the target does not store as written. */
	notes: Finding[];
	/** Changes that the target's triggers and foreign keys made meanwhile. */
	kept: number;
}

/** The result of the committed transaction. */
export interface Applied extends Written, Settlement {
	/** Rows written to the target, and rows deleted there. */
	upserts: number;
	deletes: number;
	/** Id of the receipt that the target wrote; null if it wrote none. */
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

/** Changes that need no further transfer: applied or resolved. */
export function doneChanges(
	current: CurrentRows,
	{ refused, settled }: Pick<Applied, 'refused' | 'settled'>,
): Change[] {
	const left = new Set<Row>(refused.map(({ row }) => row));
	return [...current.keys()]
		.filter((row) => !left.has(row) && !isHeld(settled.get(row)?.decision))
		.flatMap((row) => row.changes);
}

/** True if a row stays unchanged on both sides until its conflict is resolved. */
export function isHeld(decision: Decision | undefined): boolean {
	return decision === 'hold' || decision === 'wait';
}
