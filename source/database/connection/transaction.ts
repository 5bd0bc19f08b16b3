/**
 * How a transaction begins and ends, so that it is committed whole or not at all.
 *
 * A server may roll the whole transaction back and let the session go on. From then on every statement
 * would be committed by itself, and COMMIT, with nothing left to commit, would succeed. Two things keep
 * that from doing harm:
 *
 * - A savepoint that is set first is gone with the transaction: releasing it before COMMIT fails (1305).
 * - Without autocommit, what comes after a rollback is in a new transaction that is never committed.
 */
import { SyncError } from '../../errors.ts';
import { limitOf } from './transaction-limits.ts';

const savepoint = 'change_log_begun';

/** The statements that begin a transaction that writes. */
export const beginning: readonly string[] = [
	'SET autocommit = 0',
	'START TRANSACTION',
	`SAVEPOINT ${savepoint}`,
];

/** The statements that commit it. They fail where it is not open any more. */
export const committing: readonly string[] = [
	`RELEASE SAVEPOINT ${savepoint}`,
	'COMMIT',
	'SET autocommit = 1',
];

/** The statements that roll it back, and what came after it; autocommit last, for that would commit. */
export const rollingBack: readonly string[] = ['ROLLBACK', 'SET autocommit = 1'];

/** The statements that begin a transaction that reads one moment of the database. */
export const beginningSnapshot: readonly string[] = [
	// Of the next transaction only: the session stays READ COMMITTED.
	'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
	'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
	`SAVEPOINT ${savepoint}`,
];

/** The statements that fail where the transaction is not open any more, and else change nothing. */
export const makingSure: readonly string[] = [
	`RELEASE SAVEPOINT ${savepoint}`,
	`SAVEPOINT ${savepoint}`,
];

/** Whether it was the missing savepoint that a statement failed with: the transaction is gone. */
export function isRolledBack({ errno, message }: SyncError): boolean {
	return errno === 1305 && message.includes(savepoint);
}

/** The error for a transaction that the server has rolled back. @param cause what it said, if anything */
export function rolledBack(cause?: SyncError): SyncError {
	const why = cause && !isRolledBack(cause) ? `: ${cause.message}` : ' without an error';
	return new SyncError('busy', `the server rolled back the whole transaction${why}`, {
		...cause?.place,
		hint: 'Nothing was committed; the batch is tried again.',
		errno: cause?.errno,
		cause,
	});
}

/** What becomes of a transaction in which a statement fails. */
export type Fate = 'open' | 'rolled back' | 'unknown';

/**
 * By error number, read in the sources of both servers (InnoDB's `row_mysql_handle_errors`, the servers'
 * `transaction_rollback_request`, Galera's `wsrep_after_row`) and seen on them. Only the statement is
 * rolled back for what is wrong with a row. What is not listed is found out by asking the server.
 */
const fates: Record<number, Fate> = {
	// InnoDB has rolled back the whole transaction.
	1213: 'rolled back', // deadlock; in Galera also: another node's transaction won
	1206: 'rolled back', // the lock table is full
	1020: 'rolled back', // MariaDB: the row has changed since the snapshot (innodb_snapshot_isolation)
	// The replication has.
	1180: 'rolled back', // Galera: wsrep_max_ws_rows; an error during COMMIT
	3100: 'rolled back', // Group Replication: before COMMIT
	3101: 'rolled back', // Group Replication: certification
	// Either, by innodb_rollback_on_timeout.
	1205: 'unknown',
	// The AUTO-INC lock could not be had: InnoDB rolls back for a deadlock or timeout, not for a full column.
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

/** What a failed statement did to its transaction, as far as the error tells. */
export function fateAfter(error: SyncError): Fate {
	if (limitOf(error) !== null) return 'rolled back';
	// Without a number no server said it: a value may have been refused before it was sent.
	return error.errno === undefined ? 'unknown' : (fates[error.errno] ?? 'unknown');
}
