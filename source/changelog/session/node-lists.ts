import type { Connection } from '../../database/connection/connection.ts';
import { joined, type Sql, sql } from '../../database/sql/sql.ts';

/**
 * The distinct values of `applied_nodes` in a change log, as far as one connection has met them. A query
 * for pending changes names them, so that it reads an index range for each, however long the history. A
 * value that has left the log since does no harm.
 *
 * One statement and a few index look-ups tell whether the index has a value between two known ones.
 * (DISTINCT and GROUP BY do as well only while the optimizer's statistics are fresh: after 20,000 new
 * rows MariaDB read the whole index.)
 */
export class NodeLists {
	readonly #connection: Connection;
	readonly #known: Set<string>;

	constructor(connection: Connection) {
		this.#connection = connection;
		this.#known = new Set(['', connection.end.nodeId]);
	}

	/**
	 * The values that are known without asking, and a condition that is true where the log has others.
	 * @param peer a node whose id is likely to be one of them
	 */
	expected(peer: string): { lists: string[]; hasOthers: Sql } {
		this.#known.add(peer);
		const lists = this.#sorted();
		const ranges = rangesBetween(lists).map(
			(range) =>
				sql`EXISTS (SELECT 1 FROM change_log FORCE INDEX (change_log_pending) WHERE ${range})`,
		);
		return { lists, hasOthers: joined(ranges, sql` OR `) };
	}

	/** All values, sorted. @param peer a node whose id is likely to be one of them */
	all(peer = ''): Promise<string[]> {
		return this.answer(peer, async (lists) => lists);
	}

	/**
	 * Asks something that depends on the values, and asks again if there were more than those known. Only
	 * inside a snapshot, or where a later statement makes sure: another node may acknowledge a change
	 * between the two statements, under a value that neither of them saw.
	 */
	async answer<T>(peer: string, ask: (lists: string[]) => Promise<T>): Promise<T> {
		this.#known.add(peer);
		for (;;) {
			const lists = this.#sorted();
			const [others, answer] = await Promise.all([this.#between(lists), ask(lists)]);
			if (others.length === 0) return answer;
			for (const list of others) this.#known.add(list);
		}
	}

	/**
	 * Runs a query that depends on the values, and runs it again while there are more than those known.
	 * The query tells that itself, so nothing can slip between two statements.
	 * @param peer a node whose id is likely to be one of the values
	 * @param key a column of the answer that is never NULL
	 * @param query the SQL for the values that are known
	 */
	async rows<Row>(
		peer: string,
		{ key, columns }: { key: keyof Row; columns: number },
		query: (lists: readonly string[]) => Sql,
	): Promise<Row[]> {
		for (;;) {
			const { lists, hasOthers } = this.expected(peer);
			const nulls = Array.from({ length: columns }, () => null);
			const rows = await this.#connection.rows<Row>(
				sql`${query(lists)}
				UNION ALL
				SELECT ${nulls} FROM DUAL WHERE ${hasOthers}`,
			);
			if (rows.every((row) => row[key] !== null)) return rows;
			await this.all(peer);
		}
	}

	#sorted(): string[] {
		return [...this.#known].sort(byIndexOrder);
	}

	async #between(lists: readonly string[]): Promise<string[]> {
		const firsts = rangesBetween(lists).map(
			(range) =>
				sql`(SELECT applied_nodes
				FROM change_log FORCE INDEX (change_log_pending)
				WHERE ${range}
				ORDER BY applied_nodes
				LIMIT 1)`,
		);
		const rows = await this.#connection.rows<{ applied_nodes: string }>(
			joined(firsts, sql`\nUNION ALL\n`),
		);
		return rows.map(({ applied_nodes }) => applied_nodes);
	}
}

/** The order of the index: by bytes, the shorter value padded with spaces. */
function byIndexOrder(one: string, other: string): number {
	const length = Math.max(one.length, other.length);
	const [a, b] = [one.padEnd(length), other.padEnd(length)];
	return a < b ? -1 : a > b ? 1 : 0;
}

/** Conditions for the ranges of the index before, between and after the lists. */
function rangesBetween(lists: readonly string[]): Sql[] {
	// Characters below the space come before the empty list.
	const before = lists.slice(0, 1).map((list) => sql`applied_nodes < ${list}`);
	const after = lists.map((list, index) => {
		const next = lists[index + 1];
		const end = next === undefined ? sql`` : sql` AND applied_nodes < ${next}`;
		return sql`applied_nodes > ${list}${end}`;
	});
	return [...before, ...after];
}
