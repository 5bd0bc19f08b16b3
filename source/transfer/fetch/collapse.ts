import { type ReadLog, readEntry } from '../../changelog/log/check-entry.ts';
import type { Change } from '../../changelog/log/pending.ts';
import { rowId } from '../../changelog/log/pending-rows.ts';
import { formatRowKey } from '../../database/rows/row-key.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { DirtyRow, Route } from '../rows/route.ts';

/** A change that cannot be mapped to a row, with the reason. */
export interface Unreadable {
	change: Change;
	error: SyncError;
}

/**
 * The final state per row, in the order in which the rows first appear.
 * @param log the log that the changes were read from
 */
export function collapse(
	changes: readonly Change[],
	routes: ReadonlyMap<string, Route>,
	log: ReadLog,
): { rows: DirtyRow[]; unreadable: Unreadable[] } {
	const rows = new Map<string, DirtyRow>();
	const unreadable: Unreadable[] = [];
	for (const change of changes) {
		const route = routes.get(change.table);
		if (!route) continue;
		try {
			const key = readEntry(change, route.source, log);
			const rowKey = formatRowKey(key);
			const id = rowId(change.table, rowKey);
			const row = rows.get(id);
			if (row) {
				row.changes.push(change);
				row.last = change;
			} else {
				rows.set(id, { route, rowKey, key, changes: [change], last: change });
			}
		} catch (error) {
			unreadable.push({ change, error: asSyncError(error).at({ table: route.name }) });
		}
	}
	return { rows: [...rows.values()], unreadable };
}
