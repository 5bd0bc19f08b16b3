import { captureStamp, isContinued } from '../../capture/capture-stamp.ts';
import { readOwnTriggers } from '../../capture/trigger-inventory.ts';
import type { Side } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { SyncError } from '../../errors.ts';

/** The capture stamps of the tables on each side; null for a table that is no longer captured. */
export type Captures = Record<Side, ReadonlyMap<string, string | null>>;

/**
 * Refuses tables whose triggers are not the same as before: they were recreated meanwhile, or their triggers
 * were dropped, and rows may be lost without a trace. Called in the transaction that has read the rows: its
 * metadata lock keeps the triggers unchanged.
 * @throws SyncError `drifted` that names the table
 */
export async function refuseRecaptured(
	connection: Connection,
	captures: Captures,
	tables: readonly string[],
): Promise<void> {
	const { side } = connection.end;
	const known = tables.filter((name) => captures[side].has(name));
	if (known.length === 0) return;
	const byTable = await readOwnTriggers(connection, known);
	for (const table of known) {
		const now = captureStamp(table, connection.server.place, { byTable });
		const before = captures[side].get(table);
		if (before && now !== null && isContinued(before, now)) continue;
		throw new SyncError('drifted', 'it was recreated, or its triggers were dropped', {
			side,
			table,
			hint: 'Nothing of the batch was applied. The next run checks the table again.',
		});
	}
}
