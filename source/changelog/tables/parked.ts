/**
 * Parked changes: what the target refused, on record at the source's end with its reason, and when it
 * is tried again. The changes themselves stay pending in the change log. A later change of the same
 * row takes the place of the one that was refused.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { longestRowKey } from '../../database/rows/key-values.ts';
import { deleteById } from '../../database/rows/lock-rows.ts';
import { idList, quoteString } from '../../database/sql/literals.ts';
import type { SyncError } from '../../errors.ts';
import type { Change } from '../log/pending.ts';
import { type NamedRow, pendingByRow, rowId } from '../log/pending-rows.ts';
import { parkedTable } from './table-names.ts';

/** Seconds before the second try; each later pause is twice as long. */
const firstPause = 30;

const longestPause = 3600;

/** A row whose changes the target refused. */
export interface Parked {
	id: string;
	table: string;
	rowKey: string | null;
	/** The youngest change that was refused. */
	lastChange: string;
	/** Whether its pause is over. */
	due: boolean;
}

/** The parked rows for a target. A pause that would last for longer than any does is from a clock that was wrong. */
export async function readParked(source: Connection, target: string): Promise<Parked[]> {
	const rows = await source.rows<{
		id: string | number;
		table_name: string;
		row_key: string | null;
		last_change: string | number;
		due: string | number;
	}>(
		`SELECT id, table_name, row_key, last_change, (
				next_at <= UTC_TIMESTAMP(6)
				OR next_at > UTC_TIMESTAMP(6) + INTERVAL ${longestPause} SECOND
			) AS due
		FROM change_log_parked
		WHERE peer = ${quoteString(target)}
		ORDER BY id`,
	);
	return rows.map(({ id, table_name, row_key, last_change, due }) => ({
		id: String(id),
		table: table_name,
		rowKey: row_key,
		lastChange: String(last_change),
		due: Number(due) === 1,
	}));
}

/** The ids of the pending changes that parked rows keep back: those of a row with a later one are not. */
export async function keptBack(
	source: Connection,
	target: string,
	parked: readonly Parked[],
): Promise<Set<string>> {
	const kept = new Set<string>();
	const byRow = await pendingByRow(source, target, rowsOf(parked));
	for (const entry of parked) {
		if (entry.rowKey === null) {
			kept.add(entry.lastChange);
			continue;
		}
		const ids = (byRow.get(rowId(entry.table, entry.rowKey)) ?? []).map(({ id }) => id);
		const newest = ids.at(-1);
		// A later change takes its place; in a log that was made anew no id means what it meant.
		if (newest !== entry.lastChange) continue;
		for (const id of ids) kept.add(id);
	}
	return kept;
}

/** A change that was refused in a run, and why. */
export interface Refusal {
	changes: readonly Change[];
	error: SyncError;
}

/**
 * Parks what a run was refused, and forgets what is not pending any more.
 * @param before what was parked when the run began
 * @param waiting what of it the run left out
 */
export async function park(
	source: Connection,
	target: string,
	before: readonly Parked[],
	waiting: readonly Parked[],
	refusals: readonly Refusal[],
): Promise<void> {
	const parkedAs = new Map(before.map((entry) => [entryId(entry), entry]));
	const again = new Set<Parked>();
	for (const { changes, error } of refusals) {
		const last = changes.at(-1);
		if (!last) continue;
		const known = parkedAs.get(entryId({ ...last, lastChange: last.id }));
		if (known) again.add(known);
		await (known ? parkAgain(source, known, last, error) : parkAnew(source, target, last, error));
	}
	const rest = before.filter((entry) => !again.has(entry));
	if (rest.length === 0) return;
	const byRow = await pendingByRow(source, target, rowsOf(rest));
	const gone = rest.filter((entry) =>
		entry.rowKey === null ? !waiting.includes(entry) : !byRow.has(rowId(entry.table, entry.rowKey)),
	);
	if (gone.length === 0) return;
	await inPieces(gone, async (some) => {
		const ids = some.map(({ id }) => id);
		await source.run(deleteById(parkedTable, ids, 'peer'));
	});
}

/** Tells what is parked apart: by the row, or by the change that names none. */
function entryId({ table, rowKey, lastChange }: Omit<Parked, 'id' | 'due'>): string {
	return rowId(table, rowKey ?? `#${lastChange}`);
}

/** The parked rows that are among those that were refused. */
export function parkedOf(refusals: readonly Refusal[], parked: readonly Parked[]): Parked[] {
	const refused = new Set(
		refusals.flatMap(({ changes }) => {
			const last = changes.at(-1);
			return last ? entryId({ ...last, lastChange: last.id }) : [];
		}),
	);
	return parked.filter((entry) => refused.has(entryId(entry)));
}

/** The rows that parked changes name. */
function rowsOf(parked: readonly Parked[]): NamedRow[] {
	return parked.flatMap(({ table, rowKey }) => (rowKey === null ? [] : { table, rowKey }));
}

async function parkAnew(
	source: Connection,
	target: string,
	last: Change,
	error: SyncError,
): Promise<void> {
	// An older log may count from below zero, and these columns do not: it is tried at every run.
	if (last.id.startsWith('-')) return;
	const rowKey = isKept(last.rowKey) ? quoteString(last.rowKey) : 'NULL';
	const shown = error.place.key ?? last.rowKey ?? `entry ${last.id} of change_log`;
	await source.run(
		`INSERT INTO change_log_parked
			(peer, table_name, row_key, display_key, last_change, operation, code, message,
			attempts, first_at, last_at, next_at)
		VALUES (${quoteString(target)}, ${quoteString(last.table)}, ${rowKey},
			${quoteString(shown)}, ${idList([last.id])},
			${quoteString(operationOf(last))}, ${quoteString(codeOf(error))}, ${quoteString(wordsOf(error))},
			1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL ${firstPause} SECOND)`,
	);
}

async function parkAgain(
	source: Connection,
	{ id }: Parked,
	last: Change,
	error: SyncError,
): Promise<void> {
	// MySQL and MariaDB assign from left to right: next_at sees the new number of attempts.
	await source.run(
		`UPDATE change_log_parked FORCE INDEX (PRIMARY)
		SET last_change = ${idList([last.id])}, operation = ${quoteString(operationOf(last))},
			code = ${quoteString(codeOf(error))}, message = ${quoteString(wordsOf(error))},
			attempts = LEAST(attempts, 1000000) + 1, last_at = UTC_TIMESTAMP(6),
			next_at = UTC_TIMESTAMP(6)
				+ INTERVAL LEAST(${longestPause}, ${firstPause} * POW(2, LEAST(attempts, 20) - 1)) SECOND
		WHERE id = ${idList([id])}`,
	);
}

/** Whether the columns here hold a row key: an older log has longer ones, and of any characters. */
function isKept(rowKey: string | null): rowKey is string {
	return rowKey !== null && rowKey.length <= longestRowKey && /^[\x20-\x7e]*$/.test(rowKey);
}

/** An older log has any text there, or none. */
function operationOf({ operation }: Change): string {
	return /^[A-Za-z]{1,10}$/.test(operation ?? '') ? operation : '';
}

/** The server's number where a server refused it, or else this program's word. */
function codeOf(error: SyncError): string {
	return error.errno === undefined ? error.code : String(error.errno);
}

/** Characters of a message that are kept. */
const messageLength = 4000;

function wordsOf(error: SyncError): string {
	const hint = error.hint === undefined ? '' : `\n${error.hint}`;
	return [...`${error.message}${hint}`].slice(0, messageLength).join('');
}
