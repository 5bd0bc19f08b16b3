/**
 * What a table held before it was tracked. Triggers note what changes from then on; rows that were
 * there already would never be carried over, and nobody would know. So where a table is taken up (see
 * the register), its two sides are looked at once: where one is empty, the rows of the other are put in
 * line; where both hold rows, that is told.
 */

import { triggerState } from '../../capture/triggers.ts';
import { countPending } from '../../changelog/pending.ts';
import {
	enterTables,
	noteDefiner,
	type Registered,
	type RegisterState,
	refill,
	settleTables,
	strikeTables,
} from '../../changelog/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { endsTransaction } from '../../database/connection/errors.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { countUpTo, emptyTables } from '../../database/rows/row-counts.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { asSyncError } from '../../errors.ts';
import { oneLine } from '../../text/one-line.ts';
import { plural } from '../../text/words.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import { definedAnew, matchTables, type SideSurvey, surveyBoth } from '../survey/survey.ts';
import { putInLine } from './backfill.ts';
import { type BothHold, describeBoth, describeFill } from './uptake-text.ts';

/** Rows of a table on one side that are being put in line for the other. */
export interface Fill {
	side: Side;
	name: string;
	ends: Record<Side, TrackedTable>;
	so: Registered;
}

export interface Uptake {
	/** What was decided, in words. */
	told: string[];
	/** What a person has to look at, in words. */
	warnings: string[];
	/** What is to be put in line, parents before children. */
	fills: Fill[];
}

/** Rows of a table that are counted; a larger one has more. */
const countedRows = 100_000;

/** A table that is carried both ways, with triggers on both sides. */
interface Carried {
	name: string;
	ends: Record<Side, TrackedTable>;
	entered: Record<Side, Registered | undefined>;
	/** Who its triggers run by. */
	definers: Record<Side, string | null>;
}

/** Takes up the tables that are new to the pair. Nothing where there is no register yet. */
export async function takeUp(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<Uptake> {
	const uptake: Uptake = { told: [], warnings: [], fills: [] };
	if (!surveys.local.register || !surveys.cloud.register) return uptake;
	await strikeGone(connections, pair, surveys);
	const carried = carriedTables(pair, tables, surveys);
	await noteDefiners(connections, pair, carried);
	const isOpen = ({ entered: { local, cloud } }: Carried) =>
		local?.state !== 'settled' || cloud?.state === 'filling';
	const open = carried.filter(isOpen);
	if (open.length === 0) return uptake;
	const fresh = open.filter(({ entered }) => !entered.local && !entered.cloud);
	const decided = await decideFill(connections, pair, fresh);
	uptake.told.push(...decided.told);
	uptake.warnings.push(...decided.warnings);
	await repair(
		connections,
		pair,
		open.filter((table) => !fresh.includes(table)),
	);
	const after = decided.changed || open.length > fresh.length;
	const now = after
		? carriedTables(pair, tables, await surveyBoth(connections, pair)).filter(isOpen)
		: open;
	const fills = now.flatMap(({ name, ends, entered }) =>
		sides.flatMap((side) => {
			const so = entered[side];
			return so?.state === 'filling' ? [{ side, name, ends, so }] : [];
		}),
	);
	return { ...uptake, fills: parentsFirst(fills) };
}

/**
 * Enters tables that were at work before there was a register: what they hold was decided long ago.
 * Those whose rows are being put in line, as one side's register tells, are left to that.
 */
export async function adoptExisting(
	connections: Connections,
	pair: PairConfig,
	surveys: Record<Side, SideSurvey>,
): Promise<void> {
	const carried = carriedTables(pair, matchTables(pair, surveys), surveys).filter(({ entered }) =>
		sides.every((side) => !entered[side] || entered[side].state === 'settled'),
	);
	for (const side of ['cloud', 'local'] as const) {
		await enter(connections, pair, side, carried, 'settled');
	}
}

/** Milliseconds after which what is put in line gives way to what is moved. */
const fillTime = 1000;

/** What was put in line, and what is left of it. */
export interface Filled {
	done: boolean;
	left: Fill[];
	/** Of the tables that have come to their end, in words. */
	told: string[];
	/** Of the tables that are left to the next run for what went wrong, in words. */
	failed: string[];
}

/** Puts rows in line for about a second. */
export async function fill(
	connections: Connections,
	pair: PairConfig,
	fills: readonly Fill[],
	stopped: () => boolean,
): Promise<Filled> {
	const told: string[] = [];
	const failed: string[] = [];
	const left = [...fills];
	const start = performance.now();
	for (let next = left[0]; next !== undefined; next = left[0]) {
		if (stopped() || performance.now() - start > fillTime) break;
		const { side, name, ends, so } = next;
		const other = otherSide(side);
		const peers = { [side]: pair[other].nodeId, [other]: pair[side].nodeId };
		try {
			const reached = await putInLine(connections[side], pair[other].nodeId, ends[side], so);
			if (reached !== null) {
				left[0] = { ...next, so: reached };
				continue;
			}
		} catch (thrown) {
			const error = asSyncError(thrown);
			if (endsTransaction(error)) throw error;
			// One table must not keep the others from being moved.
			failed.push(
				oneLine(
					`${side}, table ${name}: its existing rows could not be queued (tried again at the next run): ${error.message}`,
				),
			);
			left.shift();
			continue;
		}
		// The side that is told of it first: the other one would be gone on with.
		for (const each of [other, side]) {
			await settleTables(connections[each], peers[each] ?? '', [ends[each].name]);
		}
		told.push(oneLine(`${name}: ${plural(so.entries, 'row')} of ${side} queued for ${other}`));
		left.shift();
	}
	return { done: left.length === 0, left, told, failed };
}

function carriedTables(
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Carried[] {
	return tables.flatMap(({ name, sides: { local, cloud }, skippedReason }) => {
		if (!local || !cloud || skippedReason !== null) return [];
		const ends = { local, cloud };
		const isCaptured = (side: Side) =>
			triggerState(ends[side], pair[side].nodeId, surveys[side].triggers) === 'installed';
		if (!sides.every(isCaptured)) return [];
		const entered = {
			local: surveys.local.register?.get(local.name),
			cloud: surveys.cloud.register?.get(cloud.name),
		};
		const definerOn = (side: Side) =>
			surveys[side].triggers.byTable.get(ends[side].name)?.[0]?.definer ?? null;
		const definers = { local: definerOn('local'), cloud: definerOn('cloud') };
		return [{ name, ends, entered, definers }];
	});
}

/** Strikes the tables out that neither side has any more. */
async function strikeGone(
	connections: Connections,
	pair: PairConfig,
	surveys: Record<Side, SideSurvey>,
): Promise<void> {
	const isUncertain = (survey: SideSurvey) =>
		definedAnew(survey).size > 0 ||
		survey.tables.length === 0 ||
		survey.tables.some(({ rights }) => !rights.seesAll);
	if (sides.some((side) => isUncertain(surveys[side]))) return;
	const there = new Set(
		sides.flatMap((side) => surveys[side].tables.map(({ name }) => name.toLowerCase())),
	);
	for (const side of sides) {
		const names = [...(surveys[side].register?.keys() ?? [])];
		const gone = names.filter((name) => !there.has(name.toLowerCase()));
		await strikeTables(connections[side], pair[otherSide(side)].nodeId, gone);
	}
}

async function noteDefiners(
	connections: Connections,
	pair: PairConfig,
	carried: readonly Carried[],
): Promise<void> {
	for (const side of sides) {
		const changed = new Map<string, string[]>();
		for (const { ends, entered, definers } of carried) {
			const definer = definers[side];
			if (!definer || !entered[side] || entered[side].definer === definer) continue;
			changed.set(definer, [...(changed.get(definer) ?? []), ends[side].name]);
		}
		for (const [definer, names] of changed) {
			await noteDefiner(connections[side], pair[otherSide(side)].nodeId, names, definer);
		}
	}
}

/** Enters tables on a side. */
async function enter(
	connections: Connections,
	pair: PairConfig,
	side: Side,
	tables: readonly Carried[],
	state: RegisterState,
): Promise<void> {
	const entries = tables.map(({ ends, definers }) => ({
		name: ends[side].name,
		definer: definers[side],
	}));
	await enterTables(connections[side], pair[otherSide(side)].nodeId, entries, state);
}

/** Decides what becomes of what new tables hold. */
async function decideFill(
	connections: Connections,
	pair: PairConfig,
	fresh: readonly Carried[],
): Promise<Pick<Uptake, 'told' | 'warnings'> & { changed: boolean }> {
	if (fresh.length === 0) return { told: [], warnings: [], changed: false };
	const empty = {
		local: await emptyTables(
			connections.local,
			fresh.map(({ ends }) => ends.local),
		),
		cloud: await emptyTables(
			connections.cloud,
			fresh.map(({ ends }) => ends.cloud),
		),
	};
	const emptied = {
		local: await changedOn(connections, pair, 'local', fresh),
		cloud: await changedOn(connections, pair, 'cloud', fresh),
	};
	const told: string[] = [];
	const both: Carried[] = [];
	const settled: Carried[] = [];
	const filled: Record<Side, Carried[]> = { local: [], cloud: [] };
	for (const table of fresh) {
		const isEmpty = (side: Side) => empty[side].has(table.ends[side]);
		const [emptySide] = sides.filter(isEmpty);
		if (sides.every(isEmpty)) settled.push(table);
		else if (emptySide === undefined) both.push(table);
		// Somebody deleted its rows since it has triggers: they are to go on the other side too.
		else if (emptied[emptySide].has(table.ends[emptySide].name)) both.push(table);
		else filled[otherSide(emptySide)].push(table);
	}
	for (const side of sides) {
		const other = otherSide(side);
		await enter(connections, pair, side, filled[side], 'filling');
		await enter(connections, pair, other, filled[side], 'awaiting');
		if (filled[side].length > 0)
			told.push(
				describeFill(
					side,
					filled[side].map(({ name }) => name),
				),
			);
	}
	const warned = await describeBoth(await countRowsOf(connections, both));
	for (const side of ['cloud', 'local'] as const) {
		await enter(connections, pair, side, [...settled, ...both], 'settled');
	}
	return {
		told: [...told, ...warned.told],
		warnings: warned.warnings,
		changed: sides.some((side) => filled[side].length > 0),
	};
}

/** The tables with changes that wait on a side, by their names there. */
async function changedOn(
	connections: Connections,
	pair: PairConfig,
	side: Side,
	fresh: readonly Carried[],
): Promise<ReadonlySet<string>> {
	const names = new Set(fresh.map(({ ends }) => ends[side].name));
	const { byTable } = await countPending(connections[side], pair[otherSide(side)].nodeId, names);
	return new Set(byTable.keys());
}

async function countRowsOf(
	connections: Connections,
	both: readonly Carried[],
): Promise<BothHold[]> {
	const on = (side: Side) =>
		countUpTo(
			connections[side],
			both.map(({ ends }) => ends[side]),
			countedRows,
		);
	const [local, cloud] = await Promise.all([on('local'), on('cloud')]);
	return both.map(({ name, ends }) => ({
		name,
		table: ends.local,
		rows: { local: local.get(ends.local) ?? 0, cloud: cloud.get(ends.cloud) ?? 0 },
		counted: countedRows,
	}));
}

/** Brings both registers of a table to one mind where one of them is behind, or was lost. */
async function repair(
	connections: Connections,
	pair: PairConfig,
	tables: readonly Carried[],
): Promise<void> {
	for (const table of tables) {
		const { ends, entered } = table;
		for (const side of sides) {
			const other = otherSide(side);
			const [mine, theirs] = [entered[side]?.state, entered[other]?.state];
			const name = ends[side].name;
			const peer = pair[other].nodeId;
			if (mine === 'awaiting' && theirs === undefined) {
				await refill(connections[other], pair[side].nodeId, ends[other].name);
			}
			if (mine === undefined && theirs === 'filling') {
				await enter(connections, pair, side, [table], 'awaiting');
			}
			if (mine === 'awaiting' && theirs === 'settled') {
				await settleTables(connections[side], peer, [name]);
			}
			if (mine === undefined && theirs === 'settled') {
				await enter(connections, pair, side, [table], 'settled');
			}
		}
	}
}

function parentsFirst(fills: readonly Fill[]): Fill[] {
	const ordered = new Set<Fill>();
	const entered = new Set<Fill>();
	const place = (one: Fill) => {
		if (entered.has(one)) return;
		entered.add(one);
		for (const { parent } of one.ends[one.side].foreignKeys) {
			const before = fills.find(
				({ side, ends }) => side === one.side && ends[side].name === parent,
			);
			if (before) place(before);
		}
		ordered.add(one);
	};
	for (const one of fills) place(one);
	return [...ordered];
}
