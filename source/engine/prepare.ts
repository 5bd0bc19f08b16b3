import { triggerState } from '../capture/triggers.ts';
import { type PairConfig, sides } from '../config/types.ts';
import type { TablePair } from '../database/table-pair.ts';
import { SyncError } from '../errors.ts';
import type { Connections } from './connections.ts';
import { concerns, describeFailures, installPair, type SideInstallation } from './installation.ts';
import { matchTables, type SideSurvey, surveySide } from './survey.ts';

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
 * tables that were not `known` before are installed. Triggers of a known table that have gone since
 * were dropped by somebody: that is told, not undone.
 * @throws SyncError `not_installed` if there is no change log and it is not to be created
 */
export async function prepare(
	connections: Connections,
	pair: PairConfig,
	known: ReadonlySet<string>,
): Promise<Prepared> {
	const before = await survey(connections);
	const tables = matchTables(pair, before);
	const skipped = tables.flatMap(describeDrift);
	const fresh = tables.filter(({ name }) => !known.has(name));
	const logs = sides.filter((side) => before[side].changeLog !== 'complete');
	const lacking = sides.flatMap((side) =>
		tables
			.filter((table) => isLacking(table, side, pair, before[side]))
			.map((table) => ({ side, table })),
	);
	if (pair.autoInstall && known.size === 0 && (logs.length > 0 || lacking.length > 0)) {
		const report = await installPair(connections, pair);
		return { tables, skipped, ...inWords(report) };
	}
	for (const side of logs) {
		throw new SyncError('not_installed', `the change log is ${before[side].changeLog}`, {
			pair: pair.name,
			side,
			hint: 'Press `i`, or run `mysql-sync-tui install`.',
		});
	}
	const installed: string[] = [];
	const missing: string[] = [];
	for (const { name } of pair.autoInstall ? fresh : []) {
		if (!lacking.some(({ table }) => table.name === name)) continue;
		const words = inWords(await installPair(connections, pair, name));
		installed.push(...words.installed);
		missing.push(...words.missing);
	}
	for (const { side, table } of lacking) {
		if (pair.autoInstall && fresh.some(({ name }) => concerns(table, name))) continue;
		missing.push(
			`${side}, table ${table.name}: its triggers are gone or out of date, so its changes are not captured`,
		);
	}
	return { tables, installed, skipped, missing };
}

/** What keeps a table's rows from being carried over, or some of them, in words. */
function describeDrift({ name, skippedReason, blocked, warnings }: TablePair): string[] {
	if (skippedReason !== null) return [`${name} is skipped: ${skippedReason}`];
	const oneWay = sides.flatMap((side) => blocked[side] ?? []);
	return [...oneWay, ...warnings].map((words) => `${name}: ${words}`);
}

async function survey(connections: Connections): Promise<Record<'local' | 'cloud', SideSurvey>> {
	const [local, cloud] = await Promise.all([
		surveySide(connections.local),
		surveySide(connections.cloud),
	]);
	return { local, cloud };
}

function isLacking(
	table: TablePair,
	side: 'local' | 'cloud',
	pair: PairConfig,
	{ triggers }: SideSurvey,
): boolean {
	const state = triggerState(table.sides[side], pair[side].nodeId, triggers);
	return state === 'missing' || state === 'stale';
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
