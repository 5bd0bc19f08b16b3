import type { Connection } from '../../database/connection/connection.ts';
import { idList, quoteString, quoteStrings } from '../../database/sql/literals.ts';
import { expectedLists, nodeLists, parseNodes, rowsUnderLists } from '../session/applied-nodes.ts';
import { isOlder } from './change-id.ts';

/** One row of the change log. */
export interface Change {
	id: string;
	table: string;
	operation: string;
	rowKey: string | null;
	sourceNode: string;
	appliedNodes: string;
	/** UTC with microseconds, as the server writes it; null where the log has no time. */
	changedAt: string | null;
}

/**
 * The distinct lists in `applied_nodes` that lack the node, of which the empty one is always one: what
 * is pending for it stands under these.
 */
export async function pendingLists(connection: Connection, target: string): Promise<string[]> {
	const lists = await nodeLists(connection, [target, connection.end.nodeId]);
	return lacking(lists, target);
}

function lacking(lists: readonly string[], node: string): string[] {
	return lists.filter((list) => !parseNodes(list).includes(node));
}

/** Sorts changes, the oldest first. */
export function byAge({ id: one }: Pick<Change, 'id'>, { id: other }: Pick<Change, 'id'>): number {
	return isOlder(one, other) ? -1 : 1;
}

interface ChangeRow {
	id: string | number;
	table_name: string;
	operation: string;
	row_key: string | null;
	source_node: string;
	applied_nodes: string;
	changed_at: string | null;
}

function toChange(row: ChangeRow): Change {
	return {
		id: String(row.id),
		table: row.table_name,
		operation: row.operation,
		rowKey: row.row_key,
		sourceNode: row.source_node,
		appliedNodes: row.applied_nodes,
		changedAt: row.changed_at,
	};
}

export interface PendingQuery {
	/** The node that lacks the changes. */
	target: string;
	/** Tables as the source spells them; changes of others are left alone. */
	tables: readonly string[];
	limit: number;
	/** Ids of changes to leave out. */
	except?: readonly string[];
}

/** Whether anything is pending, found in one look; it may say so where the log holds unknown lists of nodes. */
export async function hasPending(
	connection: Connection,
	{ target, tables, except = [] }: Omit<PendingQuery, 'limit'>,
): Promise<boolean> {
	if (tables.length === 0) return false;
	const { lists, hasOthers } = expectedLists(connection, [target, connection.end.nodeId]);
	const [row] = await connection.rows<{ pending: string | number }>(
		`SELECT EXISTS (
			SELECT 1
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${quoteStrings(lacking(lists, target))})
				AND ${wanted({ target, tables, except })}
		) OR ${hasOthers} AS pending`,
	);
	return Number(row?.pending) === 1;
}

/** SQL that is true for the changes that a query means, as far as their nodes do not tell. */
function wanted({ target, tables, except = [] }: Omit<PendingQuery, 'limit'>): string {
	return `source_node <> ${quoteString(target)}
			AND table_name IN (${quoteStrings(tables)})
			${except.length > 0 ? `AND id NOT IN (${idList(except)})` : ''}`;
}

/** The oldest pending changes, in the order of their ids. */
export async function fetchPending(connection: Connection, query: PendingQuery): Promise<Change[]> {
	if (query.tables.length === 0) return [];
	return selectChanges(connection, await pendingLists(connection, query.target), {
		where: wanted(query),
		order: 'ASC',
		limit: query.limit,
	});
}

/**
 * Changes under some lists in `applied_nodes`, in the order of their ids. Each list is an index range
 * that has its changes in that order, so that no more rows than wanted are read of any.
 */
export async function selectChanges(
	connection: Connection,
	lists: readonly string[],
	{ where, order, limit }: { where: string; order: 'ASC' | 'DESC'; limit: number },
): Promise<Change[]> {
	const ofList = (list: string) =>
		`(SELECT id, table_name, operation, row_key, source_node, applied_nodes, changed_at
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes = ${quoteString(list)} AND ${where}
		ORDER BY id ${order}
		LIMIT ${limit})`;
	const rows = await connection.rows<ChangeRow>(
		`${lists.map(ofList).join('\nUNION ALL\n')}
		ORDER BY id ${order}
		LIMIT ${limit}`,
	);
	return rows.map(toChange);
}

/** Row keys in one query: a key can be thousands of characters long. */
const rowKeysPerQuery = 1000;

/** All pending changes of the given rows: what a row of the other side may be in conflict with. */
export async function fetchPendingOf(
	connection: Connection,
	target: string,
	tables: readonly string[],
	rowKeys: readonly string[],
): Promise<Change[]> {
	const found = await Promise.all(
		inParts(rowKeys).map((part) =>
			rowsUnderLists<ChangeRow>(
				connection,
				[target, connection.end.nodeId],
				{ key: 'id', columns: 7 },
				(lists) => pendingOf(lists, target, tables, part),
			),
		),
	);
	return found.flat().map(toChange).sort(byAge);
}

/** The same where the distinct values of `applied_nodes` are known. */
export async function selectPendingOf(
	connection: Connection,
	lists: readonly string[],
	target: string,
	tables: readonly string[],
	rowKeys: readonly string[],
): Promise<Change[]> {
	const found = await Promise.all(
		inParts(rowKeys).map((part) =>
			connection.rows<ChangeRow>(pendingOf(lists, target, tables, part)),
		),
	);
	return found.flat().map(toChange).sort(byAge);
}

function inParts(rowKeys: readonly string[]): string[][] {
	const parts: string[][] = [];
	for (let start = 0; start < rowKeys.length; start += rowKeysPerQuery) {
		parts.push(rowKeys.slice(start, start + rowKeysPerQuery));
	}
	return parts;
}

/** SQL of the pending changes of rows. */
function pendingOf(
	lists: readonly string[],
	target: string,
	tables: readonly string[],
	rowKeys: readonly string[],
): string {
	return `SELECT id, table_name, operation, row_key, source_node, applied_nodes, changed_at
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes IN (${quoteStrings(lacking(lists, target))})
			AND source_node <> ${quoteString(target)}
			AND table_name IN (${quoteStrings(tables)})
			AND row_key IN (${quoteStrings(rowKeys)})`;
}

/**
 * SQL that is true where rows have pending changes other than some that are known; also where it
 * cannot tell, because the log has values of `applied_nodes` that are not.
 */
export function otherPendingOf(
	connection: Connection,
	target: string,
	rowKeysByTable: ReadonlyMap<string, readonly string[]>,
	known: readonly string[],
): string {
	const { lists, hasOthers } = expectedLists(connection, [target, connection.end.nodeId]);
	const rows = [...rowKeysByTable].map(
		([table, rowKeys]) =>
			`(table_name = ${quoteString(table)} AND row_key IN (${quoteStrings(rowKeys)}))`,
	);
	return `EXISTS (
			SELECT 1
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${quoteStrings(lacking(lists, target))})
				AND source_node <> ${quoteString(target)}
				AND (${rows.join(' OR ')})
				${known.length > 0 ? `AND id NOT IN (${idList(known)})` : ''}
		) OR ${hasOthers}`;
}

export interface PendingCount {
	pending: number;
	/** Seconds since the oldest pending change was made; null where none is pending. */
	oldestSeconds: number | null;
	byTable: Map<string, number>;
}

/** How many changes are pending for a node, by table as the source spells it. */
export async function countPending(
	connection: Connection,
	target: string,
	tables: ReadonlySet<string>,
): Promise<PendingCount> {
	const count: PendingCount = { pending: 0, oldestSeconds: null, byTable: new Map() };
	const rows = await rowsUnderLists<{
		table_name: string;
		changes: string | number;
		oldest: string | number | null;
	}>(
		connection,
		[target, connection.end.nodeId],
		{ key: 'changes', columns: 3 },
		(lists) =>
			`SELECT table_name, COUNT(*) AS changes,
				TIMESTAMPDIFF(MICROSECOND, MIN(changed_at), UTC_TIMESTAMP(6)) AS oldest
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${quoteStrings(lacking(lists, target))})
				AND source_node <> ${quoteString(target)}
			GROUP BY table_name`,
	);
	for (const row of rows) {
		if (!tables.has(row.table_name)) continue;
		const changes = Number(row.changes);
		count.pending += changes;
		count.byTable.set(row.table_name, changes);
		if (row.oldest === null) continue;
		const seconds = Math.max(0, Number(row.oldest) / 1_000_000);
		count.oldestSeconds = Math.max(count.oldestSeconds ?? 0, seconds);
	}
	return count;
}
