import { type Change, fetchPendingOf, selectPendingOf } from '../../changelog/log/pending.ts';
import { rowId } from '../../changelog/log/pending-rows.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import {
	type OpenConflict,
	openConflictsOf,
	settleConflictsSql,
} from '../../changelog/tables/conflicts.ts';
import { type ConflictEntry, recordConflictsSql } from '../../changelog/tables/record-conflicts.ts';
import { type Side, sides, sourceSide, targetSide } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { readImages } from '../../database/rows/row-image.ts';
import { displayRowKey } from '../../database/rows/row-key.ts';
import type { Sql } from '../../database/sql/sql.ts';
import { type ColumnPair, sameValue, type Value } from '../../database/values/values.ts';
import { idOf } from '../attempt/apply-state.ts';
import {
	type CurrentRows,
	groupByRoute,
	lockInOrder,
	readTargetRows,
	travellingColumns,
} from '../rows/read.ts';
import type { DirtyRow, Row } from '../rows/route.ts';
import { targetKey } from '../rows/row-write.ts';
import { decideCascaded, findCascaded } from './cascade-conflicts.ts';
import {
	type Deciding,
	decide,
	decisionFor,
	type Losers,
	type Settled,
	type Settlement,
} from './policy.ts';

/** Rows that also changed on the target since both sides agreed, with the target's own changes. */
export type Contested = Map<DirtyRow, Change[]>;

/** Finds the rows that have changes in the target's log pending for the source. */
export async function findContested(
	target: LogConnection,
	rows: readonly DirtyRow[],
	sourceNode: string,
): Promise<Contested> {
	const tables = [...new Set(rows.map(({ route }) => route.target.name))];
	const rowKeys = [...new Set(rows.map(({ rowKey }) => rowKey))];
	return byContestedRow(rows, await fetchPendingOf(target, sourceNode, tables, rowKeys));
}

function byContestedRow(rows: readonly DirtyRow[], changes: readonly Change[]): Contested {
	const byId = new Map(rows.map((row) => [idOf(row), row]));
	const contested: Contested = new Map();
	for (const change of changes) {
		const row = byId.get(rowId(change.table, change.rowKey ?? ''));
		if (!row) continue;
		const known = contested.get(row);
		if (known) known.push(change);
		else contested.set(row, [change]);
	}
	return contested;
}

/**
 * Resolves contested rows and returns the statements that record both versions of each. The transaction must
 * protect the decisions: either the rows are locked before the target's log is read, so that no write of an
 * application can intervene, or it fails if the log has changes of these rows other than those read.
 * @param rows rows of the batch that proved contested
 * @param cascaded contested rows of the target that deletions of the batch cascade to
 * @param locking true in an open transaction that locks the whole batch
 */
export async function settle(
	deciding: Deciding,
	rows: readonly DirtyRow[],
	cascaded: readonly Row[],
	locking: boolean,
): Promise<Settlement> {
	const nothing: Settlement = { settled: new Map(), losers: new Map(), records: [] };
	if (rows.length + cascaded.length === 0) return nothing;
	const { target, current } = deciding;
	const settled: Settlement['settled'] = new Map();
	if (cascaded.length > 0) await lockInOrder(target, [...current.keys(), ...cascaded]);
	const cascadedRows = await findCascaded(deciding, cascaded);
	const suspects = [...new Set([...rows, ...cascadedRows.flatMap(({ roots }) => roots)])];
	const seen = await lookAtRows(deciding, suspects, cascaded, locking);
	const { contested } = seen;
	const own = new Set(contested.keys());
	for (const { theirs, roots } of cascadedRows) {
		for (const root of roots) contested.set(root, [...(contested.get(root) ?? []), ...theirs]);
	}
	if (contested.size + cascadedRows.length === 0) return nothing;
	const ruled = new Set<DirtyRow>();
	for (const [row, theirs] of contested) {
		const columns = travellingColumns(row.route);
		const same = sameValues(columns, current.get(row) ?? null, seen.standing.get(row) ?? null);
		const { here = null, there = null } = seen.open.get(row) ?? {};
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
	const losers = await decideCascaded(deciding, cascadedRows, settled, ruled);
	return { settled, losers, records: recordSql(deciding, settled, losers, seen) };
}

/** The open conflicts recorded for rows: `here` at the target, `there` at the source. */
type Open = Map<Row, { here?: OpenConflict; there?: OpenConflict }>;

type Images = Awaited<ReturnType<typeof imagesOf>>;

/** The state of possibly contested rows on both sides. */
interface Seen {
	contested: Contested;
	/** The rows as they are on the target. */
	standing: CurrentRows;
	open: Open;
	images: { source: Images; target: Images };
}

/** Reads everything about the rows in one round trip to each side. */
async function lookAtRows(
	{ source, target, current }: Deciding,
	suspects: readonly DirtyRow[],
	cascaded: readonly Row[],
	locking: boolean,
): Promise<Seen> {
	const [from, to] = [source.end.nodeId, target.end.nodeId];
	const shown = [...suspects, ...cascaded];
	const rowKeys = [...new Set(suspects.map(({ rowKey }) => rowKey))];
	const namesOf = (end: 'source' | 'target') => [
		...new Set(suspects.map(({ route }) => route[end].name)),
	];
	const toLock = locking && cascaded.length === 0 ? [...current.keys()] : [];
	const [[, changes, standing, theirs, here], [ours, there]] = await Promise.all([
		target.together(() =>
			target.nodeLists.answer(from, (lists) =>
				// Order matters: the rows must not be read before the changes of them.
				Promise.all([
					lockInOrder(target, toLock),
					selectPendingOf(target, lists, from, namesOf('target'), rowKeys),
					readTargetRows(target, suspects, locking ? 'FOR UPDATE' : ''),
					imagesOf(target, shown, 'target'),
					openConflictsOf(target, from, namesOf('target'), rowKeys),
				]),
			),
		),
		source.together(() =>
			Promise.all([
				imagesOf(source, shown, 'source'),
				openConflictsOf(source, to, namesOf('source'), rowKeys),
			]),
		),
	]);
	return {
		contested: byContestedRow(suspects, changes),
		standing,
		open: byRow(suspects, here, there),
		images: { source: ours, target: theirs },
	};
}

function byRow(
	rows: readonly DirtyRow[],
	here: readonly OpenConflict[],
	there: readonly OpenConflict[],
): Open {
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

/** The statements that record the decisions at the target. */
function recordSql(
	{ source, target, direction }: Deciding,
	settled: ReadonlyMap<DirtyRow, Settled>,
	losers: Losers,
	{ open, images }: Seen,
): Sql[] {
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
	for (const row of losers.keys()) toEnter.set(row, from);
	const settling = sides.flatMap((side) =>
		settleConflictsSql(
			agreed.filter(({ kept }) => (kept ?? to) === side).map(({ id }) => id),
			side,
		),
	);
	const versions = { [from]: images.source, [to]: images.target } as Record<Side, Images>;
	const recordings = [...toEnter].map(([row, kept]) => {
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
	return [...settling, ...recordConflictsSql(target, source.end.nodeId, recordings)];
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

/** True if two versions of a row are equal in the transferred columns. */
export function sameValues(
	columns: readonly ColumnPair[],
	one: readonly Value[] | null,
	other: readonly Value[] | null,
): boolean {
	if (one === null || other === null) return one === other;
	return columns.every((pair, index) => sameValue(pair, one[index] ?? null, other[index] ?? null));
}
