/** The rules by which a row that changed on both sides is decided. */

import type { OpenConflict } from '../../changelog/conflicts.ts';
import { byAge, type Change } from '../../changelog/pending.ts';
import { type ConflictPolicy, type Direction, type Side, sourceSide } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { DirtyRow, Route, Row } from '../rows/route.ts';
import { microseconds } from './clock-skew.ts';

/**
 * What becomes of a contested row: `apply` overrules the target's changes, `yield` drops the
 * source's, `hold` leaves both as they are, `same` means that both sides hold the same row already.
 * A deletion that goes with one that is held has to `wait`.
 */
export type Decision = 'apply' | 'yield' | 'hold' | 'wait' | 'same';

export interface Settled {
	decision: Decision;
	/** The target's own changes of the row, and of rows that its deletion would take along. */
	theirs: Change[];
	/** A conflict on record at the source that this settles. */
	atSource: OpenConflict | null;
	/** Whether the target's row has no change of its own by which it would travel back. */
	sendBack: boolean;
}

/** What is decided about, and by which rules. */
export interface Deciding {
	source: Connection;
	target: Connection;
	/** Every table of the direction, by the target's name of the table. */
	routes: ReadonlyMap<string, Route>;
	/** The rows of the batch, as the source has them. */
	current: CurrentRows;
	policy: ConflictPolicy;
	direction: Direction;
	/** Microseconds that the target's clock is ahead of the source's. */
	ahead: bigint;
}

/** Rows beside those of the batch that lose, with the target's changes of them: a cascade deletes them. */
export type Losers = Map<Row, Change[]>;

/** What was decided in a batch. */
export interface Settlement {
	settled: Map<DirtyRow, Settled>;
	losers: Losers;
	/** The statements that put it on record at the target. */
	records: string[];
}

/** What the policy says of a row. @param theirs the target's own changes that contest it */
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
	// A tie falls to the greater node id, seen from either side.
	return other.sourceNode > row.last.sourceNode ? 'yield' : 'apply';
}

export function decisionFor(kept: Side, direction: Direction): Decision {
	return kept === sourceSide(direction) ? 'apply' : 'yield';
}
