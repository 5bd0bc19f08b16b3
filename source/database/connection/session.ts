import { createHash } from 'node:crypto';
import type { FieldPacket } from 'mysql2';
import type { Connection as DriverConnection } from 'mysql2/promise';
import { isStatementLog, type LogVariable, sessionLogFormat } from './binary-log.ts';
import { decodeNamed } from './decode.ts';
import { askingFor } from './node-state.ts';
import { pinningStatements } from './session-variables.ts';

/**
 * The loop marker. Only this program sets it: to nothing, and no trigger logs anything; or to the tag of
 * the table that is being applied, and its own triggers are silent, while those of other tables note
 * what the application's triggers and foreign keys do there by themselves.
 */
export const loopMarker = '@change_log_applying';

/** Stands in `applied_nodes` of such a note, before the tag, until the transaction has seen to it. */
export const effectSign = '!';

/** SQL in a trigger: what an entry has in `applied_nodes`. */
export const nodesOfNote = `IF(${loopMarker} IS NULL, '', CONCAT('${effectSign}', ${loopMarker}))`;

/** A table's name as the loop marker holds it: ASCII, so that no collation has a say in it. */
export function tagOf(table: string): string {
	return createHash('sha256').update(table).digest('hex').slice(0, 10);
}

export interface ServerInfo {
	product: 'mariadb' | 'mysql';
	/** Such as `10.11.19`. */
	version: string;
	/** Who the session is to the server, as triggers name their definer. */
	account: string;
	/** Bytes of the largest statement the server accepts. */
	maxAllowedPacket: number;
	/** Whether table names are compared without regard to case. */
	foldsTableNames: boolean;
	/** Whether the session writes the binary log as statements: it began when that was the server's format. */
	isStatementLog: boolean;
	/** Milliseconds that its clock was ahead of this machine's when the session began. */
	clockAhead: number;
	/** Tells the nodes of a cluster apart. */
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
 * Pins everything of a session that changes what a statement of it reads, writes or commits. Fails where
 * the node cannot serve.
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
	if (!row) throw new Error('the server did not tell its version');
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
 * SQL: takes a lock that nobody waits for. To a session with locks MariaDB's catalogue tells at once
 * which tables another session is defining anew; to one without, it waits for that to end, and each
 * statement takes as long as `CREATE TABLE … AS SELECT` of a large table does.
 */
const sessionLock = `GET_LOCK(CONCAT('change_log_session_', CONNECTION_ID()), 0)`;

/** SQL: the server's time, in seconds since 1970. */
export const clockReading = 'UNIX_TIMESTAMP(NOW(6))';

/**
 * Milliseconds that a server's clock is ahead of this machine's.
 * @param reading what `clockReading` gave, asked for and answered at these times of `Date.now()`
 */
export function aheadOf(reading: string | number, before: number, after: number): number {
	return Number(reading) * 1000 - (before + after) / 2;
}

/** Product and version as people read them: `MariaDB 10.11.19`. */
export function describeServer(server: Pick<ServerInfo, 'product' | 'version'>): string {
	return `${server.product === 'mariadb' ? 'MariaDB' : 'MySQL'} ${server.version}`;
}
