import { applyRows } from './apply.ts';
import { type Applying, idOf, type RefusedRow, startApplying } from './applying.ts';
import { keepEffects, mayHaveEffects, takeEffects } from './effects.ts';
import { straighten } from './stamps.ts';

export interface Written {
	refused: RefusedRow[];
	/** What the target does not leave as it was written, in words. */
	notes: string[];
}

/** Rounds after which triggers that write to each other's tables are left to themselves. */
const rounds = 10;

/**
 * Writes the rows and sees to what the target does by itself meanwhile, until it has nothing to add:
 * a row that it changed is written again, which may make it change others.
 * @param decided rows, by `rowId`, that stay as the target has them
 * @throws SyncError, MoreRows, StrandedRows as `applyRows` does
 */
export async function writeRows(state: Applying, decided: ReadonlySet<string>): Promise<Written> {
	const refused = await applyRows(state);
	const notes = await straighten(state, [...state.written]);
	if (!mayHaveEffects(state.writes.keys())) return { refused, notes };
	const left = new Set([...decided, ...refused.map(({ row }) => idOf(row))]);
	for (let round = 0; round < rounds; round += 1) {
		const again = await takeEffects(state, left);
		if (again.size === 0) break;
		const redo = startApplying(state, again);
		const refusedAgain = await applyRows(redo);
		notes.push(...(await straighten(redo, [...redo.written])));
		for (const { row, error } of refusedAgain) {
			left.add(idOf(row));
			if (state.writes.has(row)) refused.push({ row, error });
			else await keepEffects(state.target, [row]);
		}
	}
	return { refused, notes: [...new Set(notes)] };
}
