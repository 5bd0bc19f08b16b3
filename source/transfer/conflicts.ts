import { type Side, sides, sourceSide, targetSide } from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { readImages } from '../database/row-image.ts';
import { displayRowKey } from '../database/row-key.ts';
import { type ColumnPair, sameValue, type Value } from '../database/values.ts';
import { type DirtyRow, type Row, rowId } from './collapse.ts';
import {
	type ConflictEntry,
	type OpenConflict,
	openConflictsOf,
	recordConflicts,
	settleConflicts,
} from './conflict-record.ts';
import {
	type Deciding,
	decide,
	decisionFor,
	type Given,
	type Settled,
	type Settlement,
} from './deciding.ts';
import { decideTaken, findTaken } from './dependents.ts';
import { type Change, fetchPendingOf } from './pending.ts';
import { groupByRoute, lockInOrder, lockTargetRows, travellingColumns } from './read.ts';
import { targetKey } from './statements.ts';

/** Rows that changed on the target too since both sides agreed, with the target's own changes. */
export type Contested = Map<DirtyRow, Change[]>;

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
 * @param rows rows of the batch that turned out to be contested
 * @param taken rows of the target that deletions of the batch took along though they are contested
 */
export async function settle(
	deciding: Deciding,
	rows: readonly DirtyRow[],
	taken: readonly Row[],
): Promise<Settlement> {
	const { source, target, current } = deciding;
	const settled = new Map<DirtyRow, Settled>();
	if (rows.length + taken.length === 0) return { settled, given: new Map() };
	const sourceNode = source.end.nodeId;
	await lockInOrder(target, [...current.keys(), ...taken]);
	const takenRows = await findTaken(deciding, taken);
	const suspects = [...new Set([...rows, ...takenRows.flatMap(({ roots }) => roots)])];
	const [standing, contested] = await target.together(() =>
		Promise.all([lockTargetRows(target, suspects), findContested(target, suspects, sourceNode)]),
	);
	const own = new Set(contested.keys());
	for (const { theirs, roots } of takenRows) {
		for (const root of roots) contested.set(root, [...(contested.get(root) ?? []), ...theirs]);
	}
	if (contested.size + takenRows.length === 0) return { settled, given: new Map() };
	const open = await openConflicts(source, target, [...contested.keys()]);
	const ruled = new Set<DirtyRow>();
	for (const [row, theirs] of contested) {
		const columns = travellingColumns(row.route);
		const same = sameValues(columns, current.get(row) ?? null, standing.get(row) ?? null);
		const { here = null, there = null } = open.get(row) ?? {};
		const ruling = here?.kept ?? there?.kept ?? null;
		if (ruling !== null) ruled.add(row);
		const decision = same
			? 'same'
			: ruling !== null
				? decisionFor(ruling, deciding.direction)
				: decide(deciding, row, theirs);
		const atSource = decision === 'hold' ? null : there;
		settled.set(row, { decision, theirs, atSource, sendBack: !own.has(row) });
	}
	const given = await decideTaken(deciding, takenRows, settled, ruled);
	await record(deciding, settled, given, open);
	return { settled, given };
}

/** The unsettled conflicts on record about rows: `here` at the target, `there` at the source. */
type Open = Map<Row, { here?: OpenConflict; there?: OpenConflict }>;

async function openConflicts(
	source: Connection,
	target: Connection,
	rows: readonly DirtyRow[],
): Promise<Open> {
	const rowKeys = [...new Set(rows.map(({ rowKey }) => rowKey))];
	const namesOf = (end: 'source' | 'target') => [
		...new Set(rows.map(({ route }) => route[end].name)),
	];
	const [here, there] = await Promise.all([
		openConflictsOf(target, source.end.nodeId, namesOf('target'), rowKeys),
		openConflictsOf(source, target.end.nodeId, namesOf('source'), rowKeys),
	]);
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
	{ source, target, direction }: Deciding,
	settled: ReadonlyMap<DirtyRow, Settled>,
	given: Given,
	open: Open,
): Promise<void> {
	const [from, to] = [sourceSide(direction), targetSide(direction)];
	const toEnter = new Map<Row, Side | null>();
	const agreed: OpenConflict[] = [];
	for (const [row, { decision }] of settled) {
		const { here, there } = open.get(row) ?? {};
		if (decision === 'same') {
			if (here) agreed.push(here);
		} else if (decision === 'apply' || decision === 'yield') {
			toEnter.set(row, decision === 'apply' ? from : to);
		} else if (decision === 'hold' && !there) {
			toEnter.set(row, null);
		}
	}
	for (const row of given.keys()) toEnter.set(row, from);
	for (const side of sides) {
		const ids = agreed.filter(({ kept }) => (kept ?? to) === side).map(({ id }) => id);
		await settleConflicts(target, ids, side);
	}
	const rows = [...toEnter.keys()];
	const [ours, theirs] = await Promise.all([
		imagesOf(source, rows, 'source'),
		imagesOf(target, rows, 'target'),
	]);
	const versions = { [from]: ours, [to]: theirs } as Record<
		Side,
		Awaited<ReturnType<typeof imagesOf>>
	>;
	const entering = [...toEnter].map(([row, kept]) => {
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
			kept,
		};
		return { entry, known: open.get(row)?.here };
	});
	await recordConflicts(target, source.end.nodeId, entering);
}

async function imagesOf(connection: Connection, rows: readonly Row[], end: 'source' | 'target') {
	const groups = [...groupByRoute(rows)];
	const tables = await connection.together(() =>
		Promise.all(
			groups.map(([route, ofRoute]) => {
				const keys = ofRoute.map(({ key }) => key);
				const key = end === 'source' ? route.source.key : targetKey(route);
				return readImages(connection, route[end], key, keys);
			}),
		),
	);
	return new Map(
		groups.flatMap(([route], index) =>
			[...(tables[index] ?? [])].map(
				([rowKey, image]) => [rowId(route.name, rowKey), image] as const,
			),
		),
	);
}

function sameValues(
	columns: readonly ColumnPair[],
	one: readonly Value[] | null,
	other: readonly Value[] | null,
): boolean {
	if (one === null || other === null) return one === other;
	return columns.every((pair, index) => sameValue(pair, one[index] ?? null, other[index] ?? null));
}
