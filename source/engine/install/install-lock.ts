/**
 * One process at a time creates or drops this program's tables and triggers in a database. Without
 * that, an engine could recreate what a person's `uninstall` has just dropped, from a look at the
 * database that is out of date by then. What an engine creates by itself it decides while it has the lock.
 * Named locks belong to one server: in a cluster, two processes on different nodes are not kept apart.
 */
import { createHash } from 'node:crypto';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { SyncError } from '../../errors.ts';
import type { Connections } from '../shared/connections.ts';
import { giveNamedLock, takeNamedLock } from '../shared/named-lock.ts';

/**
 * Seconds to wait for another process. An engine tries again soon. `sync` does not, and its pairs may share
 * a database, so that the first of them installs while the others wait.
 */
export const installPatience = { person: 30, engine: 3, sync: 300 };

/**
 * Does some work while no other process installs or uninstalls in either database.
 * @param seconds to wait for another process
 * @throws SyncError `busy` if it takes longer; whatever the work throws
 */
export async function withInstallLock<T>(
	connections: Connections,
	pair: PairConfig,
	seconds: number,
	work: () => Promise<T>,
): Promise<T> {
	const taken: Connection[] = [];
	try {
		for (const side of inOrder(pair)) {
			const connection = connections[side];
			const isTaken = await takeNamedLock(connection, installLockName(connection), seconds);
			if (isTaken) taken.push(connection);
			if (isTaken === false) throw otherProcess(pair, side);
		}
		return await work();
	} finally {
		for (const connection of taken) {
			if (!connection.lost)
				await giveNamedLock(connection, installLockName(connection)).catch(() =>
					connection.destroy(),
				);
		}
	}
}

/** Pairs that share both databases take the locks in the same order. */
function inOrder(pair: PairConfig): Side[] {
	const [first, second] = sides;
	if (first === undefined || second === undefined) return [];
	return pair[first].nodeId < pair[second].nodeId ? [first, second] : [second, first];
}

/** One name for a database, however a configuration spells it. */
function installLockName({ end, server }: Connection): string {
	const database = server.foldsTableNames ? end.database.toLowerCase() : end.database;
	const digest = createHash('sha256').update(database).digest('hex');
	return `change_log_install ${digest.slice(0, 32)}`;
}

function otherProcess(pair: PairConfig, side: Side): SyncError {
	return new SyncError('busy', 'another process is installing or uninstalling in this database', {
		pair: pair.name,
		side,
		hint: 'Try again when it is done.',
	});
}
