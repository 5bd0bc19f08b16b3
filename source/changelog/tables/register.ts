/**
 * The register: the tables that a pair has taken up. A table is taken up once its rows can be carried
 * both ways, with triggers on both ends; what it held before that is decided then, once. What a later
 * look finds there (no rows on one side, because somebody deleted them) is the application's doing.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { quoteString, quoteStrings } from '../../database/sql/literals.ts';
import { registerTable } from './table-names.ts';

/**
 * - *settled*: nothing is left to do for what it held before.
 * - *filling*: the rows of this side are being put in line for the other, up to `afterKey`.
 * - *awaiting*: the same, told on the other side.
 */
export type RegisterState = 'settled' | 'filling' | 'awaiting';

export interface Registered {
	state: RegisterState;
	/** The last row that was put in line; null before the first. */
	afterKey: string | null;
	/** How many rows were. */
	entries: number;
	/** When it was taken up: UTC, by the server's clock. */
	since: string;
	/** The account that its triggers run by; null where they were never seen. */
	definer: string | null;
}

/** A database's register of the tables taken up with a peer. */
export type Register = ReadonlyMap<string, Registered>;

/** Reads the register of the tables taken up with a peer. */
export async function readRegister(connection: Connection, peer: string): Promise<Register> {
	const rows = await connection.rows<{
		table_name: string;
		state: RegisterState;
		after_key: string | null;
		entries: string | number;
		since: string;
		definer: string | null;
	}>(
		`SELECT table_name, state, after_key, entries, CAST(since AS CHAR) AS since, definer
		FROM ${quoteName(registerTable)}
		WHERE peer = ${quoteString(peer)}`,
	);
	return new Map(
		rows.map(({ table_name, state, after_key, entries, since, definer }) => [
			table_name,
			{ state, afterKey: after_key, entries: Number(entries), since, definer },
		]),
	);
}

/** Names in one statement. */
const namesPerStatement = 500;

/** A table to be entered, and the account that its triggers run by. */
export interface Entry {
	name: string;
	definer: string | null;
}

/** Enters tables that are not entered yet. */
export async function enterTables(
	connection: Connection,
	peer: string,
	tables: readonly Entry[],
	state: RegisterState,
): Promise<void> {
	for (let start = 0; start < tables.length; start += namesPerStatement) {
		const rows = tables
			.slice(start, start + namesPerStatement)
			.map(
				({ name, definer }) =>
					`(${quoteString(peer)}, ${quoteString(name)}, '${state}', NULL, 0, UTC_TIMESTAMP(6), ${definer === null ? 'NULL' : quoteString(definer)})`,
			);
		await connection.run(
			`INSERT IGNORE INTO ${quoteName(registerTable)}
				(peer, table_name, state, after_key, entries, since, definer)
			VALUES ${rows.join(', ')}`,
		);
	}
}

/** Nothing is left to do for tables that are entered. */
export async function settleTables(
	connection: Connection,
	peer: string,
	names: readonly string[],
): Promise<void> {
	if (names.length === 0) return;
	await connection.run(
		`UPDATE ${quoteName(registerTable)} FORCE INDEX (PRIMARY)
		SET state = 'settled', after_key = NULL
		WHERE peer = ${quoteString(peer)} AND table_name IN (${quoteStrings(names)})`,
	);
}

/** Notes the account that tables' triggers run by: once its rights are gone they are not seen any more. */
export async function noteDefiner(
	connection: Connection,
	peer: string,
	names: readonly string[],
	definer: string,
): Promise<void> {
	await connection.run(
		`UPDATE ${quoteName(registerTable)} FORCE INDEX (PRIMARY)
		SET definer = ${quoteString(definer)}
		WHERE peer = ${quoteString(peer)} AND table_name IN (${quoteStrings(names)})`,
	);
}

/** Begins again with tables whose rows are put in line. */
export async function refill(connection: Connection, peer: string, name: string): Promise<void> {
	await connection.run(
		`INSERT INTO ${quoteName(registerTable)} (peer, table_name, state, after_key, entries, since)
		VALUES (${quoteString(peer)}, ${quoteString(name)}, 'filling', NULL, 0, UTC_TIMESTAMP(6))
		ON DUPLICATE KEY UPDATE state = 'filling', after_key = NULL, entries = 0`,
	);
}

/** Takes tables out, which are taken up anew if they come again. */
export async function strikeTables(
	connection: Connection,
	peer: string,
	names: readonly string[],
): Promise<void> {
	if (names.length === 0) return;
	await connection.run(`${strikingOf(peer)} AND t.table_name IN (${quoteStrings(names)})`);
}

/** Takes all tables out that were taken up with a peer. */
export async function strikePeer(connection: Connection, peer: string): Promise<void> {
	await connection.run(strikingOf(peer));
}

function strikingOf(peer: string): string {
	// The state is read so that the index is not walked through: see database/rows/lock-rows.ts.
	return `DELETE t FROM ${quoteName(registerTable)} AS t FORCE INDEX (PRIMARY)
		WHERE t.peer = ${quoteString(peer)} AND (t.state IS NULL OR TRUE)`;
}
