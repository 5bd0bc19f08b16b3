/**
 * Uptake of tables whose capture was interrupted: recreated ones, and those that had no triggers for a while.
 */
import { capturedSince } from '../../capture/capture-stamp.ts';
import { readMarks, removeMarks } from '../../changelog/tables/marks.ts';
import {
	type Interruption,
	type RegisterState,
	settleTables,
} from '../../changelog/tables/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { emptyTables } from '../../database/rows/row-counts.ts';
import type { Finding } from '../../text/finding.ts';
import { withholdDeletions } from '../../transfer/fetch/withhold.ts';
import { rowsFinding } from '../api/rows-messages.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import { capturesOf, interruptionsOf } from '../survey/interruptions.ts';
import type { SideSurvey } from '../survey/survey.ts';
import { type Carried, changedOn, reenter } from './carried.ts';
import { holdSameRows } from './same-rows.ts';
import { existingRowsQueued } from './uptake-findings.ts';

/**
 * Discards pending changes that would be applied as deletions because their rows went with a recreated table,
 * or while it had no triggers.
 * @returns reports of what was discarded
 */
export async function withholdOf(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<Finding[]> {
	const found: Finding[] = [];
	for (const side of sides) {
		const survey = surveys[side];
		if (survey.changeLog !== 'complete') continue;
		const interruptionOf = interruptionsOf(survey);
		const captureOf = capturesOf(survey);
		for (const { sides: ends, skippedReason } of tables) {
			const table = ends[side];
			if (!table || skippedReason !== null || !interruptionOf(table.name)) continue;
			const { captured } = captureOf(table.name);
			const since = captured === null ? null : capturedSince(captured);
			const peer = pair[otherSide(side)].nodeId;
			const withheld = await withholdDeletions(connections[side], peer, table, since);
			if (withheld.rows === 0) continue;
			found.push(rowsFinding('deletions_withheld', { side, table: table.name }, { ...withheld }));
		}
	}
	return found;
}

/**
 * The reason why changes of a table on a side may have been missed, now or at an earlier look that is still
 * open.
 */
function whyOpen({ entered, interrupted }: Carried, side: Side): Interruption | null {
	const state = entered[side]?.state;
	return interrupted[side] ?? (state === 'replaced' || state === 'gap' ? state : null);
}

/** True if a person has to compare the two sides of a table. */
export function isToCompare(table: Carried): boolean {
	return sides.some((side) => whyOpen(table, side) !== null);
}

/**
 * Decides what happens to the rows of tables whose capture was interrupted. Rows are queued if the other side
 * is empty and they were added after the table was recreated; older ones may have been deleted on purpose.
 * @returns reports of what was done
 */
export async function decideAgain(
	connections: Connections,
	pair: PairConfig,
	tables: readonly Carried[],
): Promise<Finding[]> {
	if (tables.length === 0) return [];
	const on = async (side: Side) => {
		const ends = tables.map((table) => table.ends[side]);
		const empty = await emptyTables(connections[side], ends);
		return { empty, changed: await changedOn(connections, pair, side, tables) };
	};
	const found = { local: await on('local'), cloud: await on('cloud') };
	const states = (table: Carried): Record<Side, RegisterState> => {
		const isEmpty = (side: Side) => found[side].empty.has(table.ends[side]);
		if (sides.every(isEmpty)) return { local: 'settled', cloud: 'settled' };
		for (const side of sides) {
			const other = otherSide(side);
			const wasFilling = table.entered[side]?.state === 'filling' && !table.interrupted[side];
			if (!isEmpty(other) || found[other].changed.has(table.ends[other].name)) continue;
			if (!wasFilling && whyOpen(table, side) !== 'replaced') continue;
			// Its rows may have been deleted while it had no triggers.
			if (whyOpen(table, other) === 'gap') continue;
			return side === 'local'
				? { local: 'filling', cloud: 'awaiting' }
				: { local: 'awaiting', cloud: 'filling' };
		}
		return {
			local: whyOpen(table, 'local') ?? 'settled',
			cloud: whyOpen(table, 'cloud') ?? 'settled',
		};
	};
	const decided = tables.map((table) => ({ table, states: states(table) }));
	await forgetMarks(connections, pair, tables);
	// The interrupted side last: if this is cut off, the interruption is detected again.
	for (const isLast of [false, true]) {
		for (const state of ['awaiting', 'filling', 'replaced', 'gap', 'settled'] as const) {
			for (const side of sides) {
				const some = decided.filter(
					({ table, states }) =>
						states[side] === state && isLast === (table.interrupted[side] !== null),
				);
				const names = some.map(({ table }) => table);
				await reenter(connections, pair, side, names, state);
			}
		}
	}
	const told: Finding[] = [];
	for (const side of sides) {
		const of = (isWanted: (one: (typeof decided)[number]) => boolean) =>
			decided.filter(isWanted).map(({ table }) => table.name);
		const recreated = of(
			({ table, states }) => table.interrupted[side] === 'replaced' && states[side] !== 'replaced',
		);
		if (recreated.length > 0)
			told.push(rowsFinding('recreated_tables_captured', { side }, { tables: recreated }));
		const filled = of(({ states }) => states[side] === 'filling');
		if (filled.length > 0) told.push(existingRowsQueued(side, filled));
	}
	return told;
}

/** Removes the marks of the tables: they would be missed in a recreated table. */
async function forgetMarks(
	{ local }: Connections,
	pair: PairConfig,
	tables: readonly Carried[],
): Promise<void> {
	const names = new Set(tables.map(({ name }) => name));
	const marks = (await readMarks(local, pair.cloud.nodeId)) ?? [];
	await removeMarks(
		local,
		marks.filter(({ table }) => names.has(table)).map(({ id }) => id),
	);
}

/** Settles the tables with the same rows on both sides. Resolves to their names. */
export async function settleEqual(
	connections: Connections,
	pair: PairConfig,
	tables: readonly Carried[],
): Promise<string[]> {
	const equal: string[] = [];
	for (const { name, ends, pair: table } of tables) {
		if (!(await holdSameRows(connections, table))) continue;
		for (const side of sides) {
			await settleTables(connections[side], pair[otherSide(side)].nodeId, [ends[side].name]);
		}
		equal.push(name);
	}
	return equal;
}
