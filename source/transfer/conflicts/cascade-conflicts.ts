/**
 * Conflicts by cascade: a deletion of the batch would delete rows of the target (ON DELETE
 * CASCADE) that an application has changed since both sides agreed. These rows contest the
 * deletion, and one decision applies to the whole chain.
 */

import type { Change } from '../../changelog/log/pending.ts';
import { pendingByRow } from '../../changelog/log/pending-rows.ts';
import { idOf, namedAtTarget } from '../attempt/apply-state.ts';
import { cascadingParentsOf } from '../constraints/foreign-key-rows.ts';
import type { DirtyRow, Row } from '../rows/route.ts';
import type { Deciding, Decision, Losers, Settled } from './policy.ts';

/** A row of the target that a deletion of the batch cascades to. */
export interface Cascaded {
	row: Row;
	/** Its changes on the target that are pending for the source. */
	theirs: Change[];
	/** The deletions that cascade to it: the topmost of each chain. */
	roots: readonly DirtyRow[];
}

/**
 * Finds the deletions that cascade to the rows. A row without a root was deleted by an application trigger.
 */
export async function findCascaded(deciding: Deciding, rows: readonly Row[]): Promise<Cascaded[]> {
	if (rows.length === 0) return [];
	const { source, target } = deciding;
	const changes = await pendingByRow(target, source.end.nodeId, rows.map(namedAtTarget));
	const rootsOf = await rootsAbove(deciding, rows);
	return rows.map((row) => {
		const id = idOf(row);
		return { row, theirs: changes.get(id) ?? [], roots: rootsOf(id) };
	});
}

/** From weakest to strongest: a row that is held holds its whole chain. */
const strength: readonly Decision[] = ['same', 'apply', 'yield', 'hold'];

/**
 * Makes one decision apply to a row and everything that would be deleted with it, and records it for the
 * other rows of the batch concerned. Resolves to the losers.
 * @param ruled roots that a person resolved
 */
export async function decideCascaded(
	deciding: Deciding,
	cascaded: readonly Cascaded[],
	settled: Map<DirtyRow, Settled>,
	ruled: ReadonlySet<DirtyRow>,
): Promise<Losers> {
	strengthen(cascaded, settled, ruled);
	const losers = findLosers(cascaded, settled);
	await bindDeletions(deciding, cascaded, settled);
	return losers;
}

type SettledRows = ReadonlyMap<DirtyRow, Settled>;

function decisionOf(settled: SettledRows, root: DirtyRow): Decision {
	return settled.get(root)?.decision ?? 'apply';
}

/** Decisions by `idOf`, to look up those of the cascaded rows themselves. */
function ownOf(settled: SettledRows): ReadonlyMap<string, Settled> {
	return new Map([...settled].map(([row, one]) => [idOf(row), one]));
}

/** Gives all roots of a cascaded row the strongest decision among them and the row, until nothing changes. */
function strengthen(
	cascaded: readonly Cascaded[],
	settled: SettledRows,
	ruled: ReadonlySet<DirtyRow>,
): void {
	const own = ownOf(settled);
	for (let changed = true; changed; ) {
		changed = false;
		for (const { row, roots } of cascaded) {
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

/** The cascaded rows that lose: one of their roots is deleted, or a trigger deletes them. */
function findLosers(cascaded: readonly Cascaded[], settled: SettledRows): Losers {
	const own = ownOf(settled);
	const losers: Losers = new Map();
	for (const { row, theirs, roots } of cascaded) {
		const goes = roots.some((root) => decisionOf(settled, root) === 'apply');
		if (roots.length > 0 && !goes) continue;
		const decided = own.get(idOf(row));
		if (decided) decided.decision = 'apply';
		else losers.set(row, theirs);
	}
	return losers;
}

/** Records decisions for other deletions of the batch below a root that is not deleted. */
async function bindDeletions(
	deciding: Deciding,
	cascaded: readonly Cascaded[],
	settled: Map<DirtyRow, Settled>,
): Promise<void> {
	const roots = cascaded.flatMap((one) => one.roots);
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

/** The deletions of the batch that deleting one of the roots would cascade to as well. */
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
		// Rows can reference each other in a cycle.
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
