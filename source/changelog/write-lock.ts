/** Servers that are locked against writing, for example during a backup. */

import type { Connection } from '../database/connection/connection.ts';
import { sql } from '../database/sql/sql.ts';
import { asSyncError, SyncError } from '../errors.ts';

/** Seconds to wait for a write that meets no other. */
const patience = 1;

/**
 * A transaction that changes nothing and meets nobody's rows: it waits only for a lock on the whole server or
 * on this table. BACKUP STAGE BLOCK_COMMIT stops only a transaction that has something to commit.
 */
const harmlessWrite = [
	sql`INSERT INTO change_log_receipts (peer, ids, digest) VALUES ('', '', '')`,
	sql`DELETE t FROM change_log_receipts AS t FORCE INDEX (PRIMARY) WHERE t.peer = ''`,
];

/**
 * Tells a lock on the whole server from a row lock, after a lock wait timeout (1205). If
 * the side has other nodes, switches to another one.
 * @returns the error to continue with: one that names the lock, or the same
 */
export async function explainLockWait(
	error: SyncError,
	connections: readonly Connection[],
): Promise<SyncError> {
	if (error.errno !== 1205) return error;
	for (const connection of connections) {
		if (connection.end.side !== error.place.side || connection.lost) continue;
		if (!(await isWriteLocked(connection))) continue;
		const locked = new SyncError('busy', 'the server is locked against writing', {
			...error.place,
			hint: 'A session holds FLUSH TABLES WITH READ LOCK, LOCK TABLES or a backup lock, often for a running backup: SHOW PROCESSLIST lists the sessions. Syncing resumes once the lock is released.',
			errno: error.errno,
			cause: error,
		});
		connection.leaveNode(locked);
		return locked;
	}
	return error;
}

async function isWriteLocked(connection: Connection): Promise<boolean> {
	try {
		await connection.withLockWait(patience, () => connection.whole(harmlessWrite));
		return false;
	} catch (thrown) {
		return asSyncError(thrown).errno === 1205;
	}
}
