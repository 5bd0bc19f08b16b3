import type { LogConnection } from '../session/log-connection.ts';
import { byAge, type Change, fetchPendingOf } from './pending.ts';

/** A row, by the name that its table has at one end. */
export interface NamedRow {
	table: string;
	rowKey: string;
}

/** An id for rows of one side: that side's name of the table, and the key. */
export function rowId(table: string, rowKey: string): string {
	return `${table}\n${rowKey}`;
}

/** The changes of rows that are pending for a peer, by `rowId`, the oldest first. */
export async function pendingByRow(
	connection: LogConnection,
	peer: string,
	rows: readonly NamedRow[],
): Promise<Map<string, Change[]>> {
	const tables = [...new Set(rows.map(({ table }) => table))];
	const rowKeys = [...new Set(rows.map(({ rowKey }) => rowKey))];
	const byRow = new Map<string, Change[]>();
	for (const change of await fetchPendingOf(connection, peer, tables, rowKeys)) {
		const id = rowId(change.table, change.rowKey ?? '');
		const changes = byRow.get(id);
		if (changes) changes.push(change);
		else byRow.set(id, [change]);
	}
	for (const changes of byRow.values()) changes.sort(byAge);
	return byRow;
}
