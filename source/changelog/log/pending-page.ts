import { joined, type Sql, sql } from '../../database/sql/sql.ts';
import type { LogConnection } from '../session/log-connection.ts';
import { type Change, type ChangeOrder, pendingLists, selectChanges } from './pending.ts';

/** A word that is looked for in what names a change, and where it occurs. */
export interface WordInNames {
	/** In lower case. */
	word: string;
	/** Tables by their names in the log. */
	tables: readonly string[];
	operations: readonly string[];
}

export interface PageQuery {
	/** The node that lacks the changes. */
	peer: string;
	/** Tables by their names in the log; changes of other tables are not read. */
	tables: readonly string[];
	/** Each of them occurs in the table, the operation or the origin of a change. */
	words: readonly WordInNames[];
	/** An end of the log, or the id of a change, which need not be pending any more. */
	anchor: string;
	/** Changes at most. */
	size: number;
	/** How many changes there are in all, where that is known. */
	total: number | null;
}

/** Pending changes that follow each other in the log, the oldest first. */
export interface PendingPage {
	changes: Change[];
	/** How many are older than these, and how many newer. */
	older: number;
	newer: number;
}

/**
 * Reads a part of what is pending: from an end of the log, or around a change. Wherever in the log
 * that is, no more rows than wanted are read; only counting reads on.
 */
export async function readPendingPage(
	connection: LogConnection,
	{ peer, tables, words, anchor, size, total }: PageQuery,
): Promise<PendingPage> {
	if (tables.length === 0) return { changes: [], older: 0, newer: 0 };
	const lists = await pendingLists(connection, peer);
	const isWanted = sql`source_node <> ${peer}
		AND table_name IN (${tables})
		AND ${joined([sql`TRUE`, ...words.map(occursInNames)], sql` AND `)}`;

	const read = (where: Sql, order: ChangeOrder, limit: number) =>
		selectChanges(connection, lists, { where: sql`${where} AND ${isWanted}`, order, limit });
	const countWhere = async (where: Sql) => {
		const [row] = await connection.rows<{ changes: string | number }>(
			sql`SELECT COUNT(*) AS changes
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${lists}) AND ${where} AND ${isWanted}`,
		);
		return Number(row?.changes ?? 0);
	};

	const half = Math.floor(size / 2);
	const [before, after] =
		anchor === 'oldest'
			? [[], await read(sql`TRUE`, 'oldest first', size + 1)]
			: anchor === 'newest'
				? [await read(sql`TRUE`, 'newest first', size + 1), []]
				: await Promise.all([
						read(sql`id < ${BigInt(anchor)}`, 'newest first', half + 1),
						read(sql`id >= ${BigInt(anchor)}`, 'oldest first', half + 1),
					]);
	const room = anchor === 'oldest' || anchor === 'newest' ? size : half;
	const changes = [...before.slice(0, room).reverse(), ...after.slice(0, room)];
	const isMore = { older: before.length > room, newer: after.length > room };
	const [first, last] = [changes[0], changes.at(-1)];
	if (!first || !last) return { changes, older: 0, newer: 0 };
	// The total was counted a moment ago: there is at least the one change that was just read beyond the page.
	const rest = (known: number) => Math.max(1, (total ?? 0) - changes.length - known);
	const isKnown = total !== null;
	const countOlder = () => countWhere(sql`id < ${BigInt(first.id)}`);
	const older = !isMore.older ? 0 : isKnown && !isMore.newer ? rest(0) : await countOlder();
	const countNewer = () => countWhere(sql`id > ${BigInt(last.id)}`);
	const newer = !isMore.newer ? 0 : isKnown ? rest(older) : await countNewer();
	return { changes, older, newer };
}

/** A condition that is true where a word occurs in what names a change. */
function occursInNames({ word, tables, operations: found }: WordInNames): Sql {
	const inTable = tables.length > 0 ? sql`OR table_name IN (${tables})` : sql``;
	const inOperation = found.length > 0 ? sql`OR operation IN (${found})` : sql``;
	return sql`(LOCATE(${word}, LOWER(source_node)) > 0 ${inTable} ${inOperation})`;
}
