import { SyncError } from '../../errors.ts';

/** The error for a missing object of this program in a database. */
export function notInstalled(what: string): SyncError {
	return new SyncError('not_installed', what, {
		hint: 'Press `i`, or run `mysql-sync-tui install`.',
	});
}
