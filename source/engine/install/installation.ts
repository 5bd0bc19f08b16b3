import { dropIdleProcedures, withoutProcedure } from '../../capture/entry-procedures.ts';
import { setAside } from '../../capture/stale-key.ts';
import { readTriggers } from '../../capture/trigger-inventory.ts';
import {
	installTriggers,
	standElsewhere,
	triggerState,
	uninstallTriggers,
} from '../../capture/triggers.ts';
import { dropChangeLog, ensureChangeLog } from '../../changelog/log/migrate.ts';
import { dropMarks, ensureMarks } from '../../changelog/tables/marks.ts';
import { announceInstallation, announceUninstallation } from '../../changelog/tables/register.ts';
import { dropTables } from '../../changelog/tables.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { isReferredToBy } from '../../database/catalogue/referrers.ts';
import { refuseStatementLog } from '../../database/connection/binary-log.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { unfitFinding } from '../../database/rows/unfit.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import { captureStateFinding } from '../api/capture-messages.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import { capturesOf } from '../survey/interruptions.ts';
import { refuseSharedNodeIds } from '../survey/node-ids.ts';
import { findOldKeys } from '../survey/rekeyed-tables.ts';
import { matchTables, refuseBeingAltered, surveyBoth } from '../survey/survey.ts';
import { takeUp, type Uptake } from '../uptake/uptake.ts';
import { installPatience, withInstallLock } from './install-lock.ts';
import { installRights, refuseWithoutRights } from './install-rights.ts';
import { createOwnTables } from './require-tables.ts';

/** The result of an installation on one side. */
export interface SideInstallation {
	change_log: 'present' | 'created' | 'completed';
	installed: string[];
	/** Tables whose triggers were already current. */
	unchanged: string[];
	skipped: { table: string; reason: Finding }[];
	failed: { table: string; error: SyncError }[];
	/** Warnings: what works, but not as well as it could. */
	warnings: Finding[];
}

/** Groups the failures of a side by reason: often every table fails for the same one. */
export function failedInstallations(side: Side, failed: SideInstallation['failed']): Finding[] {
	const tables = new Map<string, { names: string[]; error: SyncError }>();
	for (const { table, error } of failed) {
		const reason = error.describe();
		const names = [...(tables.get(reason)?.names ?? []), table];
		tables.set(reason, { names, error });
	}
	return [...tables.values()].map(({ names, error }) => notInstalledOn(side, names, error));
}

/** Tables that got no triggers; one that is told by itself is named by the finding. */
export function notInstalledOn(
	side: Side,
	tables: string[],
	error: SyncError,
	table: string | null = null,
): Finding {
	const { code, message, advice = null, finding } = error;
	const facts = { tables, reason: finding?.code ?? code, message, hint: advice };
	return captureStateFinding('triggers_not_installed', { side, table }, facts, finding?.cures);
}

export interface Installation extends Record<Side, SideInstallation> {
	/** What happens to existing rows of tables, in words. */
	uptake: Pick<Uptake, 'told' | 'warnings' | 'open'>;
}

/**
 * Creates or completes the change log on both sides and brings the triggers of the chosen tables up to date.
 * A table that fails does not stop the others.
 * @param names table names; all tables by default
 * @param takeOver true to replace triggers of another account, as when a person asks for it
 * @throws SyncError `usage` if the pair has no such table; `denied` if no trigger of a side would work,
 *   before anything is changed; `foreign_change_log`; `unreachable`; `busy` while another session alters a
 *   table, whose foreign keys determine the triggers of its parents, or another process installs or
 *   uninstalls; `config` if a side uses the node id of another database; `denied` if a server writes its
 *   binary log as statements
 */
export async function installPair(
	connections: Connections,
	pair: PairConfig,
	names: readonly string[] | null = null,
	takeOver = false,
): Promise<Installation> {
	return withInstallLock(connections, pair, installPatience.person, () =>
		installAlone(connections, pair, names, takeOver),
	);
}

async function installAlone(
	connections: Connections,
	pair: PairConfig,
	names: readonly string[] | null,
	takeOver: boolean,
): Promise<Installation> {
	const changeLogs: Record<Side, SideInstallation['change_log']> = {
		local: 'present',
		cloud: 'present',
	};
	await refuseSharedNodeIds(connections, pair);
	await refuseStatementLog(sides.map((side) => connections[side]));
	// Both sides are read before either is changed: a problem on one refuses the pair.
	const surveys = await surveyBoth(connections, pair);
	refuseBeingAltered(connections, surveys);
	const all = matchTables(pair, surveys);
	const only = names?.map((name) => findTable(all, pair, name));
	const tables = all.filter((entry) => only?.some((other) => concerns(entry, other)) ?? true);
	const isCurrent = (side: Side, table: TrackedTable) =>
		!takeOver && triggerState(table, pair[side].nodeId, surveys[side].triggers) === 'installed';
	const lackingOn = Object.fromEntries(
		sides.map((side) => [side, installRights(pair, side, surveys[side])]),
	) as Record<Side, ReturnType<typeof installRights>>;
	for (const side of sides) {
		const here = tables.flatMap(({ sides: ends }) => ends[side] ?? []);
		if (here.every((table) => isCurrent(side, table))) continue;
		refuseWithoutRights(here, lackingOn[side]);
	}
	for (const side of sides) changeLogs[side] = await ensureChangeLog(connections[side]);
	await ensureMarks(connections.local);
	await createOwnTables(connections, pair);
	const oldKeys = await findOldKeys(connections, pair, tables, surveys);
	const captureOf = { local: capturesOf(surveys.local), cloud: capturesOf(surveys.cloud) };
	const installSide = async (side: Side): Promise<SideInstallation> => {
		const report: SideInstallation = {
			change_log: changeLogs[side],
			installed: [],
			unchanged: [],
			skipped: [],
			failed: [],
			warnings: withoutProcedure(connections[side], surveys[side].triggers.procedures),
		};
		let inventory = surveys[side].triggers;
		for (const { name, sides: ends, skippedReason, formerName } of tables) {
			const tracked = ends[side];
			if (!tracked) {
				const reason = skippedReason ?? unfitFinding('no_table', { side, table: name }, {});
				report.skipped.push({ table: name, reason });
				continue;
			}
			const old = oldKeys.find((found) => found.table === name && found.side === side);
			const held = old?.reason ?? heldByName(side, formerName[side], tracked);
			if (held) {
				report.skipped.push({ table: name, reason: held });
				continue;
			}
			const denied = isCurrent(side, tracked) ? null : lackingOn[side](tracked);
			if (denied) {
				report.failed.push({ table: name, error: denied });
				continue;
			}
			try {
				if (old) await setAside(connections[side], tracked.name);
				const { captured } = captureOf[side](tracked.name);
				if (!isCurrent(side, tracked) && surveys[side].triggers.sees(tracked.name))
					await announceInstallation(connections[side], tracked.name, captured);
				const moved = standElsewhere(tracked, pair[side].nodeId, inventory);
				const done = await installTriggers(connections[side], tracked, inventory, takeOver);
				// By their names, the other table's outdated triggers would be taken for these.
				if (moved) inventory = await readTriggers(connections[side]);
				(done ? report.installed : report.unchanged).push(name);
			} catch (thrown) {
				const error = asSyncError(thrown);
				if (error.code === 'unreachable') throw error;
				report.failed.push({ table: name, error });
			}
		}
		return report;
	};
	const [local, cloud] = await Promise.all([installSide('local'), installSide('cloud')]);
	const after = await surveyBoth(connections, pair);
	const uptake = await takeUp(connections, pair, matchTables(pair, after), after);
	const { told, warnings, open } = uptake;
	return { local, cloud, uptake: { told, warnings, open } };
}

/** The reason why a table that was renamed on only one side keeps its triggers. */
function heldByName(side: Side, formerName: string | null, { name }: TrackedTable): Finding | null {
	if (formerName === null) return null;
	const sql = `RENAME TABLE ${quoteName(name)} TO ${quoteName(formerName)}`;
	const at = { side, table: name };
	return captureStateFinding('triggers_under_old_name', at, { formerName }, [{ side, sql }]);
}

/**
 * True if a table's triggers concern the changes of the other table: its own triggers, and those of the
 * tables that it references, which capture the effects of their foreign keys on it.
 */
export function concerns(entry: TablePair, other: TablePair): boolean {
	if (entry === other) return true;
	return sides.some((side) => {
		const name = other.sides[side]?.name ?? other.name;
		return isReferredToBy(entry.sides[side]?.referrers ?? [], name);
	});
}

/** The result of an uninstallation on one side. */
export interface SideUninstallation {
	/** Tables whose triggers were dropped. */
	uninstalled: string[];
	log_dropped: boolean;
}

export type Uninstallation = Record<Side, SideUninstallation>;

/** The scope of an uninstallation. */
export interface UninstallRequest {
	/** One table, or null for every table of the pair. */
	table: string | null;
	/** True to drop the change log too, and with it all triggers that write to it. */
	dropLog: boolean;
}

/**
 * Drops this program's triggers on both sides; those of the application stay.
 * @throws SyncError `usage` if the pair has no such table; `busy` while another session alters a table, whose
 *   triggers would be left behind, or another process installs
 */
export async function uninstallPair(
	connections: Connections,
	pair: PairConfig,
	request: UninstallRequest,
): Promise<Uninstallation> {
	return withInstallLock(connections, pair, installPatience.person, () =>
		uninstallAlone(connections, pair, request),
	);
}

async function uninstallAlone(
	connections: Connections,
	pair: PairConfig,
	{ table, dropLog }: UninstallRequest,
): Promise<Uninstallation> {
	const surveys = await surveyBoth(connections, pair);
	refuseBeingAltered(connections, surveys);
	const tables = matchTables(pair, surveys);
	const chosen = table === null ? tables : [findTable(tables, pair, table)];
	const uninstallSide = async (side: Side): Promise<SideUninstallation> => {
		const connection = connections[side];
		const inventory = surveys[side].triggers;
		const names = dropLog
			? [...inventory.byTable.keys()].sort()
			: chosen.map((entry) => entry.sides[side]?.name ?? entry.name);
		const uninstalled: string[] = [];
		if (surveys[side].register !== null && !dropLog) {
			// At READ COMMITTED, a server with statement-based binary logging refuses every write (1665).
			await connection.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
			await announceUninstallation(connection, pair[otherSide(side)].nodeId, names);
		}
		for (const name of names) {
			if ((await uninstallTriggers(connection, name, inventory)) > 0) uninstalled.push(name);
		}
		// Another site of a hub may have just installed triggers that call the same procedure.
		const { seesEvery, procedures, byTable } = await readTriggers(connection);
		if (seesEvery) await dropIdleProcedures(connection, procedures, [...byTable.values()].flat());
		if (dropLog) {
			await dropMarks(connection);
			await dropTables(connection);
		}
		return { uninstalled, log_dropped: dropLog && (await dropChangeLog(connection)) };
	};
	const [local, cloud] = await Promise.all([uninstallSide('local'), uninstallSide('cloud')]);
	return { local, cloud };
}

/**
 * Finds a table by its name on either side: if letter case is not significant in a pair, the two sides may
 * spell it differently.
 * @throws SyncError `usage` if the pair has no such table
 */
export function findTable(
	tables: readonly TablePair[],
	pair: PairConfig,
	table: string,
): TablePair {
	const called = ({ name, sides: ends }: TablePair) =>
		[name, ends.local?.name, ends.cloud?.name].includes(table);
	const found = tables.find(({ name }) => name === table) ?? tables.find(called);
	if (found) return found;
	throw new SyncError('usage', `the pair does not track a table named ${table}`, {
		pair: pair.name,
		table,
		hint: 'See `tables` and `exclude_tables` of the pair; `mysql-sync-tui status` lists what is tracked.',
	});
}
