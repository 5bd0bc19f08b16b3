/**
 * Rows of the target that a deletion takes along (ON DELETE CASCADE) though an application changed them
 * there since both sides agreed. They are not lost without a word: the deletion is contested by them,
 * and whatever becomes of it holds for all that goes with it.
 */

import type { Change } from '../../changelog/pending.ts';
import { pendingByRow } from '../../changelog/pending-rows.ts';
import { idOf, namedAtTarget } from '../attempt/apply-state.ts';
import { cascadingParentsOf } from '../constraints/foreign-key-rows.ts';
import type { DirtyRow, Row } from '../rows/route.ts';
import type { Deciding, Decision, Given, Settled } from './policy.ts';

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
	const changes = await pendingByRow(target, source.end.nodeId, rows.map(namedAtTarget));
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
	strengthen(taken, settled, ruled);
	const given = giveUp(taken, settled);
	await bindDeletions(deciding, taken, settled);
	return given;
}

type SettledRows = ReadonlyMap<DirtyRow, Settled>;

function decisionOf(settled: SettledRows, root: DirtyRow): Decision {
	return settled.get(root)?.decision ?? 'apply';
}

/** What of the batch is decided about taken rows themselves. */
function ownOf(settled: SettledRows): ReadonlyMap<string, Settled> {
	return new Map([...settled].map(([row, one]) => [idOf(row), one]));
}

/** Gives all roots of a taken row the strongest decision of them and of the row, until that holds for all. */
function strengthen(
	taken: readonly Taken[],
	settled: SettledRows,
	ruled: ReadonlySet<DirtyRow>,
): void {
	const own = ownOf(settled);
	for (let changed = true; changed; ) {
		changed = false;
		for (const { row, roots } of taken) {
			const strongest = strongestOf([
				own.get(idOf(row))?.decision ?? 'apply',
				...roots.map((root) => decisionOf(settled, root)),
			]);
			for (const root of roots) {
				const one = settled.get(root);
				if (!one || ruled.has(root) || one.decision === strongest) continue;
				one.decision = strongest;
				changed = true;
			}
		}
	}
}

/** The taken rows that go: one of the roots is deleted, or it was a trigger. */
function giveUp(taken: readonly Taken[], settled: SettledRows): Given {
	const own = ownOf(settled);
	const given: Given = new Map();
	for (const { row, theirs, roots } of taken) {
		const goes = roots.some((root) => decisionOf(settled, root) === 'apply');
		if (roots.length > 0 && !goes) continue;
		const decided = own.get(idOf(row));
		if (decided) decided.decision = 'apply';
		else given.set(row, theirs);
	}
	return given;
}

/** Enters the deletions of the batch that are bound to a root which is not deleted. */
async function bindDeletions(
	deciding: Deciding,
	taken: readonly Taken[],
	settled: Map<DirtyRow, Settled>,
): Promise<void> {
	const roots = taken.flatMap((one) => one.roots);
	const kept = new Set(roots.filter((root) => decisionOf(settled, root) !== 'apply'));
	for (const { row, above } of await findBound(deciding, kept)) {
		const own = settled.get(row);
		if (own && own.decision !== 'apply') continue;
		const held = above.some((root) => decisionOf(settled, root) === 'hold');
		const decision = held ? 'wait' : 'yield';
		settled.set(row, { theirs: [], atSource: null, ...own, decision, sendBack: !own });
	}
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
	const roots = new Map<string, DirtyRow[]>();
	const rootsOf = (id: string): DirtyRow[] => {
		const known = roots.get(id);
		if (known) return known;
		// Rows can refer to each other in a circle.
		roots.set(id, []);
		const found = (parents.get(id) ?? []).flatMap((parent) => {
			const above = rootsOf(parent);
			const own = deleted.get(parent);
			return above.length > 0 || !own ? above : [own];
		});
		roots.set(id, [...new Set(found)]);
		return roots.get(id) ?? [];
	};
	return rootsOf;
}
