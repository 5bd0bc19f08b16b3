import { FindingSet } from '../../text/finding.ts';
import { type Applying, idOf, type RefusedRow } from '../attempt/apply-state.ts';
import { StrandedRows } from '../attempt/signals.ts';
import { askForMore } from '../constraints/explain-refusal.ts';
import { lockInOrder } from '../rows/read.ts';
import { restoreOverwritten } from '../side-effects/before-triggers.ts';
import { keepEffects, mayHaveEffects, takeEffects } from '../side-effects/effects.ts';
import type { Written } from './outcome.ts';
import { refuse, runStatements, statementsFor, toLockBeforehand } from './run-statements.ts';

/** Most rounds for triggers that write to each other's tables. */
const rounds = 10;

/**
 * Writes rows in the target's open transaction and handles the side effects on the target, until none are
 * left: a row that the target changed is written again, which may change further rows or unblock others.
 * @throws SyncError if the whole transaction failed (`busy`, `unreachable`)
 * @throws RefusedTable if the target rejects every row of a table
 * @throws BlockingRows if further rows must be transferred together with these
 * @throws CascadedRows if rows with their own changes were deleted by a cascade
 * @throws StrandedRows if rows that were set aside were refused
 */
export async function writeRows(state: Applying): Promise<Written> {
	const refused: RefusedRow[] = [];
	const notes = new FindingSet();
	const own = new Set(state.writes.keys());
	const left = new Set(state.staying);
	await lockInOrder(state.target, toLockBeforehand(state.writes));
	let waiting = statementsFor(state, own);
	for (let round = 0; waiting.length > 0; round += 1) {
		const outcome = await runStatements(state, waiting);
		notes.add(...(await restoreOverwritten(state, outcome.written)));
		const turnedDown = outcome.refused;
		for (const { row } of turnedDown) left.add(idOf(row));
		const again =
			mayHaveEffects(own) && round < rounds ? await takeEffects(state, left) : new Map();
		if (again.size === 0) {
			if (outcome.blocked.length > 0) await askForMore(state, outcome.blocked);
			for (const blocked of outcome.blocked) turnedDown.push(...(await refuse(state, blocked)));
		}
		for (const one of turnedDown) {
			if (own.has(one.row)) refused.push(one);
			else await keepEffects(state, [one.row]);
		}
		if (again.size === 0) break;
		addWrites(state, again);
		waiting = [
			...statementsFor(state, again.keys()),
			...outcome.blocked.map(({ statement }) => statement),
		];
	}
	const stranded = refused.map(({ row }) => row).filter((row) => state.aside.has(row));
	if (stranded.length > 0) throw new StrandedRows(stranded);
	return { refused, notes: notes.all, kept: state.kept };
}

function addWrites(state: Applying, again: Applying['writes']): void {
	for (const [row, values] of again) {
		state.writes.set(row, values);
		state.byId.set(idOf(row), row);
		state.written.delete(row);
	}
}
