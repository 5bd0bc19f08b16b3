/**
 * How a transaction begins and ends, so that it is committed completely or not at all.
 *
 * A server may roll back the whole transaction while the session continues. Each further statement would then
 * be committed on its own, and COMMIT, with nothing left to commit, would succeed. Two measures prevent that:
 *
 * - A savepoint that is set first disappears with the transaction: releasing it before COMMIT fails (1305).
 * - Without autocommit, statements after a rollback are in a new transaction that is never committed.
 */
import { SyncError } from '../../errors.ts';
import { limitOf } from './transaction-limits.ts';

const savepoint = 'change_log_begun';

/** The statements that begin a read-write transaction. */
export const beginning: readonly string[] = [
	'SET autocommit = 0',
	'START TRANSACTION',
	`SAVEPOINT ${savepoint}`,
];

/** The statements that commit it. They fail if it is no longer open. */
export const committing: readonly string[] = [
	`RELEASE SAVEPOINT ${savepoint}`,
	'COMMIT',
	'SET autocommit = 1',
];

/** The statements that roll it back, and anything after it. Autocommit comes last, as it would commit. */
export const rollingBack: readonly string[] = ['ROLLBACK', 'SET autocommit = 1'];

/** The statements that begin a read-only transaction on a snapshot of the database. */
export const beginningSnapshot: readonly string[] = [
	// For the next transaction only: the session stays READ COMMITTED.
	'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
	'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
	`SAVEPOINT ${savepoint}`,
];

/** The statements that fail if the transaction is no longer open, and otherwise change nothing. */
export const makingSure: readonly string[] = [
	`RELEASE SAVEPOINT ${savepoint}`,
	`SAVEPOINT ${savepoint}`,
];

/** True if a statement failed for lack of the savepoint: the transaction is gone. */
export function isRolledBack({ errno, message }: SyncError): boolean {
	return errno === 1305 && message.includes(savepoint);
}

/**
 * The error for a transaction that the server rolled back.
 * @param cause the server's error, if any
 */
export function rolledBack(cause?: SyncError): SyncError {
	const why = cause && !isRolledBack(cause) ? `: ${cause.message}` : ' without reporting an error';
	return new SyncError('busy', `the server rolled back the whole transaction${why}`, {
		...cause?.place,
		hint: 'Nothing was committed. The batch is retried.',
		errno: cause?.errno,
		cause,
	});
}

/** The state of a transaction after a failed statement. */
export type Fate = 'open' | 'rolled back' | 'unknown';

/**
 * By error number, from the sources of both servers (InnoDB's `row_mysql_handle_errors`, the servers'
 * `transaction_rollback_request`, Galera's `wsrep_after_row`) and confirmed on them. An error in a row rolls
 * back only the statement. For unlisted numbers the server is asked.
 */
const fates: Record<number, Fate> = {
	// InnoDB has rolled back the whole transaction.
	1213: 'rolled back', // deadlock; in Galera also: another node's transaction won
	1206: 'rolled back', // the lock table is full
	1020: 'rolled back', // MariaDB: the row has changed since the snapshot (innodb_snapshot_isolation)
	// Replication has rolled it back.
	1180: 'rolled back', // Galera: wsrep_max_ws_rows; an error during COMMIT
	3100: 'rolled back', // Group Replication: before COMMIT
	3101: 'rolled back', // Group Replication: certification
	// Depends on innodb_rollback_on_timeout.
	1205: 'unknown',
	// No AUTO-INC lock: InnoDB rolls back after a deadlock or timeout, but not if the column is full.
	1467: 'unknown',
	// A row is refused.
	1048: 'open', // NULL
	1062: 'open', // a UNIQUE key
	1586: 'open', // the same
	1216: 'open', // foreign keys
	1217: 'open',
	1451: 'open',
	1452: 'open',
	1242: 'open', // the guard of an upsert
	1264: 'open', // out of range
	1265: 'open', // truncated
	1292: 'open', // a wrong value
	1366: 'open', // the same
	1406: 'open', // too long
	1644: 'open', // SIGNAL in a trigger
	1690: 'open', // out of range in an expression
	3140: 'open', // JSON
	3819: 'open', // CHECK on MySQL
	4025: 'open', // CHECK on MariaDB
};

/** The effect of a failed statement on its transaction, as far as the error tells. */
export function fateAfter(error: SyncError): Fate {
	if (limitOf(error) !== null) return 'rolled back';
	// An error without a number is not the server's: a value may have been refused before it was sent.
	return error.errno === undefined ? 'unknown' : (fates[error.errno] ?? 'unknown');
}
