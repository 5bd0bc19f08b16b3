/**
 * Pending changes of rows that no longer exist although their deletion was not captured: the table was
 * recreated, or had no triggers for a while. Transferred, they would delete the row on the other side.
 */

import { acknowledge } from '../../changelog/log/acknowledge.ts';
import { type ReadLog, readEntry } from '../../changelog/log/check-entry.ts';
import { type Change, pendingLists, selectChanges } from '../../changelog/log/pending.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { displayRowKey, formatRowKey, type RowKey } from '../../database/rows/row-key.ts';
import { rowsByKey } from '../../database/rows/rows-by-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { inParts } from '../../database/sql/parts.ts';
import { ids, sql } from '../../database/sql/sql.ts';
import { asSyncError } from '../../errors.ts';

/** Changes per query. */
const changesPerQuery = 5000;

/** Keys per query. */
const keysPerQuery = 1000;

interface PendingRow {
	rowKey: string;
	key: RowKey;
	changes: Change[];
	last: Change;
}

/**
 * Discards such changes for the peer.
 * @param since the time since which the table's current triggers have captured it, UTC; null if unknown
 * @returns the keys of the rows, in readable form
 */
export async function withholdDeletions(
	connection: LogConnection,
	peer: string,
	table: TrackedTable,
	since: string | null,
): Promise<string[]> {
	const rows = await pendingRows(connection, peer, table);
	const doubtful = rows.filter(
		({ last: { operation, changedAt } }) =>
			operation.toUpperCase() !== 'DELETE' &&
			(since === null || changedAt === null || changedAt < since),
	);
	const withheld: string[] = [];
	for (const part of inParts(doubtful, keysPerQuery)) {
		const gone = await goneAmong(connection, table, part);
		await acknowledge(
			connection,
			gone.flatMap(({ changes }) => changes),
			peer,
		);
		withheld.push(...gone.map(({ key }) => displayRowKey(key, table.key)));
	}
	return withheld;
}

/**
 * The rows that no longer exist. A row that a server refuses to look up is refused when it is transferred.
 */
async function goneAmong(
	connection: Connection,
	table: TrackedTable,
	rows: readonly PendingRow[],
): Promise<PendingRow[]> {
	try {
		const found = await rowsByKey(connection, { table, select: [] }, rows);
		return rows.filter(({ rowKey }) => !found.has(rowKey));
	} catch (thrown) {
		if (asSyncError(thrown).code !== 'refused') throw thrown;
		if (rows.length === 1) return [];
		const middle = Math.ceil(rows.length / 2);
		return [
			...(await goneAmong(connection, table, rows.slice(0, middle))),
			...(await goneAmong(connection, table, rows.slice(middle))),
		];
	}
}

/** The rows named by a table's pending changes. An invalid change is refused when it is transferred. */
async function pendingRows(
	connection: LogConnection,
	peer: string,
	table: TrackedTable,
): Promise<PendingRow[]> {
	const log = { side: connection.end.side, nodes: [connection.end.nodeId, peer] };
	const lists = await pendingLists(connection, peer);
	const rows = new Map<string, PendingRow>();
	for (let after = '0'; ; ) {
		const changes = await selectChanges(connection, lists, {
			where: sql`source_node <> ${peer} AND table_name = ${table.name} AND id > ${ids(after)}`,
			order: 'oldest first',
			limit: changesPerQuery,
		});
		for (const change of changes) {
			const parsed = keyOf(change, table, log);
			if (parsed === null) continue;
			const rowKey = formatRowKey(parsed);
			const row = rows.get(rowKey);
			if (row) {
				row.changes.push(change);
				row.last = change;
			} else {
				rows.set(rowKey, { rowKey, key: parsed, changes: [change], last: change });
			}
		}
		const last = changes.at(-1);
		if (!last || changes.length < changesPerQuery) return [...rows.values()];
		after = last.id;
	}
}

function keyOf(change: Change, table: TrackedTable, log: ReadLog): RowKey | null {
	try {
		return readEntry(change, table, log);
	} catch {
		return null;
	}
}
