/**
 * The register: the tables that a pair has taken up. A table is taken up once its rows can be carried
 * both ways, with triggers on both ends; what it held before that is decided then, once. What a later
 * look finds there (no rows on one side, because somebody deleted them) is the application's doing. It is
 * decided again where capture was interrupted: the table was recreated, or its triggers were gone.
 */
import type { Connection } from '../database/connection/connection.ts';
import { quoteName } from '../database/sql/identifiers.ts';
import { quoteString, quoteStrings } from '../database/sql/literals.ts';
import { registerTable } from './table-names.ts';

/**
 * - *settled*: nothing is left to do for what it held before.
 * - *filling*: the rows of this side are being put in line for the other, up to `afterKey`.
 * - *awaiting*: the same, told on the other side.
 * - *replaced*: the table of this side was recreated, and a person has to compare the two sides.
 * - *gap*: its triggers were gone for a while, and a person has to.
 */
export type RegisterState = 'settled' | 'filling' | 'awaiting' | Interruption;

/** Stands for the triggers of a table whose triggers `uninstall` has dropped. */
export const uninstalled = '';

/** Why changes of a table may have been missed. */
export type Interruption = 'replaced' | 'gap';

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
	/** Its triggers as they were at the latest look; see `captureStamp`. Null where that is not known. */
	captured: string | null;
	/** When the server said then that the table was created. */
	createdAt: string | null;
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
		captured: string | null;
		created_at: string | null;
	}>(
		`SELECT table_name, state, after_key, entries, CAST(since AS CHAR) AS since, definer, captured,
			created_at
		FROM ${quoteName(registerTable)}
		WHERE peer = ${quoteString(peer)}`,
	);
	return new Map(
		rows.map(({ table_name, after_key, entries, created_at, ...row }) => [
			table_name,
			{ ...row, afterKey: after_key, entries: Number(entries), createdAt: created_at },
		]),
	);
}

/** Names in one statement. */
const namesPerStatement = 500;

/** A table to be entered, with what its triggers are. */
export interface Entry extends Pick<Registered, 'definer' | 'captured' | 'createdAt'> {
	name: string;
}

/** Enters tables that are not entered yet. */
export async function enterTables(
	connection: Connection,
	peer: string,
	tables: readonly Entry[],
	state: RegisterState,
): Promise<void> {
	for (let start = 0; start < tables.length; start += namesPerStatement) {
		await connection.run(
			`INSERT IGNORE INTO ${quoteName(registerTable)}
				(peer, table_name, state, after_key, entries, since, definer, captured, created_at)
			VALUES ${entryRows(peer, tables.slice(start, start + namesPerStatement), state)}`,
		);
	}
}

/** Enters tables as if they were new, also those that are entered. */
export async function reenterTables(
	connection: Connection,
	peer: string,
	tables: readonly Entry[],
	state: RegisterState,
): Promise<void> {
	for (let start = 0; start < tables.length; start += namesPerStatement) {
		await connection.run(
			`INSERT INTO ${quoteName(registerTable)}
				(peer, table_name, state, after_key, entries, since, definer, captured, created_at)
			VALUES ${entryRows(peer, tables.slice(start, start + namesPerStatement), state)}
			ON DUPLICATE KEY UPDATE state = VALUES(state), after_key = NULL, entries = 0,
				since = VALUES(since), definer = VALUES(definer), captured = VALUES(captured),
				created_at = VALUES(created_at)`,
		);
	}
}

function entryRows(peer: string, tables: readonly Entry[], state: RegisterState): string {
	const rows = tables.map(
		({ name, definer, captured, createdAt }) =>
			`(${quoteString(peer)}, ${quoteString(name)}, '${state}', NULL, 0, UTC_TIMESTAMP(6),
				${orNull(definer)}, ${orNull(captured)}, ${orNull(createdAt)})`,
	);
	return rows.join(', ');
}

function orNull(text: string | null): string {
	return text === null ? 'NULL' : quoteString(text);
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

/** Notes what the triggers of a table are now. */
export async function noteCapture(
	connection: Connection,
	peer: string,
	{ name, captured, createdAt }: Omit<Entry, 'definer'>,
): Promise<void> {
	await connection.run(
		`UPDATE ${quoteName(registerTable)} FORCE INDEX (PRIMARY)
		SET captured = ${orNull(captured)}, created_at = ${orNull(createdAt)}
		WHERE peer = ${quoteString(peer)} AND table_name = ${quoteString(name)}`,
	);
}

/**
 * Tells every pair of the database that a table's triggers are replaced without a gap, so that each notes
 * the new ones at its next look. Where one of them is missing the gap is noted instead.
 * @param stamp the triggers as they are now; null where one is missing
 */
export async function announceInstallation(
	connection: Connection,
	name: string,
	stamp: string | null,
): Promise<void> {
	const peers = await connection.rows<{ peer: string }>(
		`SELECT DISTINCT peer FROM ${quoteName(registerTable)}`,
	);
	if (peers.length === 0) return;
	const [before, after] =
		stamp === null ? ['captured IS NULL', "''"] : [`captured = ${quoteString(stamp)}`, 'NULL'];
	await connection.run(
		`UPDATE ${quoteName(registerTable)} FORCE INDEX (PRIMARY)
		SET captured = ${after}
		WHERE peer IN (${quoteStrings(peers.map(({ peer }) => peer))})
			AND table_name = ${quoteString(name)} AND ${before}`,
	);
}

/** Notes that a person drops the triggers of tables. */
export async function announceUninstallation(
	connection: Connection,
	peer: string,
	names: readonly string[],
): Promise<void> {
	if (names.length === 0) return;
	await connection.run(
		`UPDATE ${quoteName(registerTable)} FORCE INDEX (PRIMARY)
		SET captured = ${quoteString(uninstalled)}
		WHERE peer = ${quoteString(peer)} AND table_name IN (${quoteStrings(names)})`,
	);
}

/** Takes all tables out that were taken up with a peer. */
export async function strikePeer(connection: Connection, peer: string): Promise<void> {
	// The state is read so that the index is not walked through: see database/rows/lock-rows.ts.
	await connection.run(
		`DELETE t FROM ${quoteName(registerTable)} AS t FORCE INDEX (PRIMARY)
		WHERE t.peer = ${quoteString(peer)} AND (t.state IS NULL OR TRUE)`,
	);
}
