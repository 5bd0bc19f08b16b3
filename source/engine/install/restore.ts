/** Restores own tables that somebody dropped while triggers wrote to them. */

import { ensureProcedure } from '../../capture/entry-procedures.ts';
import { entryColumns } from '../../changelog/log/columns.ts';
import { ensureChangeLog } from '../../changelog/log/migrate.ts';
import { batchesTable } from '../../changelog/tables/batches.ts';
import { conflictVersionsTable } from '../../changelog/tables/conflict-versions.ts';
import { conflictsTable } from '../../changelog/tables/conflicts.ts';
import { ensureMarks, marksTable } from '../../changelog/tables/marks.ts';
import { parkedTable } from '../../changelog/tables/parked.ts';
import { receiptsTable } from '../../changelog/tables/receipts.ts';
import { registerTable } from '../../changelog/tables/register.ts';
import { ownTables } from '../../changelog/tables.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { changeLogTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { oneLine } from '../../text/one-line.ts';
import { listed, plural } from '../../text/words.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import { brokenLog, goneProcedures, renamedLog } from '../survey/failing-writes.ts';
import type { SideSurvey } from '../survey/survey.ts';
import { touchRows } from '../survey/uncaptured-text.ts';
import { createOwnTables } from './require-tables.ts';

/** The pending changes of a side at the last count. */
export interface LastCount {
	/** Epoch milliseconds. */
	at: number;
	pending: number;
	byTable: ReadonlyMap<string, number>;
}

export type LastCounts = Record<Side, LastCount | null>;

export const nothingCounted: LastCounts = { local: null, cloud: null };

/** The restored objects, and what was lost with the old ones, in words. */
export interface Restored {
	installed: string[];
	lost: string[];
}

/**
 * The own tables that a side lacks although it has a change log and triggers. If these are gone too, somebody
 * is uninstalling the pair right now.
 */
export function missingOwnTables(
	side: Side,
	{ changeLog, tables, triggers }: SideSurvey,
): string[] {
	if (changeLog !== 'complete' || triggers.byTable.size === 0) return [];
	// An account with rights on some tables only does not see the others.
	if (tables.some(({ rights }) => !rights.seesAll)) return [];
	const there = new Set(tables.map(({ name }) => name));
	const wanted = side === 'local' ? [...ownTables, marksTable] : ownTables;
	return wanted.flatMap(({ name }) => (there.has(name) ? [] : name));
}

/** True if a side lacks something that existed before. */
export function isDamaged(side: Side, survey: SideSurvey): boolean {
	return (
		brokenLog(survey) ||
		goneProcedures(survey).length > 0 ||
		missingOwnTables(side, survey).length > 0
	);
}

/**
 * Restores the change logs that triggers write to, and the other own tables of a side with a log. Triggers
 * stay unchanged. Does nothing if nothing is missing.
 * @param counts the pending changes at the latest look
 */
export async function restore(
	connections: Connections,
	pair: PairConfig,
	surveys: Record<Side, SideSurvey>,
	tables: readonly TablePair[],
	counts: LastCounts,
): Promise<Restored> {
	const restored: Restored = { installed: [], lost: [] };
	for (const side of sides) {
		const survey = surveys[side];
		if (!isDamaged(side, survey)) continue;
		const connection = connections[side];
		if (brokenLog(survey)) {
			const done = await ensureChangeLog(connection);
			if (done !== 'present') {
				const captured = listed([...survey.triggers.byTable.keys()].sort());
				const failed = `; until now the application's writes to ${captured} failed`;
				restored.installed.push(
					`${side}: change log ${done}${survey.changeLog === 'outdated' ? '' : failed}`,
				);
			}
			if (done === 'created')
				restored.lost.push(describeLoss(pair, side, survey, tables, counts[side]));
		}
		const { procedures } = survey.triggers;
		if (goneProcedures(survey).length > 0) {
			await ensureProcedure(connection, procedures);
			restored.installed.push(
				`${side}: recreated the procedure that the triggers call; until now the application's writes failed`,
			);
		}
		const missing = missingOwnTables(side, survey);
		await createOwnTables(connections, pair);
		if (side === 'local') await ensureMarks(connection);
		if (missing.length > 0) restored.installed.push(`${side}: created ${listed(missing, 12)}`);
		for (const name of missing) {
			const words = lostWith[name];
			if (words)
				restored.lost.push(`${side}: ${name} was missing and is empty now; lost with it: ${words}`);
		}
	}
	return { installed: restored.installed.map(oneLine), lost: restored.lost.map(oneLine) };
}

/** What is lost with a table; no entry for tables that fill again by themselves. */
const lostWith: Record<string, string> = {
	[conflictsTable.name]:
		'the record of conflicts; a row that waited for a decision is decided again when it next changes',
	[conflictVersionsTable.name]: 'both versions of the rows in conflict',
	[parkedTable.name]: 'the list of parked changes; these are tried again at the next run',
	[receiptsTable.name]:
		'the receipt of an interrupted batch, if there was one; that batch is applied again and can overwrite newer changes',
	[batchesTable.name]: 'the record of when batches were applied',
	[registerTable.name]:
		'the list of tracked tables; if existing rows of a table were being queued, compare its two sides',
};

function describeLoss(
	pair: PairConfig,
	side: Side,
	survey: SideSurvey,
	tables: readonly TablePair[],
	count: LastCount | null,
): string {
	const waited = [...(count?.byTable ?? [])].map(([table, changes]) => `${table} ${changes}`);
	const peer = pair[otherSide(side)].nodeId;
	const known =
		count === null
			? `how many were pending for ${peer} is not known`
			: count.pending === 0
				? `at the last check (${time(count.at)}) none were pending for ${peer}; later ones are not known`
				: `at the last check (${time(count.at)}) ${plural(count.pending, 'change')} ${count.pending === 1 ? 'was' : 'were'} pending for ${peer} (${listed(waited, 8)}); later ones are not known`;
	const concerned = tables.flatMap(({ sides: ends }) => {
		const table = ends[side];
		const isMeant = table && (waited.length === 0 || count?.byTable.has(table.name));
		return isMeant ? [touchRows(table)] : [];
	});
	const [statement] = concerned;
	const further = concerned.length > 1 ? ', for each table' : '';
	const cure =
		statement === undefined
			? ''
			: ` To send all rows of a table to the other side, where they overwrite rows with the same key, run on ${side}${further}: ${statement}`;
	return `${side}: ${changeLogTable} was missing, and the changes in it are lost: ${known}.${fromRenamed(survey)} Rows may differ between the two sides: compare them. Lost deletions must be repeated on the other side by hand.${cure}`;
}

/** How to recover the changes of a log that was only renamed. */
function fromRenamed(survey: SideSurvey): string {
	const renamed = renamedLog(survey);
	if (renamed === null) return '';
	const columns = entryColumns.join(', ');
	return ` ${renamed} has the columns of a change log. If it is the old one, run this to bring its changes back: INSERT INTO ${changeLogTable} (${columns}) SELECT ${columns} FROM ${quoteName(renamed)}.`;
}

/** `12:03:20 UTC`. */
function time(at: number): string {
	return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
