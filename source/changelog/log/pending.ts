/** Changes that a node lacks: the changes of the log that are pending for it. */
import type { Connection } from '../../database/connection/connection.ts';
import { inParts } from '../../database/sql/parts.ts';
import { ids, joined, type Sql, sql } from '../../database/sql/sql.ts';
import { parseNodes } from '../session/applied-nodes.ts';
import type { LogConnection } from '../session/log-connection.ts';
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

/**
 * The distinct values of `applied_nodes` that lack a node: what is pending for it is found under these.
 * The empty one is always among them.
 */
export async function pendingLists(connection: LogConnection, peer: string): Promise<string[]> {
	return listsWithout(peer, await connection.nodeLists.all(peer));
}

function listsWithout(node: string, lists: readonly string[]): string[] {
	return lists.filter((list) => !parseNodes(list).includes(node));
}

export interface PendingQuery {
	/** The node that lacks the changes. */
	peer: string;
	/** Tables by their names in the log; changes of other tables are not read. */
	tables: readonly string[];
	limit: number;
	/** Ids of changes to leave out. */
	except?: readonly string[];
}

/** Whether anything is pending, by one query. Also true where the log has values of `applied_nodes` that are not known. */
export async function hasPending(
	connection: LogConnection,
	query: Omit<PendingQuery, 'limit'>,
): Promise<boolean> {
	const { peer, tables } = query;
	if (tables.length === 0) return false;
	const { lists, hasOthers } = connection.nodeLists.expected(peer);
	const [row] = await connection.rows<{ pending: string | number }>(
		sql`SELECT EXISTS (
			SELECT 1
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${listsWithout(peer, lists)}) AND ${pendingCondition(query)}
		) OR ${hasOthers} AS pending`,
	);
	return Number(row?.pending) === 1;
}

/** A condition for the changes that a query means, beside that on `applied_nodes`. */
function pendingCondition({ peer, tables, except = [] }: Omit<PendingQuery, 'limit'>): Sql {
	const isNotExcepted = except.length > 0 ? sql`AND id NOT IN (${ids(except)})` : sql``;
	return sql`source_node <> ${peer}
			AND table_name IN (${tables})
			${isNotExcepted}`;
}

/** The oldest pending changes, in the order of their ids. */
export async function fetchPending(
	connection: LogConnection,
	query: PendingQuery,
): Promise<Change[]> {
	if (query.tables.length === 0) return [];
	return selectChanges(connection, await pendingLists(connection, query.peer), {
		where: pendingCondition(query),
		order: 'oldest first',
		limit: query.limit,
	});
}

export type ChangeOrder = 'oldest first' | 'newest first';

/**
 * Changes under some values of `applied_nodes`, in the order of their ids. Each value is an index range
 * that has its changes in that order, so that no more rows than wanted are read of any.
 */
export async function selectChanges(
	connection: Connection,
	lists: readonly string[],
	{ where, order, limit }: { where: Sql; order: ChangeOrder; limit: number },
): Promise<Change[]> {
	const byId = order === 'oldest first' ? sql`ORDER BY id ASC` : sql`ORDER BY id DESC`;
	const ofLists = lists.map(
		(list) =>
			sql`(SELECT id, table_name, operation, row_key, source_node, applied_nodes, changed_at
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes = ${list} AND ${where}
			${byId}
			LIMIT ${limit})`,
	);
	const rows = await connection.rows<ChangeRow>(
		sql`${joined(ofLists, sql`\nUNION ALL\n`)}
		${byId}
		LIMIT ${limit}`,
	);
	return rows.map(toChange);
}

/** Row keys in one query: a key can be thousands of characters long. */
const rowKeysPerQuery = 1000;

/** All pending changes of the given rows: what a row of the other side may be in conflict with. */
export async function fetchPendingOf(
	connection: LogConnection,
	peer: string,
	tables: readonly string[],
	rowKeys: readonly string[],
): Promise<Change[]> {
	const found = await Promise.all(
		inParts(rowKeys, rowKeysPerQuery).map((part) =>
			connection.nodeLists.rows<ChangeRow>(peer, { key: 'id', columns: 7 }, (lists) =>
				pendingOfSql(lists, peer, tables, part),
			),
		),
	);
	return found.flat().map(toChange).sort(byAge);
}

/** The same where the distinct values of `applied_nodes` are known. */
export async function selectPendingOf(
	connection: Connection,
	lists: readonly string[],
	peer: string,
	tables: readonly string[],
	rowKeys: readonly string[],
): Promise<Change[]> {
	const found = await Promise.all(
		inParts(rowKeys, rowKeysPerQuery).map((part) =>
			connection.rows<ChangeRow>(pendingOfSql(lists, peer, tables, part)),
		),
	);
	return found.flat().map(toChange).sort(byAge);
}

function pendingOfSql(
	lists: readonly string[],
	peer: string,
	tables: readonly string[],
	rowKeys: readonly string[],
): Sql {
	return sql`SELECT id, table_name, operation, row_key, source_node, applied_nodes, changed_at
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes IN (${listsWithout(peer, lists)})
			AND source_node <> ${peer}
			AND table_name IN (${tables})
			AND row_key IN (${rowKeys})`;
}

/**
 * A condition that is true where rows have pending changes other than some that are known. It is also true
 * where it cannot tell, because the log has values of `applied_nodes` that are not known.
 */
export function hasOtherPendingSql(
	{ nodeLists }: LogConnection,
	peer: string,
	rowKeysByTable: ReadonlyMap<string, readonly string[]>,
	known: readonly string[],
): Sql {
	const { lists, hasOthers } = nodeLists.expected(peer);
	const isRow = [...rowKeysByTable].map(
		([table, rowKeys]) => sql`(table_name = ${table} AND row_key IN (${rowKeys}))`,
	);
	const isUnknown = known.length > 0 ? sql`AND id NOT IN (${ids(known)})` : sql``;
	return sql`EXISTS (
			SELECT 1
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${listsWithout(peer, lists)})
				AND source_node <> ${peer}
				AND (${joined(isRow, sql` OR `)})
				${isUnknown}
		) OR ${hasOthers}`;
}

export interface PendingCount {
	pending: number;
	/** Seconds since the oldest pending change was made; null where none is pending. */
	oldestSeconds: number | null;
	byTable: Map<string, number>;
}

/** How many changes are pending for a node, by table as the log names it. */
export async function countPending(
	connection: LogConnection,
	peer: string,
	tables: ReadonlySet<string>,
): Promise<PendingCount> {
	const count: PendingCount = { pending: 0, oldestSeconds: null, byTable: new Map() };
	const rows = await connection.nodeLists.rows<{
		table_name: string;
		changes: string | number;
		oldest: string | number | null;
	}>(
		peer,
		{ key: 'changes', columns: 3 },
		(lists) =>
			sql`SELECT table_name, COUNT(*) AS changes,
				TIMESTAMPDIFF(MICROSECOND, MIN(changed_at), UTC_TIMESTAMP(6)) AS oldest
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${listsWithout(peer, lists)})
				AND source_node <> ${peer}
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

/**
 * How many changes of the log a node lacks.
 * @param most counting ends there: a node may be silent for months
 */
export async function countLacking(
	connection: LogConnection,
	node: string,
	most: number,
): Promise<number> {
	const lists = await pendingLists(connection, node);
	const [row] = await connection.rows<{ changes: string | number }>(
		sql`SELECT COUNT(*) AS changes
		FROM (
			SELECT id
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${lists}) AND source_node <> ${node}
			LIMIT ${most}
		) AS lacking`,
	);
	return Number(row?.changes ?? 0);
}
