import { SyncError } from '../../errors.ts';

/** The error for something of the program's own that is not in a database. */
export function notInstalled(what: string): SyncError {
	return new SyncError('not_installed', what, {
		hint: 'Press `i`, or run `mysql-sync-tui install`.',
	});
}
