import { FindingSet } from '../../text/finding.ts';
import { type Applying, idOf, type RefusedRow } from '../attempt/apply-state.ts';
import { StrandedRows } from '../attempt/signals.ts';
import { askForMore } from '../constraints/explain-refusal.ts';
import { lockInOrder } from '../rows/read.ts';
import { straighten } from '../side-effects/before-triggers.ts';
import { keepEffects, mayHaveEffects, takeEffects } from '../side-effects/effects.ts';
import type { Written } from './outcome.ts';
import { refuse, runStatements, statementsFor, toLockBeforehand } from './run-statements.ts';

/** Rounds after which triggers that write to each other's tables are left to themselves. */
const rounds = 10;

/**
 * Writes rows to the target inside the transaction that is open on its connection, and sees to what
 * the target does by itself meanwhile, until it has nothing to add: a row that it changed is written
 * again, which may make it change others, or clear the way for a row that was blocked.
 * @throws SyncError when the transaction as a whole has failed (`busy`, `unreachable`)
 * @throws RefusedTable where the target takes no row of a table
 * @throws BlockingRows where rows have to travel along
 * @throws CascadedRows where rows with changes of their own were deleted with others
 * @throws StrandedRows where rows that were set aside are refused
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
		notes.add(...(await straighten(state, outcome.written)));
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
