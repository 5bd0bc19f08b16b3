import {
	type ConflictPolicy,
	type Direction,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { readImages } from '../database/row-image.ts';
import { displayRowKey } from '../database/row-key.ts';
import { type ColumnPair, sameValue, type Value } from '../database/values.ts';
import { microseconds } from './clocks.ts';
import { type DirtyRow, rowId } from './collapse.ts';
import {
	type ConflictEntry,
	type OpenConflict,
	openConflictsOf,
	recordConflicts,
	settleConflicts,
} from './conflict-record.ts';
import { type Change, fetchPendingOf } from './pending.ts';
import {
	type CurrentRows,
	groupByRoute,
	lockInOrder,
	lockTargetRows,
	travellingColumns,
} from './read.ts';
import { targetKey } from './statements.ts';

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
	/** A conflict on record at the source that this settles. */
	atSource: OpenConflict | null;
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
 * Decides contested rows inside the applying transaction, and puts both versions of each on record
 * there. The rows are locked first, and the target's log is read after that, so that no write of an
 * application slips between.
 * @param ahead microseconds that the target's clock is ahead of the source's
 */
export async function settle(
	source: Connection,
	target: Connection,
	rows: readonly DirtyRow[],
	current: CurrentRows,
	policy: ConflictPolicy,
	direction: Direction,
	ahead: bigint,
): Promise<Map<DirtyRow, Settled>> {
	const settled = new Map<DirtyRow, Settled>();
	if (rows.length === 0) return settled;
	const sourceNode = source.end.nodeId;
	await lockInOrder(target, [...current.keys()]);
	const standing = await lockTargetRows(target, rows);
	const contested = await findContested(target, rows, sourceNode);
	if (contested.size === 0) return settled;
	const open = await openConflicts(source, target, [...contested.keys()]);
	for (const [row, theirs] of contested) {
		const columns = travellingColumns(row.route);
		const same = sameValues(columns, current.get(row) ?? null, standing.get(row) ?? null);
		const { here = null, there = null } = open.get(row) ?? {};
		const ruling = here?.kept ?? there?.kept ?? null;
		const decision = same
			? 'same'
			: ruling !== null
				? decisionFor(ruling, direction)
				: decide(policy, direction, row, theirs, ahead);
		settled.set(row, { decision, theirs, atSource: decision === 'hold' ? null : there });
	}
	await record(source, target, settled, open, direction);
	return settled;
}

/** The unsettled conflicts on record about rows: `here` at the target, `there` at the source. */
type Open = Map<DirtyRow, { here?: OpenConflict; there?: OpenConflict }>;

async function openConflicts(
	source: Connection,
	target: Connection,
	rows: readonly DirtyRow[],
): Promise<Open> {
	const rowKeys = [...new Set(rows.map(({ rowKey }) => rowKey))];
	const namesOf = (end: 'source' | 'target') => [
		...new Set(rows.map(({ route }) => route[end].name)),
	];
	const here = await openConflictsOf(target, source.end.nodeId, namesOf('target'), rowKeys);
	const there = await openConflictsOf(source, target.end.nodeId, namesOf('source'), rowKeys);
	return new Map(
		rows.map((row) => {
			const { route, rowKey } = row;
			const isOf = (name: string) => (conflict: OpenConflict) =>
				conflict.table === name && conflict.rowKey === rowKey;
			const found = [here.find(isOf(route.target.name)), there.find(isOf(route.source.name))];
			const [atTarget, atSource] = found;
			return [row, { ...(atTarget && { here: atTarget }), ...(atSource && { there: atSource }) }];
		}),
	);
}

async function record(
	source: Connection,
	target: Connection,
	settled: ReadonlyMap<DirtyRow, Settled>,
	open: Open,
	direction: Direction,
): Promise<void> {
	const [from, to] = [sourceSide(direction), targetSide(direction)];
	const toEnter: DirtyRow[] = [];
	const agreed: OpenConflict[] = [];
	for (const [row, { decision }] of settled) {
		const { here, there } = open.get(row) ?? {};
		if (decision === 'same') {
			if (here) agreed.push(here);
		} else if (decision !== 'hold' || !there) {
			toEnter.push(row);
		}
	}
	for (const side of sides) {
		const ids = agreed.filter(({ kept }) => (kept ?? to) === side).map(({ id }) => id);
		await settleConflicts(target, ids, side);
	}
	const versions = {
		[from]: await imagesOf(source, toEnter, 'source'),
		[to]: await imagesOf(target, toEnter, 'target'),
	} as Record<Side, Awaited<ReturnType<typeof imagesOf>>>;
	const entering = toEnter.map((row) => {
		const decision = settled.get(row)?.decision;
		const { route, rowKey, key } = row;
		const id = rowId(route.name, rowKey);
		const entry: ConflictEntry = {
			table: route.target.name,
			rowKey,
			otherKey: null,
			displayKey: displayRowKey(key, route.source.key),
			versions: {
				local: versions.local.get(id) ?? null,
				cloud: versions.cloud.get(id) ?? null,
			},
			kept: decision === 'apply' ? from : decision === 'yield' ? to : null,
		};
		return { entry, known: open.get(row)?.here };
	});
	await recordConflicts(target, source.end.nodeId, entering);
}

async function imagesOf(
	connection: Connection,
	rows: readonly DirtyRow[],
	end: 'source' | 'target',
) {
	const images = new Map();
	for (const [route, ofRoute] of groupByRoute(rows)) {
		const keys = ofRoute.map(({ key }) => key);
		const key = end === 'source' ? route.source.key : targetKey(route);
		for (const [rowKey, image] of await readImages(connection, route[end], key, keys)) {
			images.set(rowId(route.name, rowKey), image);
		}
	}
	return images;
}

function decide(
	policy: ConflictPolicy,
	direction: Direction,
	row: DirtyRow,
	theirs: readonly Change[],
	ahead: bigint,
): Decision {
	if (policy === 'manual') return 'hold';
	if (policy !== 'newest') return decisionFor(policy, direction);
	const other = theirs.at(-1);
	if (!other) return 'apply';
	const ours = microseconds(row.last.changedAt) + ahead;
	const yours = microseconds(other.changedAt);
	if (ours !== yours) return yours > ours ? 'yield' : 'apply';
	// A tie falls to the greater node id, seen from either side.
	return other.sourceNode > row.last.sourceNode ? 'yield' : 'apply';
}

function decisionFor(kept: Side, direction: Direction): Decision {
	return kept === sourceSide(direction) ? 'apply' : 'yield';
}

function sameValues(
	columns: readonly ColumnPair[],
	one: readonly Value[] | null,
	other: readonly Value[] | null,
): boolean {
	if (one === null || other === null) return one === other;
	return columns.every((pair, index) => sameValue(pair, one[index] ?? null, other[index] ?? null));
}
