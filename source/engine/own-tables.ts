import { ensureBookkeeping, missingBookkeeping } from '../capture/bookkeeping.ts';
import { changeLogState } from '../capture/change-log.ts';
import { type PairConfig, sides } from '../config/types.ts';
import { SyncError } from '../errors.ts';
import type { Connections } from './connections.ts';

/** The error for something of the program's own that is not in a database. */
export function notInstalled(what: string): SyncError {
	return new SyncError('not_installed', what, {
		hint: 'Press `i`, or run `mysql-sync-tui install`.',
	});
}

/**
 * Sees to it that both ends have the tables that the engine keeps beside the change log. Both are
 * looked at before either is touched.
 * @throws SyncError `foreign_change_log`; `not_installed` where they are missing and not to be created
 */
export async function requireOwnTables(connections: Connections, pair: PairConfig): Promise<void> {
	const looks = await Promise.all(
		sides.map(async (side) => ({
			side,
			missing: await missingBookkeeping(connections[side]),
			changeLog: await changeLogState(connections[side]),
		})),
	);
	for (const { side, missing, changeLog } of looks) {
		const [name] = missing;
		if (name === undefined) continue;
		if (!pair.autoInstall) {
			const what = changeLog === 'complete' ? `the table ${name}` : 'the change log';
			const state = changeLog === 'complete' ? 'missing' : changeLog;
			throw notInstalled(`${what} is ${state}`).at({ pair: pair.name, side });
		}
		await ensureBookkeeping(connections[side]);
	}
}
