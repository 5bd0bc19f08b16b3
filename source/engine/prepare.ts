import { triggerState } from '../capture/triggers.ts';
import {
	directions,
	type PairConfig,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../config/types.ts';
import { quoteString } from '../database/literals.ts';
import { oneLine } from '../database/one-line.ts';
import { notesOn, type TablePair } from '../database/table-pair.ts';
import { changeLogTable } from '../database/tracked-table.ts';
import { findStray } from '../transfer/stray.ts';
import type { Connections } from './connections.ts';
import { concerns, describeFailures, installPair, type SideInstallation } from './installation.ts';
import { findOldKeys, skipOldKeys } from './old-key.ts';
import { notInstalled } from './own-tables.ts';
import { matchTables, type SideSurvey, surveySide } from './survey.ts';
import { rememberPeers } from './upkeep.ts';

/** What a run starts from. */
export interface Prepared {
	tables: TablePair[];
	/** What was installed, in words. */
	installed: string[];
	/** Which tables are left out, and which may not carry every row, in words. */
	skipped: string[];
	/** What could not be installed, and what is missing although it was there, in words. */
	missing: string[];
}

/**
 * Sees to it that both ends can capture: with `auto_install`, the change log and the triggers of
 * tables that were not `known` before are installed, and triggers that no longer fit their table are
 * replaced. Triggers of a known table that have gone since were dropped by somebody: that is told,
 * not undone.
 * @throws SyncError `not_installed` if there is no change log and it is not to be created
 */
export async function prepare(
	connections: Connections,
	pair: PairConfig,
	known: ReadonlySet<string>,
): Promise<Prepared> {
	const before = await survey(connections);
	const matched = matchTables(pair, before);
	const oldKeys = await findOldKeys(connections, pair, matched, before);
	const tables = skipOldKeys(matched, oldKeys);
	const skipped = tables.flatMap(describeDrift);
	const logs = sides.filter((side) => before[side].changeLog !== 'complete');
	const lacking = sides.flatMap((side) =>
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
	if (pair.autoInstall && known.size === 0 && (logs.length > 0 || lacking.length > 0)) {
		const { installed, missing } = inWords(await installPair(connections, pair));
		return {
			tables,
			skipped,
			installed,
			missing: [...missing, ...(await atRest())],
		};
	}
	for (const side of logs) {
		throw notInstalled(`the change log is ${before[side].changeLog}`).at({ pair: pair.name, side });
	}
	const installed: string[] = [];
	const missing: string[] = [];
	// What is stale was not dropped by anybody: the table is another one than it was.
	const due = tables.filter(
		(other) =>
			!known.has(other.name) ||
			lacking.some(({ table, state }) => state === 'stale' && concerns(table, other)),
	);
	for (const { name } of pair.autoInstall ? due : []) {
		if (!lacking.some(({ table }) => table.name === name)) continue;
		const words = inWords(await installPair(connections, pair, name));
		installed.push(...words.installed);
		missing.push(...words.missing);
	}
	for (const { side, table } of lacking) {
		if (pair.autoInstall && due.some((other) => concerns(table, other))) continue;
		missing.push(
			`${side}, table ${table.name}: its triggers are gone or out of date, so its changes are not captured; press \`i\`, or run \`mysql-sync-tui install --table ${table.name}\``,
		);
	}
	missing.push(...(await atRest()));
	return { tables, installed, skipped, missing };
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
