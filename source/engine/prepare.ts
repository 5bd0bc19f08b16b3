import { readMarks } from '../capture/marks.ts';
import { asideName } from '../capture/noted-key.ts';
import { standElsewhere, triggerState } from '../capture/triggers.ts';
import {
	directions,
	type PairConfig,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../config/types.ts';
import { statementLogError } from '../database/binary-log.ts';
import { quoteString } from '../database/literals.ts';
import { oneLine } from '../database/one-line.ts';
import { notesOn, type TablePair } from '../database/table-pair.ts';
import { changeLogTable } from '../database/tracked-table.ts';
import { findStray } from '../transfer/stray.ts';
import type { Connections } from './connections.ts';
import { holdBackReferring } from './held-back.ts';
import { concerns, describeFailures, installPair, type SideInstallation } from './installation.ts';
import { findOldKeys, skipOldKeys } from './old-key.ts';
import { notInstalled } from './own-tables.ts';
import { definedAnew, matchTables, type SideSurvey, surveySide } from './survey.ts';
import { rememberPeers } from './upkeep.ts';
import { touchRows } from './vanished-text.ts';

/** What a run starts from. */
export interface Prepared {
	tables: TablePair[];
	/** What the next preparation is told of them. */
	known: ReadonlySet<string>;
	/** What was installed, in words. */
	installed: string[];
	/** Where changes may have been made between the old triggers and those installed now, in words. */
	uncaptured: string[];
	/** Which tables are left out, and which may not carry every row, in words. */
	skipped: string[];
	/** What could not be installed, and what is missing although it was there, in words. */
	missing: string[];
}

/** The tables that each side has, as the next preparation is told of them. */
function knownTables(tables: readonly TablePair[]): Set<string> {
	return new Set(
		tables.flatMap((table) =>
			sides.filter((side) => table.sides[side]).map((side) => knownId(side, table)),
		),
	);
}

function knownId(side: Side, { name }: TablePair): string {
	return `${side}\n${name}`;
}

/**
 * Sees to it that both ends can capture: with `auto_install`, the change log and the triggers of
 * tables that were not `known` on that side before are installed, and triggers that no longer fit their
 * table are replaced, also where another table was put in the place of one, and the triggers went with
 * that. Triggers of a known table that have gone since were dropped by somebody: that is told, not undone.
 * @throws SyncError `not_installed` if there is no change log and it is not to be created
 */
export async function prepare(
	connections: Connections,
	pair: PairConfig,
	known: ReadonlySet<string>,
): Promise<Prepared> {
	const before = await survey(connections);
	for (const side of sides) if (before[side].isStatementLog) throw statementLogError(side);
	const matched = matchTables(pair, before);
	const oldKeys = await findOldKeys(connections, pair, matched, before);
	const fitting = skipOldKeys(matched, oldKeys);
	const tables = await holdBackReferring(connections, pair, fitting, before);
	const skipped = tables.flatMap(describeDrift);
	const logs = sides.filter((side) => before[side].changeLog !== 'complete');
	const lacking: Lacking[] = sides.flatMap((side) =>
		tables.flatMap((table) => {
			const state = triggerState(table.sides[side], pair[side].nodeId, before[side].triggers);
			const held = oldKeys.some(
				(old) => old.side === side && old.table === table.name && old.reason,
			);
			return (state === 'missing' || state === 'stale') && !held ? [{ side, table, state }] : [];
		}),
	);
	const atRest = async () => [
		...(await strays(connections, pair, before)),
		...(await rememberPeers(connections, pair)),
	];
	const unseen = sides.flatMap((side) =>
		[...definedAnew(before[side])].map((name) => ({ side, name })),
	);
	if (unseen.length > 0 && logs.length === 0) {
		// What is not seen would be taken for missing. All is looked after as now when it is seen.
		const dropped = lacking.filter(
			({ side, table, state }) => state === 'missing' && known.has(knownId(side, table)),
		);
		return {
			tables,
			known,
			skipped,
			installed: [],
			uncaptured: [],
			missing: [...unseen.map(describeUnseen), ...dropped.map(describeGone), ...(await atRest())],
		};
	}
	if (pair.autoInstall && known.size === 0 && (logs.length > 0 || lacking.length > 0)) {
		const uncaptured = await gaps(connections, pair, lacking);
		const { installed, missing } = inWords(await installPair(connections, pair));
		return {
			tables,
			known: knownTables(tables),
			skipped,
			installed,
			uncaptured,
			missing: [...missing, ...(await atRest())],
		};
	}
	for (const side of logs) {
		throw notInstalled(`the change log is ${before[side].changeLog}`).at({ pair: pair.name, side });
	}
	const installed: string[] = [];
	const missing: string[] = [];
	const isNew = (side: Side, table: TablePair) =>
		table.sides[side] !== null && !known.has(knownId(side, table));
	// What is stale or stands elsewhere was not dropped by anybody: the table is another one than it was.
	const isAnother = ({ side, table, state }: Lacking) =>
		state === 'stale' ||
		standElsewhere(table.sides[side], pair[side].nodeId, before[side].triggers);
	const due = tables.filter(
		(other) =>
			sides.some((side) => isNew(side, other)) ||
			lacking.some((found) => isAnother(found) && concerns(found.table, other)),
	);
	const uncaptured = pair.autoInstall
		? await gaps(
				connections,
				pair,
				lacking.filter(({ table }) => due.includes(table)),
			)
		: [];
	for (const { name } of pair.autoInstall ? due : []) {
		if (!lacking.some(({ table }) => table.name === name)) continue;
		const words = inWords(await installPair(connections, pair, name));
		installed.push(...words.installed);
		missing.push(...words.missing);
	}
	for (const { side, table } of lacking) {
		if (pair.autoInstall && due.some((other) => concerns(table, other))) continue;
		missing.push(describeGone({ side, table }));
	}
	missing.push(...(await atRest()));
	return { tables, known: knownTables(tables), installed, uncaptured, skipped, missing };
}

function describeGone({ side, table: { name } }: Pick<Lacking, 'side' | 'table'>): string {
	return `${side}, table ${name}: its triggers are gone or out of date, so its changes are not captured; press \`i\`, or run \`mysql-sync-tui install --table ${name}\``;
}

function describeUnseen({ side, name }: { side: Side; name: string }): string {
	return oneLine(
		`${side}, table ${name}: another session is creating or altering it; triggers are looked after at the next run`,
	);
}

/** Triggers that a table of a side lacks, in whole or in part. */
interface Lacking {
	side: Side;
	table: TablePair;
	state: 'missing' | 'stale';
}

/**
 * Tables that were captured before and whose triggers were gone, in words: what was changed meanwhile
 * is not in the log. That a table was captured is told by the marks that the pair has of it.
 */
async function gaps(
	connections: Connections,
	pair: PairConfig,
	lacking: readonly Lacking[],
): Promise<string[]> {
	const gone = lacking.filter(({ state }) => state === 'missing');
	if (gone.length === 0) return [];
	const marks = await readMarks(connections.local, pair.cloud.nodeId);
	const marked = new Set((marks ?? []).map(({ table }) => table));
	return gone.flatMap(({ side, table: { name, sides: ends } }) => {
		const table = ends[side];
		if (!table || !marked.has(name)) return [];
		return oneLine(
			`${side}, table ${name}: its triggers were gone, and what was changed there meanwhile was not captured; to carry all its rows over, on ${side}: ${touchRows(table)}`,
		);
	});
}

/** Changes that wait although their table is not there any more, in words. */
async function strays(
	connections: Connections,
	pair: PairConfig,
	surveys: Record<Side, SideSurvey>,
): Promise<string[]> {
	const words: string[] = [];
	for (const direction of directions) {
		const side = sourceSide(direction);
		const { tables, changeLog, foldsTableNames } = surveys[side];
		if (changeLog !== 'complete') continue;
		const names = tables.map(({ name }) => (foldsTableNames ? name.toLowerCase() : name));
		const found = await findStray(connections[side], pair[targetSide(direction)].nodeId, names);
		for (const { table, changes } of found) {
			const here = `WHERE table_name = ${quoteString(table)}`;
			const rekeyed = tables.find(({ name }) => asideName(name) === table);
			if (rekeyed) {
				words.push(
					`${side}: changes of ${rekeyed.name} wait (${changes}) that name rows by key columns it has no more; if these were only renamed, on ${side}: UPDATE ${changeLogTable} SET table_name = ${quoteString(rekeyed.name)} ${here}; or to give them up: DELETE FROM ${changeLogTable} ${here}`,
				);
				continue;
			}
			words.push(
				`${side}: changes of ${table} wait (${changes}), and there is no such table any more; if it was renamed, on ${side}: UPDATE ${changeLogTable} SET table_name = '<its new name>' ${here}; if it was dropped: DELETE FROM ${changeLogTable} ${here}`,
			);
		}
	}
	return words.map(oneLine);
}

/** What keeps a table's rows from being carried over, or some of them, in words. */
function describeDrift(table: TablePair): string[] {
	const { name, skippedReason } = table;
	if (skippedReason !== null) return [`${name} is skipped: ${skippedReason}`];
	return notesOn(table).map((words) => `${name}: ${words}`);
}

async function survey(connections: Connections): Promise<Record<'local' | 'cloud', SideSurvey>> {
	const [local, cloud] = await Promise.all([
		surveySide(connections.local),
		surveySide(connections.cloud),
	]);
	return { local, cloud };
}

function inWords(
	report: Record<'local' | 'cloud', SideInstallation>,
): Pick<Prepared, 'installed' | 'missing'> {
	const installed: string[] = [];
	const missing: string[] = [];
	for (const side of sides) {
		const { change_log, installed: tables, failed } = report[side];
		if (change_log !== 'present') installed.push(`${side}: change log ${change_log}`);
		if (tables.length > 0) installed.push(`${side}: triggers installed on ${tables.join(', ')}`);
		missing.push(...describeFailures(failed).map((words) => `${side}: ${words}`));
	}
	return { installed, missing };
}
