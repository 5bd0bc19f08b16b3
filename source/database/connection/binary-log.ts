/**
 * Servers with statement-based binary logging. At READ COMMITTED, which every session of this program needs,
 * InnoDB then refuses to write (1665). And log entries written by triggers get different ids on each replica,
 * so that the change logs of replicas differ (the servers note 1592 at every write of the application).
 */
import type { Side } from '../../config/types.ts';
import { errorOfFinding, type SyncError, type SyncErrorOptions } from '../../errors.ts';
import type { Connection } from './connection.ts';
import { connectionFinding, connectionMessages } from './messages.ts';

/** Reads the two variables; they need not exist. `binlog_format` is deprecated in MySQL. */
const ofLogFormat = "WHERE Variable_name IN ('log_bin', 'binlog_format')";

/** The session's variables: the format in which it writes. */
export const sessionLogFormat = `SHOW SESSION VARIABLES ${ofLogFormat}`;

export interface LogVariable {
	Variable_name: string;
	Value: string;
}

/** True if the variables mean statement-based binary logging. */
export function isStatementLog(rows: readonly LogVariable[]): boolean {
	const values = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
	return (
		values.get('log_bin')?.toUpperCase() === 'ON' &&
		values.get('binlog_format')?.toUpperCase() === 'STATEMENT'
	);
}

/** True if new sessions use statement-based binary logging. */
export async function writesStatementLog(connection: Connection): Promise<boolean> {
	return isStatementLog(await connection.rows<LogVariable>(`SHOW GLOBAL VARIABLES ${ofLogFormat}`));
}

/**
 * The error for such a server. Its code makes the engine reconnect, as
 * sessions keep the format they started with.
 */
export function statementLogError(
	side: Side,
	options: Pick<SyncErrorOptions, 'errno' | 'cause'> = {},
): SyncError {
	const cure = { side, sql: 'SET GLOBAL binlog_format = MIXED' };
	const finding = connectionFinding('statement_based_log', { side }, {}, [cure]);
	return errorOfFinding('denied', connectionMessages, finding, options);
}

/**
 * Refuses connections to servers with statement-based binary logging.
 * @throws SyncError `denied` that names the side
 */
export async function refuseStatementLog(connections: readonly Connection[]): Promise<void> {
	const found = await Promise.all(connections.map(writesStatementLog));
	for (const [index, { end, server }] of connections.entries()) {
		if (found[index] || server.isStatementLog) throw statementLogError(end.side);
	}
}
