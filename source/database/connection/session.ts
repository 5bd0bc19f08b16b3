import { createHash } from 'node:crypto';
import type { FieldPacket } from 'mysql2';
import type { Connection as DriverConnection } from 'mysql2/promise';
import { isStatementLog, type LogVariable, sessionLogFormat } from './binary-log.ts';
import { decodeNamed } from './decode.ts';
import { askingFor } from './node-state.ts';
import { pinningStatements } from './session-variables.ts';

/**
 * The loop marker, which only this program sets. If it is empty, no trigger logs anything. If it is the tag
 * of the table being applied, that table's triggers are silent, while those of other tables log the side
 * effects of application triggers and foreign keys.
 */
export const loopMarker = '@change_log_applying';

/** Prefix of the tag in `applied_nodes` of a logged side effect, until the transaction has handled it. */
export const effectSign = '!';

/** SQL for triggers: the value of `applied_nodes` in a log entry. */
export const nodesOfNote = `IF(${loopMarker} IS NULL, '', CONCAT('${effectSign}', ${loopMarker}))`;

/** A table's tag for the loop marker: ASCII, so that collations do not matter. */
export function tagOf(table: string): string {
	return createHash('sha256').update(table).digest('hex').slice(0, 10);
}

export interface ServerInfo {
	product: 'mariadb' | 'mysql';
	/** For example `10.11.19`. */
	version: string;
	/** The session's account, in the form in which triggers name their definer. */
	account: string;
	/** Bytes of the largest statement that the server accepts. */
	maxAllowedPacket: number;
	/** True if table names are case-insensitive. */
	foldsTableNames: boolean;
	/** True if the session uses statement-based binary logging, the server's format when it started. */
	isStatementLog: boolean;
	/** Milliseconds by which its clock was ahead of this machine's when the session started. */
	clockAhead: number;
	/** Distinguishes the nodes of a cluster. */
	place: string;
}

interface ServerRow {
	version: string;
	account: string;
	max_allowed_packet: string | number;
	lower_case_table_names: string | number;
	place: string;
	now: string | number;
}

/**
 * Pins everything in a session that can change what its statements read,
 * write or commit. Fails if the node is unusable.
 */
export async function prepareSession(
	driver: DriverConnection,
	database: string,
	access: 'read' | 'write',
): Promise<ServerInfo> {
	const before = Date.now();
	const statements = [
		...pinningStatements(database),
		`SET ${loopMarker} = ''`,
		askingFor[access],
		sessionLogFormat,
		`SELECT VERSION() AS version,
			CURRENT_USER() AS account,
			@@max_allowed_packet AS max_allowed_packet,
			@@lower_case_table_names AS lower_case_table_names,
			CONCAT(@@hostname, ':', @@port, ':', @@datadir) AS place,
			/*M!100002 ${sessionLock} AS session_lock, */
			${clockReading} AS now`,
	];
	const [answers, fields] = await driver.query({
		sql: statements.join(';\n'),
		rowsAsArray: true,
	});
	const decoded = <Row>(at: number) =>
		decodeNamed<Row>(
			(answers as unknown as Buffer[][][]).at(at) ?? [],
			(fields as unknown as FieldPacket[][]).at(at) ?? [],
		);
	const [row] = decoded<ServerRow>(-1);
	const after = Date.now();
	if (!row) throw new Error('the server did not report its version');
	return {
		product: /mariadb/i.test(row.version) ? 'mariadb' : 'mysql',
		version: row.version.replace(/^5\.5\.5-/, '').replace(/^([\d.]+).*$/s, '$1'),
		account: row.account,
		maxAllowedPacket: Number(row.max_allowed_packet),
		foldsTableNames: Number(row.lower_case_table_names) !== 0,
		isStatementLog: isStatementLog(decoded<LogVariable>(-2)),
		clockAhead: aheadOf(row.now, before, after),
		place: row.place,
	};
}

/**
 * SQL that takes a lock nobody waits for. To a session with locks, MariaDB's catalogue reports tables with
 * concurrent DDL at once. Without locks it waits for the DDL to end, and a statement takes as long as a
 * `CREATE TABLE … AS SELECT` of a large table.
 */
const sessionLock = `GET_LOCK(CONCAT('change_log_session_', CONNECTION_ID()), 0)`;

/** SQL for the server's time, in seconds since 1970. */
export const clockReading = 'UNIX_TIMESTAMP(NOW(6))';

/**
 * Milliseconds by which a server's clock is ahead of this machine's.
 * @param reading the result of `clockReading`, requested and received at these times of `Date.now()`
 */
export function aheadOf(reading: string | number, before: number, after: number): number {
	return Number(reading) * 1000 - (before + after) / 2;
}

/** Product and version in readable form: `MariaDB 10.11.19`. */
export function describeServer(server: Pick<ServerInfo, 'product' | 'version'>): string {
	return `${server.product === 'mariadb' ? 'MariaDB' : 'MySQL'} ${server.version}`;
}
