/**
 * Rows of the target that a deletion takes along (ON DELETE CASCADE) though an application changed them
 * there since both sides agreed. They are not lost without a word: the deletion is contested by them,
 * and whatever becomes of it holds for all that goes with it.
 */
import type { Connection } from '../database/connection.ts';
import { idOf } from './applying.ts';
import { type DirtyRow, type Row, rowId } from './collapse.ts';
import type { Deciding, Decision, Given, Settled } from './deciding.ts';
import { type Change, fetchPendingOf } from './pending.ts';
import { groupByRoute } from './read.ts';
import { cascadingParentsOf } from './relatives.ts';

/** Signals that the target deleted rows that have changes of their own: all is rolled back. */
export class TakenRows extends Error {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows with changes of their own would be deleted with others');
		this.rows = rows;
	}
}

/** A row that a deletion would take along. */
export interface Taken {
	row: Row;
	/** Its changes on the target that are pending for the source. */
	theirs: Change[];
	/** The deletions of the batch that would take it along, the topmost of each chain. */
	roots: readonly DirtyRow[];
}

/** Finds what takes rows along. Without a root it was a trigger of the application's that deleted them. */
export async function findTaken(deciding: Deciding, rows: readonly Row[]): Promise<Taken[]> {
	if (rows.length === 0) return [];
	const { source, target } = deciding;
	const changes = await pendingById(target, rows, source.end.nodeId);
	const rootsOf = await rootsAbove(deciding, rows);
	return rows.map((row) => {
		const id = idOf(row);
		return { row, theirs: changes.get(id) ?? [], roots: rootsOf(id) };
	});
}

/** From the weakest to the strongest: what holds one row of a chain holds all of it. */
const strength: readonly Decision[] = ['same', 'apply', 'yield', 'hold'];

/**
 * Lets one decision hold for a row and for all that would be deleted with it, and enters what else of
 * the batch that concerns. Resolves to the rows that go although the target has changed them.
 * @param ruled roots that a person has decided
 */
export async function decideTaken(
	deciding: Deciding,
	taken: readonly Taken[],
	settled: Map<DirtyRow, Settled>,
	ruled: ReadonlySet<DirtyRow>,
): Promise<Given> {
	const byId = new Map([...settled].map(([row, one]) => [idOf(row), one]));
	const decisionOf = (root: DirtyRow) => settled.get(root)?.decision ?? 'apply';
	for (let changed = true; changed; ) {
		changed = false;
		for (const { row, roots } of taken) {
			const decisions = [byId.get(idOf(row))?.decision ?? 'apply', ...roots.map(decisionOf)];
			const strongest = strongestOf(decisions);
			for (const root of roots) {
				const one = settled.get(root);
				if (!one || ruled.has(root) || one.decision === strongest) continue;
				one.decision = strongest;
				changed = true;
			}
		}
	}
	const given: Given = new Map();
	for (const { row, theirs, roots } of taken) {
		if (roots.length > 0 && !roots.some((root) => decisionOf(root) === 'apply')) continue;
		const own = byId.get(idOf(row));
		if (own) own.decision = 'apply';
		else given.set(row, theirs);
	}
	const roots = taken.flatMap((one) => one.roots);
	const kept = new Set(roots.filter((root) => decisionOf(root) !== 'apply'));
	for (const { row, above } of await findBound(deciding, kept)) {
		const own = settled.get(row);
		const decision = strongestOf(above.map(decisionOf)) === 'hold' ? 'wait' : 'yield';
		if (own && own.decision !== 'apply') continue;
		settled.set(row, { theirs: [], atSource: null, ...own, decision, sendBack: !own });
	}
	return given;
}

function strongestOf(decisions: readonly Decision[]): Decision {
	return decisions.reduce((one, other) =>
		strength.indexOf(other) > strength.indexOf(one) ? other : one,
	);
}

/** The rows of the batch that are deleted, and would be by the deletion of one of the roots too. */
async function findBound(
	deciding: Deciding,
	roots: ReadonlySet<DirtyRow>,
): Promise<{ row: DirtyRow; above: readonly DirtyRow[] }[]> {
	if (roots.size === 0) return [];
	const deleted = [...deciding.current].flatMap(([row, values]) =>
		values === null && !roots.has(row) ? row : [],
	);
	const rootsOf = await rootsAbove(deciding, deleted);
	return deleted
		.map((row) => ({ row, above: rootsOf(idOf(row)).filter((root) => roots.has(root)) }))
		.filter(({ above }) => above.length > 0);
}

/** The changes of rows that are pending for a node, by `idOf`, the oldest first. */
export async function pendingById(
	target: Connection,
	rows: readonly Row[],
	sourceNode: string,
): Promise<Map<string, Change[]>> {
	const tables = [...groupByRoute(rows).keys()].map((route) => route.target.name);
	const rowKeys = [...new Set(rows.map(({ rowKey }) => rowKey))];
	const byId = new Map<string, Change[]>();
	for (const change of await fetchPendingOf(target, sourceNode, tables, rowKeys)) {
		const id = rowId(change.table, change.rowKey ?? '');
		byId.set(id, [...(byId.get(id) ?? []), change]);
	}
	return byId;
}

async function rootsAbove(
	deciding: Deciding,
	rows: readonly Row[],
): Promise<(id: string) => DirtyRow[]> {
	const deleted = new Map<string, DirtyRow>();
	for (const [row, values] of deciding.current) if (values === null) deleted.set(idOf(row), row);
	const parents = new Map<string, readonly string[]>();
	for (let level = rows; level.length > 0; ) {
		const found = await cascadingParentsOf(deciding, level);
		for (const row of level) parents.set(idOf(row), (found.get(idOf(row)) ?? []).map(idOf));
		const next = new Map([...found.values()].flat().map((row) => [idOf(row), row]));
		level = [...next].flatMap(([id, row]) => (parents.has(id) ? [] : row));
	}
	// Rows can refer to each other in a circle.
	const rootsOf = (id: string, below: ReadonlySet<string>): DirtyRow[] =>
		(parents.get(id) ?? [])
			.filter((parent) => !below.has(parent))
			.flatMap((parent) => {
				const above = rootsOf(parent, new Set([...below, parent]));
				const own = deleted.get(parent);
				return above.length > 0 || !own ? above : [own];
			});
	return (id) => [...new Set(rootsOf(id, new Set([id])))];
}
