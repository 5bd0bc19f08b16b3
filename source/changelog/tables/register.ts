/**
 * `change_log_tables`, the register: the tables that a pair tracks. A table is registered once it has
 * triggers on both sides and its rows can be applied in both directions. Its existing rows are then handled
 * once. If a later check finds, for example, no rows on one side, the application deleted them. Existing rows
 * are handled again if capture was interrupted: the table was recreated, or its triggers were missing.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { inParts } from '../../database/sql/parts.ts';
import { type Sql, sql } from '../../database/sql/sql.ts';
import { ascii, type OwnTable, unicode } from './own-table.ts';

export const registerTable: OwnTable = {
	name: 'change_log_tables',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_tables (
		peer VARCHAR(64) ${ascii} NOT NULL,
		table_name VARCHAR(64) ${unicode} NOT NULL,
		state VARCHAR(8) ${ascii} NOT NULL,
		after_key VARCHAR(6400) ${ascii} NULL,
		entries BIGINT UNSIGNED NOT NULL,
		since DATETIME(6) NOT NULL,
		definer VARCHAR(400) ${unicode} NULL,
		captured VARCHAR(2000) ${unicode} NULL,
		created_at VARCHAR(30) ${ascii} NULL,
		PRIMARY KEY (peer, table_name)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/**
 * - *settled*: the existing rows have been handled.
 * - *filling*: existing rows of this side are being queued for the other, up to `afterKey`.
 * - *awaiting*: the same, seen from the other side.
 * - *replaced*: the table was recreated on this side; somebody has to compare the two sides.
 * - *gap*: its triggers were missing for a while; somebody has to compare the two sides.
 */
export type RegisterState = 'settled' | 'filling' | 'awaiting' | Interruption;

/** Why changes of a table may have been missed. */
export type Interruption = 'replaced' | 'gap';

/** Recorded instead of a capture stamp for tables whose triggers `uninstall` dropped. */
export const uninstalled = '';

export interface Registered {
	state: RegisterState;
	/** The last row queued; null before the first. */
	afterKey: string | null;
	/** The number of rows queued. */
	entries: number;
	/** Time of registration: UTC, by the server's clock. */
	since: string;
	/** The account that its triggers run as; null if they were never seen. */
	definer: string | null;
	/** Its triggers at the latest check: see `captureStamp`. Null if unknown. */
	captured: string | null;
	/** Creation time of the table according to the server, at that check. */
	createdAt: string | null;
}

/** The register of the tables that a database tracks with a peer. */
export type Register = ReadonlyMap<string, Registered>;

/** Reads the register for a peer. */
export async function readRegister(connection: Connection, peer: string): Promise<Register> {
	const rows = await connection.rows<{
		table_name: string;
		state: RegisterState;
		after_key: string | null;
		entries: string | number;
		since: string;
		definer: string | null;
		captured: string | null;
		created_at: string | null;
	}>(
		sql`SELECT table_name, state, after_key, entries, CAST(since AS CHAR) AS since, definer, captured,
			created_at
		FROM change_log_tables
		WHERE peer = ${peer}`,
	);
	return new Map(
		rows.map(({ table_name, after_key, entries, created_at, ...row }) => [
			table_name,
			{ ...row, afterKey: after_key, entries: Number(entries), createdAt: created_at },
		]),
	);
}

/** Tables per statement. */
const tablesPerStatement = 500;

/** A table to register, with its current triggers. */
export interface NewTable extends Pick<Registered, 'definer' | 'captured' | 'createdAt'> {
	name: string;
}

/** Registers tables that are not registered yet. */
export async function enterTables(
	connection: Connection,
	peer: string,
	tables: readonly NewTable[],
	state: RegisterState,
): Promise<void> {
	for (const part of inParts(tables, tablesPerStatement)) {
		await connection.run(
			sql`INSERT IGNORE INTO change_log_tables
				(peer, table_name, state, after_key, entries, since, definer, captured, created_at)
			VALUES ${rowsSql(peer, part, state)}`,
		);
	}
}

/** Registers tables as new, even if they are already registered. */
export async function reenterTables(
	connection: Connection,
	peer: string,
	tables: readonly NewTable[],
	state: RegisterState,
): Promise<void> {
	for (const part of inParts(tables, tablesPerStatement)) {
		await connection.run(
			sql`INSERT INTO change_log_tables
				(peer, table_name, state, after_key, entries, since, definer, captured, created_at)
			VALUES ${rowsSql(peer, part, state)}
			ON DUPLICATE KEY UPDATE
				state = VALUES(state),
				after_key = NULL,
				entries = 0,
				since = VALUES(since),
				definer = VALUES(definer),
				captured = VALUES(captured),
				created_at = VALUES(created_at)`,
		);
	}
}

function rowsSql(peer: string, tables: readonly NewTable[], state: RegisterState): Sql[] {
	return tables.map(
		({ name, definer, captured, createdAt }) =>
			sql`(${peer}, ${name}, ${state}, NULL, 0, UTC_TIMESTAMP(6), ${definer}, ${captured}, ${createdAt})`,
	);
}

/** Marks tables as settled. */
export async function settleTables(
	connection: Connection,
	peer: string,
	names: readonly string[],
): Promise<void> {
	if (names.length === 0) return;
	await connection.run(
		sql`UPDATE change_log_tables FORCE INDEX (PRIMARY)
		SET state = 'settled', after_key = NULL
		WHERE peer = ${peer} AND table_name IN (${names})`,
	);
}

/**
 * Records the account that the tables' triggers run as: once its rights are gone, the triggers are no longer
 * visible.
 */
export async function noteDefiner(
	connection: Connection,
	peer: string,
	names: readonly string[],
	definer: string,
): Promise<void> {
	await connection.run(
		sql`UPDATE change_log_tables FORCE INDEX (PRIMARY)
		SET definer = ${definer}
		WHERE peer = ${peer} AND table_name IN (${names})`,
	);
}

/**
 * Records that the next rows of a table are queued, up to a key.
 * @param after the last key queued before, as read
 * @returns true if that was still the last key
 */
export async function advanceFilling(
	connection: Connection,
	peer: string,
	name: string,
	after: string | null,
	upTo: string,
	rows: number,
): Promise<boolean> {
	const advanced = await connection.run(
		sql`UPDATE change_log_tables FORCE INDEX (PRIMARY)
		SET after_key = ${upTo}, entries = entries + ${rows}
		WHERE peer = ${peer} AND table_name = ${name} AND state = 'filling' AND after_key <=> ${after}`,
	);
	return advanced > 0;
}

/** Records the current triggers of a table. */
export async function noteCapture(
	connection: Connection,
	peer: string,
	{ name, captured, createdAt }: Omit<NewTable, 'definer'>,
): Promise<void> {
	await connection.run(
		sql`UPDATE change_log_tables FORCE INDEX (PRIMARY)
		SET captured = ${captured}, created_at = ${createdAt}
		WHERE peer = ${peer} AND table_name = ${name}`,
	);
}

/** Recorded instead of a creation time for tables that were gone at the latest look. */
export const tableGone = '';

/**
 * Records that tables are gone. Creation times are whole seconds: a table that is dropped and recreated within
 * one would pass for the old one.
 */
export async function noteDropped(
	connection: Connection,
	peer: string,
	names: readonly string[],
): Promise<void> {
	if (names.length === 0) return;
	await connection.run(
		sql`UPDATE change_log_tables FORCE INDEX (PRIMARY)
		SET created_at = ${tableGone}
		WHERE peer = ${peer} AND table_name IN (${names})`,
	);
}

/**
 * Announces to every pair of the database that a table's triggers are being replaced without a gap, so that
 * each pair records the new ones at its next check. If a trigger is missing, records the gap instead.
 * @param stamp the current triggers; null if one is missing
 */
export async function announceInstallation(
	connection: Connection,
	name: string,
	stamp: string | null,
): Promise<void> {
	const rows = await connection.rows<{ peer: string }>(
		sql`SELECT DISTINCT peer FROM change_log_tables`,
	);
	if (rows.length === 0) return;
	const peers = rows.map(({ peer }) => peer);
	const [isAsKnown, captured] =
		stamp === null ? [sql`captured IS NULL`, uninstalled] : [sql`captured = ${stamp}`, null];
	await connection.run(
		sql`UPDATE change_log_tables FORCE INDEX (PRIMARY)
		SET captured = ${captured}
		WHERE peer IN (${peers}) AND table_name = ${name} AND ${isAsKnown}`,
	);
}

/** Records that a person drops the triggers of tables. */
export async function announceUninstallation(
	connection: Connection,
	peer: string,
	names: readonly string[],
): Promise<void> {
	if (names.length === 0) return;
	await connection.run(
		sql`UPDATE change_log_tables FORCE INDEX (PRIMARY)
		SET captured = ${uninstalled}
		WHERE peer = ${peer} AND table_name IN (${names})`,
	);
}

/** Removes all tables tracked with a peer. */
export async function strikePeer(connection: Connection, peer: string): Promise<void> {
	// Reads the state so that the index is not scanned: see database/rows/lock-rows.ts.
	await connection.run(
		sql`DELETE t FROM change_log_tables AS t FORCE INDEX (PRIMARY)
		WHERE t.peer = ${peer} AND (t.state IS NULL OR TRUE)`,
	);
}
