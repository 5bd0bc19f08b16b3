/**
 * Uptake: what happens to the rows that a table had before it was tracked. Triggers capture only later
 * changes, so existing rows would never be transferred, without notice. When a table is first tracked (see
 * the register), its two sides are therefore compared once: if one is empty, the rows of the other are
 * queued; if both have rows, the counts are reported. A table whose capture was interrupted is taken up
 * again, but with more care: its older rows may have been deleted on purpose, so only those of a recreated
 * table are queued.
 */

import {
	noteCapture,
	noteDefiner,
	noteDropped,
	type Registered,
	settleTables,
	tableGone,
} from '../../changelog/tables/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { endsTransaction } from '../../database/connection/errors.ts';
import { limitOf } from '../../database/connection/transaction-limits.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { countUpTo, emptyTables } from '../../database/rows/row-counts.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { asSyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import { rowsFinding } from '../api/rows-messages.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import { tablesToCompare } from '../survey/interruption-findings.ts';
import { matchTables, type SideSurvey, surveyBoth } from '../survey/survey.ts';
import { chunkRows, queueRows } from './backfill.ts';
import { type Carried, carriedTables, changedOn, enter, reenter } from './carried.ts';
import { decideAgain, isToCompare, settleEqual, withholdOf } from './retaken.ts';
import { type BothHold, bothSidesHeld, existingRowsQueued } from './uptake-findings.ts';

/** The existing rows of a table on one side that are being queued for the other. */
export interface Fill {
	side: Side;
	name: string;
	ends: Record<Side, TrackedTable>;
	so: Registered;
	/** Rows in one transaction, after the server has refused larger ones. */
	most?: number;
}

export interface Uptake {
	/** What was done, in words. */
	told: Finding[];
	/** Warnings, in words. */
	warnings: Finding[];
	/** The tables whose sides a person has to compare, in words; reported until that is done. */
	open: Finding[];
	/** The rows to queue, parents before children. */
	fills: Fill[];
}

/** Most rows of a table that are counted. */
const countedRows = 100_000;

/**
 * Takes up tables that are new to the pair, and those whose capture was interrupted. Does nothing if there is
 * no register yet.
 */
export async function takeUp(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	surveys: Record<Side, SideSurvey>,
): Promise<Uptake> {
	const uptake: Uptake = { told: [], warnings: [], open: [], fills: [] };
	if (!surveys.local.register || !surveys.cloud.register) return uptake;
	uptake.warnings.push(...(await withholdOf(connections, pair, tables, surveys)));
	const carried = carriedTables(pair, tables, surveys);
	await noteDefiners(connections, pair, carried);
	await noteCaptures(connections, pair, carried);
	await noteDroppedTables(connections, pair, surveys);
	const isInterrupted = ({ interrupted }: Carried) => sides.some((side) => interrupted[side]);
	const isOpen = (table: Carried) =>
		isInterrupted(table) || sides.some((side) => table.entered[side]?.state !== 'settled');
	const open = carried.filter(isOpen);
	if (open.length === 0) return uptake;
	const interrupted = open.filter(isInterrupted);
	const fresh = open.filter(
		(table) => !isInterrupted(table) && sides.every((side) => !table.entered[side]),
	);
	const decided = await decideFill(connections, pair, fresh);
	uptake.told.push(...decided.told, ...(await decideAgain(connections, pair, interrupted)));
	uptake.warnings.push(...decided.warnings);
	const rest = open.filter((table) => !fresh.includes(table) && !interrupted.includes(table));
	await repair(connections, pair, rest);
	let now = await surveyBoth(connections, pair);
	const toCompare = carriedTables(pair, tables, now).filter(isToCompare);
	const equal = await settleEqual(connections, pair, toCompare);
	if (equal.length > 0) {
		uptake.told.push(rowsFinding('sides_equal', {}, { tables: equal }));
		now = await surveyBoth(connections, pair);
	}
	uptake.open.push(...tablesToCompare(pair, now, tables));
	const fills = carriedTables(pair, tables, now).flatMap(({ name, ends, entered }) =>
		sides.flatMap((side) => {
			const so = entered[side];
			return so?.state === 'filling' ? [{ side, name, ends, so }] : [];
		}),
	);
	return { ...uptake, fills: parentsFirst(fills) };
}

/**
 * Registers tables that were tracked before there was a register: their existing rows were handled long ago.
 * Tables whose rows are being queued according to the register of one side are skipped.
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

/** Milliseconds after which queuing rows yields to moving changes. */
const fillTime = 1000;

/** The progress of queuing existing rows. */
export interface Filled {
	done: boolean;
	left: Fill[];
	/** Reports of the finished tables, in words. */
	told: Finding[];
	/** Reports of the failed tables, which the next run retries, in words. */
	failed: Finding[];
}

/** Queues existing rows for about a second. */
export async function fill(
	connections: Connections,
	pair: PairConfig,
	fills: readonly Fill[],
	stopped: () => boolean,
): Promise<Filled> {
	const told: Finding[] = [];
	const failed: Finding[] = [];
	const left = [...fills];
	const start = performance.now();
	for (let next = left[0]; next !== undefined; next = left[0]) {
		if (stopped() || performance.now() - start > fillTime) break;
		const { side, name, ends, so, most = chunkRows } = next;
		const other = otherSide(side);
		const peers = { [side]: pair[other].nodeId, [other]: pair[side].nodeId };
		try {
			const peer = pair[other].nodeId;
			const reached = await queueRows(connections[side], peer, ends[side], so, most);
			if (reached !== null) {
				left[0] = { ...next, so: reached };
				continue;
			}
		} catch (thrown) {
			const error = asSyncError(thrown);
			const isTooLarge = limitOf(error) !== null;
			if (isTooLarge && most > 1) {
				left[0] = { ...next, most: Math.ceil(most / 2) };
				continue;
			}
			if (endsTransaction(error) && !isTooLarge) throw error;
			// A failed table must not stop the others.
			const { message } = error;
			failed.push(rowsFinding('existing_rows_queue_failed', { side, table: name }, { message }));
			left.shift();
			continue;
		}
		// The other side first: it would otherwise restart the queuing.
		for (const each of [other, side]) {
			await settleTables(connections[each], peers[each] ?? '', [ends[each].name]);
		}
		const facts = { rows: so.entries };
		told.push(rowsFinding('existing_rows_queue_done', { side, table: name }, facts));
		left.shift();
	}
	return { done: left.length === 0, left, told, failed };
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

/** Registers triggers that were replaced without a gap, and altered tables. */
async function noteCaptures(
	connections: Connections,
	pair: PairConfig,
	carried: readonly Carried[],
): Promise<void> {
	for (const side of sides) {
		for (const { ends, entered, captures, interrupted } of carried) {
			const known = entered[side];
			const { captured, createdAt } = captures[side];
			if (!known || interrupted[side]) continue;
			if (known.captured === captured && known.createdAt === createdAt) continue;
			const entry = { name: ends[side].name, captured, createdAt };
			await noteCapture(connections[side], pair[otherSide(side)].nodeId, entry);
		}
	}
}

/** Registers that tables are gone, so that a table of the same name counts as recreated. */
async function noteDroppedTables(
	connections: Connections,
	pair: PairConfig,
	surveys: Record<Side, SideSurvey>,
): Promise<void> {
	for (const side of sides) {
		const { tables, register } = surveys[side];
		const present = new Set(tables.map(({ name }) => name));
		const gone = [...(register ?? [])].flatMap(([name, { createdAt }]) =>
			present.has(name) || createdAt === null || createdAt === tableGone ? [] : name,
		);
		await noteDropped(connections[side], pair[otherSide(side)].nodeId, gone);
	}
}

/** Decides what happens to the existing rows of new tables. */
async function decideFill(
	connections: Connections,
	pair: PairConfig,
	fresh: readonly Carried[],
): Promise<Pick<Uptake, 'told' | 'warnings'>> {
	if (fresh.length === 0) return { told: [], warnings: [] };
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
	const told: Finding[] = [];
	const both: Carried[] = [];
	const settled: Carried[] = [];
	const filled: Record<Side, Carried[]> = { local: [], cloud: [] };
	for (const table of fresh) {
		const isEmpty = (side: Side) => empty[side].has(table.ends[side]);
		const [emptySide] = sides.filter(isEmpty);
		if (sides.every(isEmpty)) settled.push(table);
		else if (emptySide === undefined) both.push(table);
		// Its rows were deleted after its triggers were created: the other side must delete them too.
		else if (emptied[emptySide].has(table.ends[emptySide].name)) both.push(table);
		else filled[otherSide(emptySide)].push(table);
	}
	for (const side of sides) {
		const other = otherSide(side);
		await enter(connections, pair, side, filled[side], 'filling');
		await enter(connections, pair, other, filled[side], 'awaiting');
		if (filled[side].length > 0)
			told.push(
				existingRowsQueued(
					side,
					filled[side].map(({ name }) => name),
				),
			);
	}
	const warned = bothSidesHeld(await countRowsOf(connections, both), countedRows);
	for (const side of ['cloud', 'local'] as const) {
		await enter(connections, pair, side, [...settled, ...both], 'settled');
	}
	return { told: [...told, ...warned.told], warnings: warned.warnings };
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
	}));
}

/** Reconciles the registers of both sides if one is behind or was lost. */
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
				await reenter(connections, pair, other, [table], 'filling');
			}
			if (mine === undefined && theirs === 'filling') {
				await enter(connections, pair, side, [table], 'awaiting');
			}
			const isDecided = theirs === 'settled' || theirs === 'replaced' || theirs === 'gap';
			if (mine === 'awaiting' && isDecided) {
				await settleTables(connections[side], peer, [name]);
			}
			if (mine === undefined && isDecided) {
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
