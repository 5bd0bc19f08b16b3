import type { ConflictPolicy, Direction } from '../config/types.ts';
import { sourceSide } from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { type ColumnPair, sameValue, type Value } from '../database/values.ts';
import type { DirtyRow } from './collapse.ts';
import { type Change, fetchPendingOf } from './pending.ts';
import { type CurrentRows, lockTargetRows, travellingColumns } from './read.ts';

/** Rows that changed on the target too since both sides agreed, with the target's own changes. */
export type Contested = Map<DirtyRow, Change[]>;

/**
 * What becomes of a contested row: `apply` overrules the target's changes, `yield` drops the
 * source's, `hold` leaves both as they are, `same` means that both sides hold the same row already.
 */
export type Decision = 'apply' | 'yield' | 'hold' | 'same';

export interface Settled {
	decision: Decision;
	/** The target's own changes of the row. */
	theirs: Change[];
}

/** Finds which of the rows have changes in the target's log that are pending for the source. */
export async function findContested(
	target: Connection,
	rows: readonly DirtyRow[],
	sourceNode: string,
): Promise<Contested> {
	const byKey = new Map(rows.map((row) => [`${row.route.target.name}\n${row.rowKey}`, row]));
	const tables = [...new Set(rows.map(({ route }) => route.target.name))];
	const rowKeys = [...new Set(rows.map(({ rowKey }) => rowKey))];
	const contested: Contested = new Map();
	for (const change of await fetchPendingOf(target, sourceNode, tables, rowKeys)) {
		const row = byKey.get(`${change.table}\n${change.rowKey}`);
		if (!row) continue;
		const changes = contested.get(row);
		if (changes) changes.push(change);
		else contested.set(row, [change]);
	}
	return contested;
}

/**
 * Decides contested rows inside the applying transaction. The rows are locked first, and the
 * target's log is read after that, so that no write of an application slips between.
 */
export async function settle(
	target: Connection,
	rows: readonly DirtyRow[],
	current: CurrentRows,
	sourceNode: string,
	policy: ConflictPolicy,
	direction: Direction,
): Promise<Map<DirtyRow, Settled>> {
	const settled = new Map<DirtyRow, Settled>();
	if (rows.length === 0) return settled;
	const standing = await lockTargetRows(target, rows);
	const contested = await findContested(target, rows, sourceNode);
	for (const [row, theirs] of contested) {
		const columns = travellingColumns(row.route);
		const same = sameValues(columns, current.get(row) ?? null, standing.get(row) ?? null);
		settled.set(row, { decision: same ? 'same' : decide(policy, direction, row, theirs), theirs });
	}
	return settled;
}

function decide(
	policy: ConflictPolicy,
	direction: Direction,
	row: DirtyRow,
	theirs: readonly Change[],
): Decision {
	if (policy === 'manual') return 'hold';
	if (policy !== 'newest') return policy === sourceSide(direction) ? 'apply' : 'yield';
	const other = theirs.at(-1);
	const ours = age(row.last);
	return other && age(other) > ours ? 'yield' : 'apply';
}

/** Sorts by the moment of the change; a tie falls to the greater node id, seen from either side. */
function age(change: Change): string {
	return `${change.changedAt ?? ''} ${change.sourceNode}`;
}

function sameValues(
	columns: readonly ColumnPair[],
	one: readonly Value[] | null,
	other: readonly Value[] | null,
): boolean {
	if (one === null || other === null) return one === other;
	return columns.every((pair, index) => sameValue(pair, one[index] ?? null, other[index] ?? null));
}
