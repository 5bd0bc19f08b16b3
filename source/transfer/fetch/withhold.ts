/**
 * Pending changes of rows that no longer exist although their deletion was not captured: the table was
 * recreated, or had no triggers for a while. Transferred, they would delete the row on the other side.
 */

import { acknowledge } from '../../changelog/log/acknowledge.ts';
import { type ReadLog, readEntry } from '../../changelog/log/check-entry.ts';
import {
	type Change,
	fetchPendingOf,
	pendingLists,
	selectChanges,
} from '../../changelog/log/pending.ts';
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

/** Rows whose changes were discarded. */
export interface Withheld {
	rows: number;
	/** Some of their keys, in readable form. */
	examples: string[];
}

/** Keys that are kept as examples. */
const mostExamples = 5;

/**
 * Discards such changes for the peer. Reads the log page by page: there may be millions of them.
 * @param since the time since which the table's current triggers have captured it, UTC; null if unknown
 */
export async function withholdDeletions(
	connection: LogConnection,
	peer: string,
	table: TrackedTable,
	since: string | null,
): Promise<Withheld> {
	const log = { side: connection.end.side, nodes: [connection.end.nodeId, peer] };
	const lists = await pendingLists(connection, peer);
	const isDoubtful = ({ last: { operation, changedAt } }: PendingRow) =>
		operation.toUpperCase() !== 'DELETE' &&
		(since === null || changedAt === null || changedAt < since);
	const withheld: Withheld = { rows: 0, examples: [] };
	for (let after = '0'; ; ) {
		const changes = await selectChanges(connection, lists, {
			where: sql`source_node <> ${peer} AND table_name = ${table.name} AND id > ${ids(after)}`,
			order: 'oldest first',
			limit: changesPerQuery,
		});
		const doubtful = rowsNamedIn(changes, table, log).filter(isDoubtful);
		for (const part of inParts(doubtful, keysPerQuery)) {
			const gone = await goneAmong(connection, table, part);
			if (gone.length === 0) continue;
			// A later page may have their captured deletion.
			const keys = gone.flatMap((row) => row.changes.flatMap(({ rowKey }) => rowKey ?? []));
			const all = await fetchPendingOf(connection, peer, [table.name], [...new Set(keys)]);
			const rows = rowsNamedIn(all, table, log).filter(isDoubtful);
			await acknowledge(
				connection,
				rows.flatMap((row) => row.changes),
				peer,
			);
			withheld.rows += rows.length;
			const examples = rows.slice(0, mostExamples - withheld.examples.length);
			withheld.examples.push(...examples.map(({ key }) => displayRowKey(key, table.key)));
		}
		const last = changes.at(-1);
		if (!last || changes.length < changesPerQuery) return withheld;
		after = last.id;
	}
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

/** The rows that changes name. An invalid change is refused when it is transferred. */
function rowsNamedIn(changes: readonly Change[], table: TrackedTable, log: ReadLog): PendingRow[] {
	const rows = new Map<string, PendingRow>();
	for (const change of changes) {
		const key = keyOf(change, table, log);
		if (key === null) continue;
		const rowKey = formatRowKey(key);
		const row = rows.get(rowKey);
		if (row) {
			row.changes.push(change);
			row.last = change;
		} else {
			rows.set(rowKey, { rowKey, key, changes: [change], last: change });
		}
	}
	return [...rows.values()];
}

function keyOf(change: Change, table: TrackedTable, log: ReadLog): RowKey | null {
	try {
		return readEntry(change, table, log);
	} catch {
		return null;
	}
}
