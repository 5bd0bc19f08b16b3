import type { Connection } from '../../database/connection/connection.ts';
import { quoteString } from '../../database/sql/literals.ts';

/** `applied_nodes` taken apart. Logs written by other hands may hold spaces or an unsorted list. */
export function parseNodes(appliedNodes: string): string[] {
	return appliedNodes
		.split(',')
		.map((node) => node.trim())
		.filter((node) => node !== '');
}

/** Node ids as `applied_nodes` keeps them: each once, sorted, so that few distinct values arise. */
export function formatNodes(nodes: Iterable<string>): string {
	return [...new Set(nodes)]
		.filter((node) => node !== '')
		.sort()
		.join(',');
}

/** The distinct lists that were seen on a connection; one that is gone since does no harm. */
const seen = new WeakMap<Connection, Set<string>>();

/**
 * The distinct values of `applied_nodes` in a change log, sorted, and perhaps some that were there
 * once.
 * @param likely lists to start from
 */
export function nodeLists(connection: Connection, likely: readonly string[]): Promise<string[]> {
	return withNodeLists(connection, likely, async (lists) => lists);
}

/**
 * Runs a query whose answer depends on the distinct values of `applied_nodes`, and runs it again while
 * there are more than those that were known. The query itself tells that: between two statements another
 * site of a hub may acknowledge a change, which then stands under a list that neither of them has seen.
 * @param key a column of the answer that is never NULL
 * @param query SQL for the lists that are known, whose columns are as many as the key says
 */
export async function rowsUnderLists<Row>(
	connection: Connection,
	likely: readonly string[],
	{ key, columns }: { key: keyof Row; columns: number },
	query: (lists: readonly string[]) => string,
): Promise<Row[]> {
	for (;;) {
		const { lists, hasOthers } = expectedLists(connection, likely);
		const nulls = Array.from({ length: columns }, () => 'NULL').join(', ');
		const rows = await connection.rows<Row>(
			`${query(lists)}
			UNION ALL
			SELECT ${nulls} FROM DUAL WHERE ${hasOthers}`,
		);
		if (rows.every((row) => row[key] !== null)) return rows;
		await nodeLists(connection, likely);
	}
}

/**
 * Asks something that depends on the distinct values of `applied_nodes`, and asks again if there were
 * more than those that were known: inside a snapshot, or where a later statement makes sure. Whether the index holds anything between two known ones is one
 * statement and a few index look-ups however long the history. (DISTINCT and GROUP BY come to the
 * same only while the optimizer's statistics are fresh; after 20,000 new rows MariaDB read the whole
 * index.)
 * @param likely lists to start from
 */
export async function withNodeLists<T>(
	connection: Connection,
	likely: readonly string[],
	ask: (lists: string[]) => Promise<T>,
): Promise<T> {
	const known = knownLists(connection, likely);
	for (;;) {
		const lists = [...known].sort(asTheIndex);
		const [others, answer] = await Promise.all([listsBetween(connection, lists), ask(lists)]);
		if (others.length === 0) return answer;
		for (const list of others) known.add(list);
	}
}

function knownLists(connection: Connection, likely: readonly string[]): Set<string> {
	const known = seen.get(connection) ?? new Set(['', ...likely]);
	seen.set(connection, known);
	return known;
}

/**
 * The distinct values of `applied_nodes` as far as they are known without asking, and SQL that is true
 * where the log has others.
 */
export function expectedLists(
	connection: Connection,
	likely: readonly string[],
): { lists: string[]; hasOthers: string } {
	const lists = [...knownLists(connection, likely)].sort(asTheIndex);
	const between = rangesBetween(lists).map(
		(range) => `EXISTS (SELECT 1 FROM change_log FORCE INDEX (change_log_pending) WHERE ${range})`,
	);
	return { lists, hasOthers: between.join(' OR ') };
}

/** The order of the lists in the index: that of their bytes, with spaces behind the shorter one. */
function asTheIndex(one: string, other: string): number {
	const length = Math.max(one.length, other.length);
	const [a, b] = [one.padEnd(length), other.padEnd(length)];
	return a < b ? -1 : a > b ? 1 : 0;
}

/** SQL of what lies before the lists, and behind each of them and before the next. */
function rangesBetween(lists: readonly string[]): string[] {
	// Characters below the space come before the empty list.
	const before = lists.slice(0, 1).map((list) => `applied_nodes < ${quoteString(list)}`);
	const behind = lists.map((list, index) => {
		const next = lists[index + 1];
		const before = next === undefined ? '' : ` AND applied_nodes < ${quoteString(next)}`;
		return `applied_nodes > ${quoteString(list)}${before}`;
	});
	return [...before, ...behind];
}

async function listsBetween(connection: Connection, lists: readonly string[]): Promise<string[]> {
	const between = rangesBetween(lists).map(
		(range) =>
			`(SELECT applied_nodes
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE ${range}
			ORDER BY applied_nodes
			LIMIT 1)`,
	);
	const rows = await connection.rows<{ applied_nodes: string }>(between.join('\nUNION ALL\n'));
	return rows.map(({ applied_nodes }) => applied_nodes);
}
