/**
 * Puts rows that were there before the triggers in line, as ordinary entries of the change log: "read
 * this row as it is now". In chunks, each with the note of how far it got in one transaction, so that
 * a kill loses nothing and repeats nothing. The keys are read first: INSERT … SELECT would hold
 * MariaDB's AUTO-INC lock of the change log, and the application's writes with it, to its end.
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

/** Rows in one transaction, where the server takes that many. */
export const chunkRows = 2000;

/** Characters of entries in one statement: keys may be thousands of characters long. */
const statementLength = 500_000;

/**
 * Puts the next rows of a table in line for a peer.
 * @param so how far it is
 * @param most rows that are put in line in one transaction
 * @returns how far it is now; null where every row is in line
 * @throws SyncError `busy` if another program went on with it meanwhile
 */
export async function putInLine(
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
	// Other nodes have these rows from the pairs that they belong to.
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
 * The rows that wait for the peer since before the table was taken up, also under a key that an older log
 * holds plainly. Looked for in the first step alone: it is for a log that another program left behind.
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
	// The log's keys are ASCII, and not compared with anything else.
	const written = plain.filter((one) => /^[\x20-\x7e]+$/.test(one));
	const changes = await fetchPendingOf(connection, peer, [name], [...rowKeys, ...written]);
	return new Set(changes.map(({ rowKey }) => formatRowKey(parseRowKey(rowKey, key))));
}

/**
 * The statements that queue the rows. They count as made when the table was taken up: what was changed on
 * either side since is newer.
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
