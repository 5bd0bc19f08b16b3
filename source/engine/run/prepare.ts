import { asideName } from '../../capture/stale-key.ts';
import { standElsewhere, triggerState } from '../../capture/triggers.ts';
import { findOrphaned } from '../../changelog/log/orphaned.ts';
import { marksTable } from '../../changelog/tables/marks.ts';
import {
	directions,
	type PairConfig,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import { statementLogError } from '../../database/connection/binary-log.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { notesOn, type TablePair } from '../../database/pairing/table-pair.ts';
import { changeLogTable } from '../../database/rows/tracked-table.ts';
import { quoteString } from '../../database/sql/literals.ts';
import { SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import { captureStateFinding, installCures } from '../api/capture-messages.ts';
import { rowsFinding } from '../api/rows-messages.ts';
import { runFinding } from '../api/run-messages.ts';
import { installPatience, withInstallLock } from '../install/install-lock.ts';
import {
	concerns,
	failedInstallations,
	type Installation,
	installPair,
	notInstalledOn,
} from '../install/installation.ts';
import {
	isDamaged,
	type LastCounts,
	missingOwnTables,
	nothingCounted,
	type Restored,
	restore,
} from '../install/restore.ts';
import type { Connections } from '../shared/connections.ts';
import { notInstalled } from '../shared/not-installed.ts';
import { failingWrites } from '../survey/failing-writes.ts';
import { holdBackReferring } from '../survey/hold-back-children.ts';
import { capturesOf, interruptionsOf, lossOf } from '../survey/interruptions.ts';
import { offerMissing } from '../survey/offers.ts';
import { findOldKeys, skipOldKeys } from '../survey/rekeyed-tables.ts';
import { matchTables, type SideSurvey, surveyBoth, tablesBeingAltered } from '../survey/survey.ts';
import { withholdOf } from '../uptake/retaken.ts';
import { type Fill, takeUp } from '../uptake/uptake.ts';
import { rememberPeers } from './maintenance.ts';
import type { Captures } from './recaptured.ts';

/** The state that a pass starts from. */
export interface Prepared {
	tables: TablePair[];
	/** Both databases before the installation. */
	surveys: Record<Side, SideSurvey>;
	/** The tables that the next preparation treats as known. */
	known: ReadonlySet<string>;
	/** Restored objects, and what was lost with the old ones. */
	restored: Restored;
	/** Why writes of the application fail. */
	failing: SyncError[];
	/** Why tables have no triggers, by table. */
	withoutTriggers: Finding[];
	/** Reports of the installation. */
	installed: Finding[];
	/** Reports of changes that may have been missed while triggers were replaced. */
	uncaptured: Finding[];
	/** Reports of excluded tables, and of tables that may not transfer every row. */
	skipped: Finding[];
	/** The capture of the tables on each side. */
	captures: Captures;
	/** Existing rows to queue. */
	fills: readonly Fill[];
	/** Reports of what could not be installed, and of what is missing. */
	missing: Finding[];
}

/** The ids of the tables on each side, for the next preparation. */
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
 * Makes sure that both sides capture changes. With `auto_install` it restores dropped own tables, creates
 * change log and triggers for tables that were not `known` on that side, and replaces triggers that no longer
 * fit their table, also if a table was recreated, or swapped with another one and lost its triggers. Missing
 * triggers of a known table were dropped by somebody: that is reported, not undone. A table whose triggers
 * cannot be created does not become known, and is retried by the next run.
 * @param counts the pending changes at the latest look
 * @param requireHeld throws if the lease is lost or its table is gone
 * @param seconds to wait for another process that installs
 * @throws SyncError `not_installed` if there is no change log and it must not be created
 */
export async function prepare(
	connections: Connections,
	pair: PairConfig,
	known: ReadonlySet<string>,
	counts: LastCounts = nothingCounted,
	requireHeld: (connection: Connection) => Promise<void> = async () => undefined,
	seconds: number = installPatience.engine,
): Promise<Prepared> {
	const looked = await prepareOnce(connections, pair, known, counts, null);
	if (looked) return looked;
	const installed = await withInstallLock(connections, pair, seconds, () =>
		prepareOnce(connections, pair, known, counts, requireHeld),
	);
	if (!installed) throw new SyncError('internal', 'nothing was installed under the lock');
	return installed;
}

/**
 * @param requireHeld given where this process alone installs now
 * @returns null where something is to be installed and others may install or uninstall at this moment
 */
async function prepareOnce(
	connections: Connections,
	pair: PairConfig,
	known: ReadonlySet<string>,
	counts: LastCounts,
	requireHeld: ((connection: Connection) => Promise<void>) | null,
): Promise<Prepared | null> {
	const found = await surveyRestored(connections, pair, counts, requireHeld !== null);
	if (found === null) return null;
	const { surveys, restored } = found;
	for (const side of sides) if (surveys[side].isStatementLog) throw statementLogError(side);
	const matched = await offerMissing(connections, pair, matchTables(pair, surveys), surveys);
	const oldKeys = await findOldKeys(connections, pair, matched, surveys);
	const fitting = skipOldKeys(matched, oldKeys);
	const tables = await holdBackReferring(connections, pair, fitting, surveys);
	const failing = sides.flatMap((side) => failingWrites(pair, side, surveys[side], tables));
	const isHeld = (side: Side, { name, formerName }: TablePair) =>
		formerName[side] !== null ||
		oldKeys.some((old) => old.side === side && old.table === name && old.reason);
	const lacking: Lacking[] = sides.flatMap((side) =>
		tables.flatMap((table) => {
			const state = stateOn(pair, side, surveys[side], table);
			return state !== null && !isHeld(side, table) ? [{ side, table, state }] : [];
		}),
	);
	const logs = sides.filter((side) => surveys[side].changeLog !== 'complete');
	const common = { tables, surveys, restored, failing, skipped: tables.flatMap(driftOf) };
	const atRest = async () => [
		...(await describeOrphaned(connections, pair, surveys, tables)),
		...(await rememberPeers(connections, pair)),
	];
	const unseen = sides.flatMap((side) =>
		[...tablesBeingAltered(surveys[side])].map((name) => ({ side, name })),
	);
	const gone = (found: Lacking) => triggersMissing(pair, found, surveys[found.side], known);
	if (unseen.length > 0 && logs.length === 0) {
		// Invisible tables would be taken for missing. All checks are repeated once they are visible.
		const dropped = lacking.filter(
			({ side, table, state }) => state === 'missing' && known.has(knownId(side, table)),
		);
		const missing = [...unseen.map(triggersUnchecked), ...dropped.map(gone), ...(await atRest())];
		return {
			...common,
			known,
			withoutTriggers: [],
			installed: [],
			uncaptured: await withholdOf(connections, pair, tables, surveys),
			captures: { local: capturesIn(surveys.local), cloud: capturesIn(surveys.cloud) },
			fills: [],
			missing,
		};
	}
	const isFirst = known.size === 0;
	if (!(pair.autoInstall && isFirst)) {
		for (const side of logs) {
			throw notInstalled(pair, side, null, surveys[side].changeLog);
		}
	}
	const isNew = (side: Side, table: TablePair) =>
		table.sides[side] !== null && !known.has(knownId(side, table));
	const interruptionOf = {
		local: interruptionsOf(surveys.local),
		cloud: interruptionsOf(surveys.cloud),
	};
	// Stale or misplaced triggers were not dropped by anybody: the table was replaced.
	const isAnother = ({ side, table, state }: Lacking) =>
		state === 'stale' ||
		interruptionOf[side](table.sides[side]?.name ?? '') === 'replaced' ||
		standElsewhere(table.sides[side], pair[side].nodeId, surveys[side].triggers);
	const due = pair.autoInstall
		? tables.filter(
				(other) =>
					sides.some((side) => isNew(side, other)) ||
					lacking.some((found) => isAnother(found) && concerns(found.table, other)),
			)
		: [];
	const wanted = due.filter(({ name }) => lacking.some(({ table }) => table.name === name));
	const uncaptured: Finding[] = [];
	const isWanted = wanted.length > 0 || (pair.autoInstall && logs.length > 0);
	if (isWanted) {
		if (!requireHeld) return null;
		// The lease is as old as this run: without its table, somebody has uninstalled the pair since.
		for (const side of logs) await requireHeld(connections[side]);
	}
	const report = isWanted
		? await installPair(connections, pair, isFirst ? null : wanted.map(({ name }) => name))
		: null;
	const { installed, missing, failed } = findingsIn(report);
	for (const found of lacking) {
		if (due.some((other) => concerns(found.table, other))) continue;
		missing.push(gone(found));
	}
	missing.push(...(await atRest()));
	const after = report ? await surveyBoth(connections, pair) : surveys;
	const uptake = await takeUp(connections, pair, tables, after);
	installed.push(...(report?.uptake.told ?? []), ...uptake.told);
	uncaptured.push(...(report?.uptake.warnings ?? []), ...uptake.warnings);
	missing.push(...uptake.open);
	const { fills } = uptake;
	const captures = { local: capturesIn(after.local), cloud: capturesIn(after.cloud) };
	const nowKnown = knownTables(tables);
	for (const id of failed.keys()) nowKnown.delete(id);
	const withoutTriggers = [...failed.values()];
	const told = { installed, uncaptured, missing, withoutTriggers };
	return { ...common, ...told, known: nowKnown, captures, fills };
}

/** The capture of the tables of a side that have or had triggers. */
function capturesIn(survey: SideSurvey): Map<string, string | null> {
	const captureOf = capturesOf(survey);
	const captures = new Map<string, string | null>();
	for (const { name } of survey.tables) {
		const { captured } = captureOf(name);
		if (!survey.triggers.sees(name)) continue;
		if (captured !== null || survey.register?.has(name)) captures.set(name, captured);
	}
	return captures;
}

/** Surveys both sides, after restoring dropped own tables; null if they must be restored but may not be. */
async function surveyRestored(
	connections: Connections,
	pair: PairConfig,
	counts: LastCounts,
	mayRestore: boolean,
): Promise<{ surveys: Record<Side, SideSurvey>; restored: Restored } | null> {
	const surveys = await surveyBoth(connections, pair);
	if (!sides.some((side) => isDamaged(side, surveys[side]))) {
		return { surveys, restored: { installed: [], lost: [] } };
	}
	if (pair.autoInstall) {
		if (!mayRestore) return null;
		const tables = matchTables(pair, surveys);
		const restored = await restore(connections, pair, surveys, tables, counts);
		return { surveys: await surveyBoth(connections, pair), restored };
	}
	for (const side of sides) {
		const [name] = missingOwnTables(side, surveys[side]);
		if (name === undefined || name === marksTable.name) continue;
		throw notInstalled(pair, side, name, 'missing');
	}
	return { surveys, restored: { installed: [], lost: [] } };
}

/** The problem of a table's triggers on a side, if any. */
function stateOn(
	pair: PairConfig,
	side: Side,
	survey: SideSurvey,
	{ sides: ends }: TablePair,
): Lacking['state'] | null {
	const table = ends[side];
	const state = triggerState(table, pair[side].nodeId, survey.triggers);
	if (state === 'missing' || state === 'stale') return state;
	if (!table || state !== 'unknown' || tablesBeingAltered(survey).has(table.name)) return null;
	// They may be invisible for lack of a right, and were never seen before.
	return survey.register?.get(table.name)?.definer ? null : 'missing';
}

function triggersMissing(
	pair: PairConfig,
	{ side, table, state }: Lacking,
	survey: SideSurvey,
	known: ReadonlySet<string>,
): Finding {
	const { name } = table;
	const here = table.sides[side]?.name ?? name;
	const interruption = interruptionsOf(survey)(here);
	const had = known.has(knownId(side, table)) || survey.register?.has(here);
	const why =
		state === 'stale'
			? 'stale'
			: interruption
				? lossOf(interruption)
				: had
					? 'gone'
					: 'never installed';
	const at = { side, table: name };
	return captureStateFinding('triggers_missing', at, { why }, installCures(pair, name));
}

function triggersUnchecked({ side, name }: { side: Side; name: string }): Finding {
	return captureStateFinding('triggers_unchecked', { side, table: name }, {});
}

/** Triggers that a table lacks on a side, completely or in part. */
interface Lacking {
	side: Side;
	table: TablePair;
	state: 'missing' | 'stale';
}

/** Reports orphaned changes. */
async function describeOrphaned(
	connections: Connections,
	pair: PairConfig,
	surveys: Record<Side, SideSurvey>,
	pairTables: readonly TablePair[],
): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const direction of directions) {
		const side = sourceSide(direction);
		const { tables, changeLog, foldsTableNames } = surveys[side];
		if (changeLog !== 'complete') continue;
		const names = tables.map(({ name }) => (foldsTableNames ? name.toLowerCase() : name));
		const found = await findOrphaned(connections[side], pair[targetSide(direction)].nodeId, names);
		for (const { table, changes } of found) {
			const here = `WHERE table_name = ${quoteString(table)}`;
			const discard = `DELETE FROM ${changeLogTable} ${here}`;
			const renameTo = (name: string) =>
				`UPDATE ${changeLogTable} SET table_name = ${name} ${here}`;
			const renamed = pairTables.find(({ formerName }) => formerName[side] === table);
			const rekeyed = tables.find(({ name }) => asideName(name) === table);
			if (renamed) {
				const facts = { now: renamed.name, changes };
				findings.push(rowsFinding('changes_of_renamed_table', { side, table }, facts));
			} else if (rekeyed) {
				const at = { side, table: rekeyed.name };
				findings.push(
					rowsFinding('changes_of_former_key', at, { changes }, [
						{ side, sql: renameTo(quoteString(rekeyed.name)), purpose: 'if_columns_renamed' },
						{ side, sql: discard, purpose: 'discard' },
					]),
				);
			} else {
				findings.push(
					rowsFinding('changes_of_missing_table', { side, table }, { changes }, [
						// Unquoted, so that it fails unless it is completed.
						{ side, sql: renameTo('<its new name>'), purpose: 'if_renamed' },
						{ side, sql: discard, purpose: 'if_dropped' },
					]),
				);
			}
		}
	}
	return findings;
}

/** Reports why a table's rows are not transferred, or not all of them. */
function driftOf(table: TablePair): Finding[] {
	const { name, skippedReason: reason } = table;
	if (reason === null) return notesOn(table);
	return [
		runFinding('table_skipped', { side: reason.side, table: name }, { reason }, reason.cures),
	];
}

/** Reports an installation, and why tables have no triggers. */
function findingsIn(report: Installation | null): Pick<Prepared, 'installed' | 'missing'> & {
	failed: Map<string, Finding>;
} {
	const installed: Finding[] = [];
	const missing: Finding[] = [];
	const failed = new Map<string, Finding>();
	for (const side of report ? sides : []) {
		const done = report?.[side];
		if (!done) continue;
		const { change_log: log, installed: tables } = done;
		if (log !== 'present') {
			installed.push(captureStateFinding('change_log_installed', { side }, { done: log }));
		}
		if (tables.length > 0) {
			installed.push(captureStateFinding('triggers_installed', { side }, { tables }));
			installed.push(...done.warnings);
		}
		missing.push(...failedInstallations(side, done.failed));
		for (const { table, error } of done.failed) {
			failed.set(`${side}\n${table}`, notInstalledOn(side, [table], error, table));
		}
	}
	return { installed, missing, failed };
}
