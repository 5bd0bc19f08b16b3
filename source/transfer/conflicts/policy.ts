/** The rules for resolving a row that changed on both sides. */

import { byAge, type Change } from '../../changelog/log/pending.ts';
import { microseconds } from '../../changelog/session/clock-skew.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import type { OpenConflict } from '../../changelog/tables/conflicts.ts';
import { type ConflictPolicy, type Direction, type Side, sourceSide } from '../../config/types.ts';
import type { Sql } from '../../database/sql/sql.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { DirtyRow, Route, Row } from '../rows/route.ts';

/**
 * The decision about a contested row: `apply` overrules the target's changes, `yield` drops the source's,
 * `hold` leaves both as they are, `same` means that both sides already have the same row. A deletion that
 * depends on a held one must `wait`.
 */
export type Decision = 'apply' | 'yield' | 'hold' | 'wait' | 'same';

export interface Settled {
	decision: Decision;
	/** The target's own changes of the row, and of rows that its deletion would cascade to. */
	theirs: Change[];
	/** The conflict recorded at the source that this settles. */
	atSource: OpenConflict | null;
	/** True if the target's row has no change of its own that would transfer it back. */
	sendBack: boolean;
}

/** The rows to resolve, and the rules. */
export interface Deciding {
	source: LogConnection;
	target: LogConnection;
	/** Every table of the direction, by the target's table name. */
	routes: ReadonlyMap<string, Route>;
	/** The rows of the batch, with the source's values. */
	current: CurrentRows;
	policy: ConflictPolicy;
	direction: Direction;
	/** Microseconds by which the target's clock is ahead of the source's. */
	ahead: bigint;
}

/** Losers outside the batch that a cascade deletes, with the target's changes of them. */
export type Losers = Map<Row, Change[]>;

/** The decisions of a batch. */
export interface Settlement {
	settled: Map<DirtyRow, Settled>;
	losers: Losers;
	/** The statements that record the decisions at the target. */
	records: Sql[];
}

/**
 * Applies the policy to a row.
 * @param theirs the target's own changes that contest it
 */
export function decide(
	{ policy, direction, ahead }: Deciding,
	row: DirtyRow,
	theirs: readonly Change[],
): Decision {
	if (policy === 'manual') return 'hold';
	if (policy !== 'newest') return decisionFor(policy, direction);
	const other = theirs.toSorted(byAge).at(-1);
	if (!other) return 'apply';
	const ours = microseconds(row.last.changedAt) + ahead;
	const yours = microseconds(other.changedAt);
	if (ours !== yours) return yours > ours ? 'yield' : 'apply';
	// A tie goes to the greater node id, which is the same on either side.
	return other.sourceNode > row.last.sourceNode ? 'yield' : 'apply';
}

export function decisionFor(kept: Side, direction: Direction): Decision {
	return kept === sourceSide(direction) ? 'apply' : 'yield';
}
