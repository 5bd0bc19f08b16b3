/**
 * A batch is applied in attempts. Each is one transaction on the target, and either commits or leaves
 * nothing behind. How an attempt goes about it is its mode:
 *
 * - `optimistic`: nothing is locked or read beforehand. All statements travel together, the first of them
 *   a guard that fails where a row has changes of the target's own that nobody has decided about. An
 *   application that wants one of the rows waits for the server's work, and never for the network.
 * - `locked`: the rows are locked and read first, then decided about. The statements travel together with
 *   the COMMIT. For rows that applications write so often that every optimistic attempt comes too late.
 * - `stepwise`: as `locked`, but statement by statement. Each answer is looked at: which row is refused,
 *   what stands in its way, what the target's triggers and foreign keys did by themselves.
 *
 * ```
 *                    overtaken, 3 times                overtaken again
 *   optimistic ──────────────────────────▶ locked ──────────────────────────▶ stepwise
 *       │  ▲                                  │                                ▲  │ ▲
 *       │  └─ overtaken                       └─ a statement is refused ───────┤  │ └─ overtaken, stranded,
 *       └──── a statement is refused, or overtaken where the tables act ───────┘  │    cascaded
 *             by themselves (triggers, ON DELETE CASCADE)                         └──▶ gives up: refused, or
 *                                                                                      overtaken 13 times
 * ```
 *
 * A mode is never left for a cheaper one within a batch. What an attempt has found out is handed on: the
 * rows to decide about, and those not to be touched again.
 */
import type { DirtyRow, Row } from '../rows/route.ts';
import { idOf } from './apply-state.ts';

export type AttemptMode = 'optimistic' | 'locked' | 'stepwise';

/** How a batch is to be applied this time. */
export interface Attempt {
	mode: AttemptMode;
	/** How many attempts met changes of the target's own that nobody had decided about. */
	overtaken: number;
	/** Rows of the batch to decide about before they are written. */
	suspects: ReadonlySet<DirtyRow>;
	/** Contested rows of the target to which deletions of the batch cascade, by `idOf`. */
	cascaded: ReadonlyMap<string, Row>;
	/** Rows, by `idOf`, that must not be set aside for others again. */
	untouchable: ReadonlySet<string>;
}

/** Why an attempt was rolled back. */
export type Failure =
	/** A guard failed: the target has changes that nobody has decided about, of these rows at least. */
	| { kind: 'overtaken'; contested: Iterable<DirtyRow> }
	/** The target refused a statement. */
	| { kind: 'refused' }
	/** Rows were set aside for others, and refused in the end. */
	| { kind: 'stranded'; rows: readonly Row[] }
	/** Deletions cascade to contested rows. */
	| { kind: 'cascaded'; rows: readonly Row[] };

/** What does not change from attempt to attempt. */
export interface AttemptedBatch {
	/** The rows of the batch, by `idOf`. */
	rows: ReadonlyMap<string, DirtyRow>;
	/** Whether a table of the batch has triggers of the application's, or is cascaded from. */
	actsByItself: boolean;
}

/** Optimistic attempts that may be overtaken, before the rows are locked first. */
export const mostOptimistic = 3;

/** Attempts that may be overtaken in all, before the batch is given up as busy. */
export const mostOvertaken = 13;

/** @param pipelined whether no statement of the batch needs the answer of another */
export function firstAttempt(pipelined: boolean): Attempt {
	return {
		mode: pipelined ? 'optimistic' : 'stepwise',
		overtaken: 0,
		suspects: new Set(),
		cascaded: new Map(),
		untouchable: new Set(),
	};
}

/** The attempt that follows a failed one; null where the batch is to be given up. */
export function nextAttempt(
	attempt: Attempt,
	failure: Failure,
	batch: AttemptedBatch,
): Attempt | null {
	switch (failure.kind) {
		case 'refused':
			return attempt.mode === 'stepwise' ? null : { ...attempt, mode: 'stepwise' };
		case 'stranded':
			return {
				...attempt,
				untouchable: new Set([...attempt.untouchable, ...failure.rows.map(idOf)]),
			};
		case 'cascaded':
			return failure.rows.reduce((next, row) => withCascaded(next, row, batch), attempt);
		case 'overtaken': {
			const overtaken = attempt.overtaken + 1;
			if (overtaken === mostOvertaken) return null;
			const mode = modeAfter(attempt.mode, overtaken, batch);
			// Once rows are locked, all of them are decided about under their locks.
			const found = mode === 'optimistic' ? failure.contested : batch.rows.values();
			return { ...attempt, mode, overtaken, suspects: new Set([...attempt.suspects, ...found]) };
		}
	}
}

/** The guards of a batch all fail by one number, so what the target did by itself looks like a change. */
function modeAfter(
	mode: AttemptMode,
	overtaken: number,
	{ actsByItself }: AttemptedBatch,
): AttemptMode {
	if (mode === 'stepwise' || actsByItself || overtaken > mostOptimistic) return 'stepwise';
	return overtaken === mostOptimistic ? 'locked' : mode;
}

/** A row of the batch is decided about by itself first, and then with what cascades to it. */
function withCascaded(attempt: Attempt, row: Row, { rows }: AttemptedBatch): Attempt {
	const own = rows.get(idOf(row));
	if (own && !attempt.suspects.has(own)) {
		return { ...attempt, suspects: new Set([...attempt.suspects, own]) };
	}
	return { ...attempt, cascaded: new Map([...attempt.cascaded, [idOf(row), row]]) };
}
