/**
 * `change_log_parked`: rows whose changes the target refused, on record at the source's end with the reason
 * and the time of the next try. The changes themselves stay pending in the change log.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { longestRowKey } from '../../database/rows/key-values.ts';
import { deleteByIdSql } from '../../database/rows/lock-rows.ts';
import { ids, type Sql, sql } from '../../database/sql/sql.ts';
import type { SyncError } from '../../errors.ts';
import type { Change } from '../log/pending.ts';
import { ascii, type OwnTable, unicode } from './own-table.ts';

export const parkedTable: OwnTable = {
	name: 'change_log_parked',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_parked (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		peer VARCHAR(64) ${ascii} NOT NULL,
		table_name VARCHAR(64) ${unicode} NOT NULL,
		row_key VARCHAR(6400) ${ascii} NULL,
		display_key TEXT ${unicode} NOT NULL,
		last_change BIGINT UNSIGNED NOT NULL,
		operation VARCHAR(10) ${ascii} NOT NULL,
		code VARCHAR(20) ${ascii} NOT NULL,
		message TEXT ${unicode} NOT NULL,
		attempts INT UNSIGNED NOT NULL,
		first_at DATETIME(6) NOT NULL,
		last_at DATETIME(6) NOT NULL,
		next_at DATETIME(6) NOT NULL,
		PRIMARY KEY (id),
		KEY (peer)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** Seconds before the second try; each later pause is twice as long. */
const firstPause = 30;

const longestPause = 3600;

/** Characters of a message that are kept. */
const messageLength = 4000;

/** A row whose changes the peer refused. */
export interface Parked {
	id: string;
	table: string;
	rowKey: string | null;
	/** The latest change that was refused. */
	lastChange: string;
	/** Whether its pause is over. */
	due: boolean;
}

/** The rows parked for a peer. A pause longer than any other comes from a clock that was wrong, and is over. */
export async function readParked(connection: Connection, peer: string): Promise<Parked[]> {
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		row_key: string | null;
		last_change: string | number;
		due: string | number;
	}>(
		sql`SELECT id, table_name, row_key, last_change, (
				next_at <= UTC_TIMESTAMP(6)
				OR next_at > UTC_TIMESTAMP(6) + INTERVAL ${longestPause} SECOND
			) AS due
		FROM change_log_parked
		WHERE peer = ${peer}
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

/** A parked row with the reason why. Times are UTC, as the server writes them. */
export interface RecordedParked {
	id: string;
	table: string;
	rowKey: string | null;
	displayKey: string;
	operation: string;
	message: string;
	/** The server's error number, or this program's error code. */
	code: string | number;
	attempts: number;
	firstAt: string;
	lastAt: string;
	nextAt: string;
}

/** The rows parked for a peer with their reasons, oldest first. @param most rows at most */
export function readParkedReasons(
	connection: Connection,
	peer: string,
	most?: number,
): Promise<RecordedParked[]> {
	return parkedWhere(connection, peer, most === undefined ? sql`` : sql`LIMIT ${most}`);
}

/** What of one row is parked for a peer. */
export function readParkedOf(
	connection: Connection,
	peer: string,
	table: string,
	rowKeys: readonly string[],
): Promise<RecordedParked[]> {
	return parkedWhere(
		connection,
		peer,
		sql``,
		sql`table_name = ${table} AND row_key IN (${rowKeys})`,
	);
}

async function parkedWhere(
	connection: Connection,
	peer: string,
	limit: Sql,
	which: Sql = sql`TRUE`,
): Promise<RecordedParked[]> {
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		row_key: string | null;
		display_key: string;
		operation: string;
		message: string;
		code: string;
		attempts: string | number;
		first_at: string;
		last_at: string;
		next_at: string;
	}>(
		sql`SELECT id, table_name, row_key, display_key, operation, message, code, attempts,
			first_at, last_at, next_at
		FROM change_log_parked
		WHERE peer = ${peer} AND ${which}
		ORDER BY id
		${limit}`,
	);
	return rows.map(({ id, table_name, code, attempts, ...row }) => ({
		id: String(id),
		table: table_name,
		rowKey: row.row_key,
		displayKey: row.display_key,
		operation: row.operation,
		message: row.message,
		code: /^\d+$/.test(code) ? Number(code) : code,
		attempts: Number(attempts),
		firstAt: row.first_at,
		lastAt: row.last_at,
		nextAt: row.next_at,
	}));
}

/** How many rows are parked for a peer. */
export async function countParked(connection: Connection, peer: string): Promise<number> {
	const [row] = await connection.rows<{ parked: string | number }>(
		sql`SELECT COUNT(*) AS parked FROM change_log_parked WHERE peer = ${peer}`,
	);
	return Number(row?.parked ?? 0);
}

/** Ends the pauses of rows parked for a peer: of all, or of one. Resolves to how many it ended. */
export async function endPauses(
	connection: Connection,
	peer: string,
	id?: string,
): Promise<number> {
	const isIt = id === undefined ? sql`TRUE` : sql`id = ${ids(id)}`;
	const rows = await connection.rows<{ id: string | number }>(
		sql`SELECT id
		FROM change_log_parked
		WHERE peer = ${peer} AND ${isIt}`,
	);
	let ended = 0;
	await inPieces(rows, async (some) => {
		ended += await connection.run(
			sql`UPDATE change_log_parked FORCE INDEX (PRIMARY)
			SET next_at = UTC_TIMESTAMP(6)
			WHERE id IN (${ids(some.map((row) => String(row.id)))})`,
		);
	});
	return ended;
}

/** Parks a row. @param last the latest of its changes that were refused */
export async function addParked(
	connection: Connection,
	peer: string,
	last: Change,
	error: SyncError,
): Promise<void> {
	// An older log may count from below zero, and these columns do not: it is tried at every run.
	if (last.id.startsWith('-')) return;
	const rowKey = isStorable(last.rowKey) ? last.rowKey : null;
	const displayKey = error.place.key ?? last.rowKey ?? `entry ${last.id} of change_log`;
	const reason = [operationOf(last), codeOf(error), messageOf(error)];
	await connection.run(
		sql`INSERT INTO change_log_parked
			(peer, table_name, row_key, display_key, last_change, operation, code, message,
			attempts, first_at, last_at, next_at)
		VALUES (${peer}, ${last.table}, ${rowKey}, ${displayKey}, ${ids(last.id)}, ${reason},
			1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL ${firstPause} SECOND)`,
	);
}

/** Parks a row again, for twice as long. @param last the latest of its changes that were refused */
export async function extendParked(
	connection: Connection,
	id: string,
	last: Change,
	error: SyncError,
): Promise<void> {
	// MySQL and MariaDB assign from left to right: next_at sees the new number of attempts.
	await connection.run(
		sql`UPDATE change_log_parked FORCE INDEX (PRIMARY)
		SET last_change = ${ids(last.id)}, operation = ${operationOf(last)},
			code = ${codeOf(error)}, message = ${messageOf(error)},
			attempts = LEAST(attempts, 1000000) + 1, last_at = UTC_TIMESTAMP(6),
			next_at = UTC_TIMESTAMP(6)
				+ INTERVAL LEAST(${longestPause}, ${firstPause} * POW(2, LEAST(attempts, 20) - 1)) SECOND
		WHERE id = ${ids(id)}`,
	);
}

/** Removes rows from the record: nothing of them is pending any more. */
export async function removeParked(
	connection: Connection,
	parked: readonly string[],
): Promise<void> {
	await inPieces(parked, async (some) => {
		await connection.run(deleteByIdSql(parkedTable.name, some, 'peer'));
	});
}

/** Whether the column can hold a row key: an older log has longer ones, and of any characters. */
function isStorable(rowKey: string | null): rowKey is string {
	return rowKey !== null && rowKey.length <= longestRowKey && /^[\x20-\x7e]*$/.test(rowKey);
}

/** An older log has any text there, or none. */
function operationOf({ operation }: Change): string {
	return /^[A-Za-z]{1,10}$/.test(operation ?? '') ? operation : '';
}

/** The server's number where a server refused it, or else this program's code. */
function codeOf(error: SyncError): string {
	return error.errno === undefined ? error.code : String(error.errno);
}

function messageOf(error: SyncError): string {
	const hint = error.hint === undefined ? '' : `\n${error.hint}`;
	return [...`${error.message}${hint}`].slice(0, messageLength).join('');
}
