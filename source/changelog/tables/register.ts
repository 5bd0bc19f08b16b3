/**
 * `change_log_tables`, the register: the tables that a pair tracks. A table is entered once its rows can
 * travel both ways, with triggers on both ends. The rows that it held before are dealt with then, once. What
 * a later check finds there, such as no rows on one side, is the application's doing.
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
		PRIMARY KEY (peer, table_name)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/**
 * - *settled*: nothing is left to do for the rows it held before.
 * - *filling*: the rows of this side are being queued for the other, up to `afterKey`.
 * - *awaiting*: the same, as the other side has it.
 */
export type RegisterState = 'settled' | 'filling' | 'awaiting';

export interface Registered {
	state: RegisterState;
	/** The last row that was queued; null before the first. */
	afterKey: string | null;
	/** How many rows were queued. */
	entries: number;
	/** When the table was entered: UTC, by the server's clock. */
	since: string;
	/** The account that its triggers run as; null where they were never seen. */
	definer: string | null;
}

/** A database's register of the tables tracked with a peer. */
export type Register = ReadonlyMap<string, Registered>;

/** Reads the register of the tables tracked with a peer. */
export async function readRegister(connection: Connection, peer: string): Promise<Register> {
	const rows = await connection.rows<{
		table_name: string;
		state: RegisterState;
		after_key: string | null;
		entries: string | number;
		since: string;
		definer: string | null;
	}>(
		sql`SELECT table_name, state, after_key, entries, CAST(since AS CHAR) AS since, definer
		FROM change_log_tables
		WHERE peer = ${peer}`,
	);
	return new Map(
		rows.map(({ table_name, state, after_key, entries, since, definer }) => [
			table_name,
			{ state, afterKey: after_key, entries: Number(entries), since, definer },
		]),
	);
}

/** Tables in one statement. */
const tablesPerStatement = 500;

/** A table to be entered, and the account that its triggers run as. */
export interface NewTable {
	name: string;
	definer: string | null;
}

/** Enters tables that are not entered yet. */
export async function enterTables(
	connection: Connection,
	peer: string,
	tables: readonly NewTable[],
	state: RegisterState,
): Promise<void> {
	for (const part of inParts(tables, tablesPerStatement)) {
		const rows = part.map(
			({ name, definer }) =>
				sql`(${peer}, ${name}, ${state}, NULL, 0, UTC_TIMESTAMP(6), ${definer})`,
		);
		await connection.run(
			sql`INSERT IGNORE INTO change_log_tables
				(peer, table_name, state, after_key, entries, since, definer)
			VALUES ${rows}`,
		);
	}
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

/** Notes the account that tables' triggers run as: once its rights are gone, the triggers cannot be seen any more. */
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
 * Notes that the next rows of a table are queued, up to a key.
 * @param after the key that they come after, as it was read
 * @returns whether that still was the last one
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

/** Begins to queue the rows of a table from the first one. */
export async function refill(connection: Connection, peer: string, name: string): Promise<void> {
	await connection.run(
		sql`INSERT INTO change_log_tables (peer, table_name, state, after_key, entries, since)
		VALUES (${peer}, ${name}, 'filling', NULL, 0, UTC_TIMESTAMP(6))
		ON DUPLICATE KEY UPDATE state = 'filling', after_key = NULL, entries = 0`,
	);
}

/** Removes tables, which are entered again if they come back. */
export async function strikeTables(
	connection: Connection,
	peer: string,
	names: readonly string[],
): Promise<void> {
	if (names.length === 0) return;
	await connection.run(strikeSql(peer, sql`t.table_name IN (${names})`));
}

/** Removes all tables that are tracked with a peer. */
export async function strikePeer(connection: Connection, peer: string): Promise<void> {
	await connection.run(strikeSql(peer, sql`TRUE`));
}

function strikeSql(peer: string, which: Sql): Sql {
	// The state is read so that the index is not walked through: see database/rows/lock-rows.ts.
	return sql`DELETE t FROM change_log_tables AS t FORCE INDEX (PRIMARY)
		WHERE t.peer = ${peer} AND ${which} AND (t.state IS NULL OR TRUE)`;
}
