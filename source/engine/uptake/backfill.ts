/**
 * Queues existing rows as ordinary entries of the change log, which mean "read this row as it is now". In
 * chunks, each of which records its progress in the same transaction, so that a kill neither loses nor
 * repeats rows. The keys are read first: INSERT … SELECT would hold MariaDB's AUTO-INC lock of the change log
 * until its end, and block writes of the application.
 */

import { type Entry, writeEntriesSql } from '../../changelog/log/entries.ts';
import { fetchPendingOf } from '../../changelog/log/pending.ts';
import { formatNodes } from '../../changelog/session/applied-nodes.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { knownNodes } from '../../changelog/tables/known-nodes.ts';
import { advanceFilling, type Registered } from '../../changelog/tables/register.ts';
import {
	afterKey,
	formatRowKey,
	keyOrder,
	parseRowKey,
	rowKeyExpression,
} from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import type { Sql } from '../../database/sql/sql.ts';
import { SyncError } from '../../errors.ts';

/** Rows per transaction, if the server accepts that many. */
export const chunkRows = 2000;

/** Characters of entries per statement: keys may be thousands of characters long. */
const statementLength = 500_000;

/**
 * Queues the next rows of a table for a peer.
 * @param so the progress so far
 * @param most rows per transaction
 * @returns the new progress; null if all rows are queued
 * @throws SyncError `busy` if another process continued it meanwhile
 */
export async function queueRows(
	connection: LogConnection,
	peer: string,
	table: TrackedTable,
	so: Registered,
	most: number = chunkRows,
): Promise<Registered | null> {
	const { name, key } = table;
	const where =
		so.afterKey === null ? '' : `WHERE ${afterKey(parseRowKey(so.afterKey, key), key, 't')}`;
	const rows = await connection.rows<{ row_key: string }>(
		`SELECT ${rowKeyExpression(key, 't')} AS row_key
		FROM ${quoteName(name)} AS t FORCE INDEX (PRIMARY)
		${where}
		ORDER BY ${keyOrder(key, 't')}
		LIMIT ${most}`,
	);
	const last = rows.at(-1)?.row_key;
	if (last === undefined) return null;
	// Other nodes get these rows through their own pairs.
	const others = (await knownNodes(connection)).flatMap(({ node }) =>
		node === peer ? [] : [node],
	);
	const rowKeys = rows.map(({ row_key }) => row_key);
	const waiting = await waitingKeys(connection, peer, table, so, rowKeys);
	const statements = queueSql(
		table,
		rowKeys.filter((rowKey) => !waiting.has(rowKey)),
		{ node: connection.end.nodeId, applied: formatNodes(others), at: so.since },
	);
	await connection.transaction(async () => {
		if (!(await advanceFilling(connection, peer, name, so.afterKey, last, rows.length))) {
			throw new SyncError('busy', 'another process is queuing its rows', { table: name });
		}
		for (const statement of statements) await connection.run(statement);
	});
	return { ...so, afterKey: last, entries: so.entries + rows.length };
}

/**
 * The rows that were already pending for the peer before the uptake, also under the plain key of an older
 * log. Only needed in the first step: for a log that another program left behind.
 */
async function waitingKeys(
	connection: LogConnection,
	peer: string,
	{ name, key }: TrackedTable,
	{ afterKey: before }: Registered,
	rowKeys: readonly string[],
): Promise<Set<string>> {
	if (before !== null) return new Set();
	const plain = key.length === 1 ? rowKeys.map((one) => String(parseRowKey(one, key)[0])) : [];
	// Keys in the log are ASCII, and must not be compared with anything else.
	const written = plain.filter((one) => /^[\x20-\x7e]+$/.test(one));
	const changes = await fetchPendingOf(connection, peer, [name], [...rowKeys, ...written]);
	return new Set(changes.map(({ rowKey }) => formatRowKey(parseRowKey(rowKey, key))));
}

/**
 * The statements that queue the rows. They are dated at the start of the uptake: later changes on either side
 * are newer.
 */
function queueSql(
	{ name }: TrackedTable,
	rowKeys: readonly string[],
	{ node, applied, at }: { node: string; applied: string; at: string },
): Sql[] {
	const statements: Sql[] = [];
	let entries: Entry[] = [];
	let length = 0;
	const flush = () => {
		if (entries.length > 0) statements.push(writeEntriesSql(entries));
		entries = [];
		length = 0;
	};
	const common = { table: name, operation: 'INSERT', sourceNode: node, appliedNodes: applied };
	const fixed = [...Object.values(common), at].join('').length;
	for (const rowKey of rowKeys) {
		entries.push({ ...common, rowKey, changedAt: at });
		length += rowKey.length + fixed;
		if (length > statementLength) flush();
	}
	flush();
	return statements;
}
