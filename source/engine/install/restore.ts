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
import type { Cure } from '../../text/cures.ts';
import type { Finding } from '../../text/finding.ts';
import { captureStateFinding } from '../api/capture-messages.ts';
import { type RowsFacts, rowsFinding } from '../api/rows-messages.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import { brokenLog, goneProcedures, renamedLog } from '../survey/failing-writes.ts';
import type { SideSurvey } from '../survey/survey.ts';
import { touchRows } from '../survey/uncaptured-findings.ts';
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
	installed: Finding[];
	lost: Finding[];
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
				const captured = [...survey.triggers.byTable.keys()].sort();
				const failedFor = survey.changeLog === 'outdated' ? [] : captured;
				restored.installed.push(
					captureStateFinding('change_log_restored', { side }, { done, failedFor }),
				);
			}
			if (done === 'created') restored.lost.push(lostLog(pair, side, survey, tables, counts[side]));
		}
		const { procedures } = survey.triggers;
		if (goneProcedures(survey).length > 0) {
			await ensureProcedure(connection, procedures);
			restored.installed.push(captureStateFinding('procedure_restored', { side }, {}));
		}
		const missing = missingOwnTables(side, survey);
		await createOwnTables(connections, pair);
		if (side === 'local') await ensureMarks(connection);
		if (missing.length > 0) {
			const facts = { tables: missing };
			restored.installed.push(captureStateFinding('own_tables_restored', { side }, facts));
		}
		for (const table of missing) {
			const held = recordOf[table];
			if (held) restored.lost.push(rowsFinding('own_table_lost', { side, table }, { held }));
		}
	}
	return restored;
}

/** What is lost with a table; no entry for tables that fill again by themselves. */
const recordOf: Record<string, RowsFacts['own_table_lost']['held']> = {
	[conflictsTable.name]: 'conflicts',
	[conflictVersionsTable.name]: 'conflict_versions',
	[parkedTable.name]: 'parked_changes',
	[receiptsTable.name]: 'receipts',
	[batchesTable.name]: 'batches',
	[registerTable.name]: 'tracked_tables',
};

function lostLog(
	pair: PairConfig,
	side: Side,
	survey: SideSurvey,
	tables: readonly TablePair[],
	count: LastCount | null,
): Finding {
	const byTable = [...(count?.byTable ?? [])].map(([table, changes]) => ({ table, changes }));
	const concerned = tables.flatMap(({ sides: ends }) => {
		const table = ends[side];
		const isMeant = table && (byTable.length === 0 || count?.byTable.has(table.name));
		return isMeant ? [touchRows(table)] : [];
	});
	const renamedTo = renamedLog(survey);
	const cures: Cure[] = [];
	if (renamedTo !== null) {
		const columns = entryColumns.join(', ');
		const sql = `INSERT INTO ${changeLogTable} (${columns}) SELECT ${columns} FROM ${quoteName(renamedTo)}`;
		cures.push({ side, sql, purpose: 'if_old_log_copy' });
	}
	const [sql] = concerned;
	const purpose = concerned.length > 1 ? 'send_rows_each' : 'send_rows';
	if (sql !== undefined) cures.push({ side, sql, purpose });
	const facts = {
		peer: pair[otherSide(side)].nodeId,
		checkedAt: count === null ? null : time(count.at),
		pending: count?.pending ?? null,
		byTable,
		renamedTo,
	};
	return rowsFinding('change_log_lost', { side }, facts, cures);
}

/** `12:03:20 UTC`. */
function time(at: number): string {
	return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
