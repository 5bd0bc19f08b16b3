/**
 * A batch is applied in attempts. Each is one transaction on the target, which either commits or leaves
 * nothing behind. The mode decides how an attempt proceeds:
 *
 * - `optimistic`: nothing is locked or read first. All statements are sent together, headed by a guard that
 *   fails if a row has unresolved changes on the target. An application that needs one of the rows waits for
 *   the server's work, but never for the network.
 * - `locked`: the rows are locked and read first, then resolved. The statements are sent together with the
 *   COMMIT. For rows that applications write so often that every optimistic attempt comes too late.
 * - `stepwise`: statement by statement, in a transaction; rows are locked first once one was contested. Each
 *   result is examined: which row is refused, what blocks it, what side effects the target's triggers and
 *   foreign keys had.
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
 * Within a batch the mode never becomes a cheaper one. What an attempt found out is passed on to the next:
 * the rows to resolve, and those not to set aside again.
 */
import type { DirtyRow, Row } from '../rows/route.ts';
import { idOf } from './apply-state.ts';

export type AttemptMode = 'optimistic' | 'locked' | 'stepwise';

/** How a batch is applied this time. */
export interface Attempt {
	mode: AttemptMode;
	/** Number of attempts that met unresolved changes on the target. */
	overtaken: number;
	/** Rows of the batch to resolve before they are written. */
	suspects: ReadonlySet<DirtyRow>;
	/** Contested rows of the target that deletions of the batch cascade to, by `idOf`. */
	cascaded: ReadonlyMap<string, Row>;
	/** Ids (`idOf`) of rows that must not be set aside again. */
	untouchable: ReadonlySet<string>;
}

/** Why an attempt was rolled back. */
export type Failure =
	/** A guard failed: the target has unresolved changes, at least of these rows. */
	| { kind: 'overtaken'; contested: Iterable<DirtyRow> }
	/** The target refused a statement. */
	| { kind: 'refused' }
	/** Rows were set aside and then refused. */
	| { kind: 'stranded'; rows: readonly Row[] }
	/** Deletions cascade to contested rows. */
	| { kind: 'cascaded'; rows: readonly Row[] };

/** The properties of a batch that all attempts share. */
export interface AttemptedBatch {
	/** The rows of the batch, by `idOf`. */
	rows: ReadonlyMap<string, DirtyRow>;
	/** True if a table of the batch has application triggers or cascading foreign keys. */
	actsByItself: boolean;
}

/** Overtaken optimistic attempts before rows are locked first. */
export const mostOptimistic = 3;

/** Overtaken attempts before the batch fails as busy. */
export const mostOvertaken = 13;

/** @param pipelined true if no statement of the batch depends on the result of another */
export function firstAttempt(pipelined: boolean): Attempt {
	return {
		mode: pipelined ? 'optimistic' : 'stepwise',
		overtaken: 0,
		suspects: new Set(),
		cascaded: new Map(),
		untouchable: new Set(),
	};
}

/** The attempt after a failed one; null to give up the batch. */
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
			// Once rows are locked, all of them are resolved under their locks.
			const found = mode === 'optimistic' ? failure.contested : batch.rows.values();
			return { ...attempt, mode, overtaken, suspects: new Set([...attempt.suspects, ...found]) };
		}
	}
}

/**
 * All guards of a batch fail with the same error number, so a side effect looks like an unresolved change.
 */
function modeAfter(
	mode: AttemptMode,
	overtaken: number,
	{ actsByItself }: AttemptedBatch,
): AttemptMode {
	if (mode === 'stepwise' || actsByItself || overtaken > mostOptimistic) return 'stepwise';
	return overtaken === mostOptimistic ? 'locked' : mode;
}

/** A row of the batch is resolved alone first, then together with the rows that it cascades to. */
function withCascaded(attempt: Attempt, row: Row, { rows }: AttemptedBatch): Attempt {
	const own = rows.get(idOf(row));
	if (own && !attempt.suspects.has(own)) {
		return { ...attempt, suspects: new Set([...attempt.suspects, own]) };
	}
	return { ...attempt, cascaded: new Map([...attempt.cascaded, [idOf(row), row]]) };
}
