/**
 * Servers that write their binary log as statements. At READ COMMITTED, which every session of this
 * program needs, InnoDB refuses to write then (1665). And the entries that triggers make get ids of
 * their own on each replica, so that the change log of a replica is another one (the servers note 1592
 * at every write of the application).
 */
import type { Side } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import type { Connection } from './connection.ts';

/** Reads the two variables; they need not exist. `binlog_format` is deprecated in MySQL. */
const ofLogFormat = "WHERE Variable_name IN ('log_bin', 'binlog_format')";

/** The variables of the session: what it writes itself. */
export const sessionLogFormat = `SHOW SESSION VARIABLES ${ofLogFormat}`;

export interface LogVariable {
	Variable_name: string;
	Value: string;
}

/** Whether the variables say that the binary log is written as statements. */
export function isStatementLog(rows: readonly LogVariable[]): boolean {
	const values = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
	return (
		values.get('log_bin')?.toUpperCase() === 'ON' &&
		values.get('binlog_format')?.toUpperCase() === 'STATEMENT'
	);
}

/** Whether sessions that begin now write the binary log as statements. */
export async function writesStatementLog(connection: Connection): Promise<boolean> {
	return isStatementLog(await connection.rows<LogVariable>(`SHOW GLOBAL VARIABLES ${ofLogFormat}`));
}

/** What is said of the format, with its cure. */
export const statementLog = {
	message: 'the server writes its binary log as statements (binlog_format=STATEMENT)',
	hint: 'Nothing can be carried over, and the change log would differ on replicas of the server. Fix: SET GLOBAL binlog_format = MIXED (or ROW), and set the same in the configuration file of the server. The application keeps the old format until it reconnects.',
};

/** The error for such a server. Its code has sessions begin again, which keep the format they began with. */
export function statementLogError(side: Side): SyncError {
	return new SyncError('denied', statementLog.message, { side, hint: statementLog.hint });
}

/**
 * Refuses connections whose server writes its binary log as statements.
 * @throws SyncError `denied` that names the side
 */
export async function refuseStatementLog(connections: readonly Connection[]): Promise<void> {
	const found = await Promise.all(connections.map(writesStatementLog));
	for (const [index, { end, server }] of connections.entries()) {
		if (found[index] || server.isStatementLog) throw statementLogError(end.side);
	}
}
