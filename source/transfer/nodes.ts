import type { Connection } from '../database/connection.ts';
import { quoteString } from '../database/literals.ts';

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
 * Asks something that depends on the distinct values of `applied_nodes`, and asks again if there were
 * more than those that were known. Whether the index holds anything between two known ones is one
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
		const lists = [...known].sort();
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
	const lists = [...knownLists(connection, likely)].sort();
	const between = rangesBetween(lists).map(
		(range) => `EXISTS (SELECT 1 FROM change_log FORCE INDEX (change_log_pending) WHERE ${range})`,
	);
	return { lists, hasOthers: between.join(' OR ') };
}

/** SQL of what lies behind each of the lists and before the next. */
function rangesBetween(lists: readonly string[]): string[] {
	return lists.map((list, index) => {
		const next = lists[index + 1];
		const before = next === undefined ? '' : ` AND applied_nodes < ${quoteString(next)}`;
		return `applied_nodes > ${quoteString(list)}${before}`;
	});
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
