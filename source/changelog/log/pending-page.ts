import { joined, type Sql, sql } from '../../database/sql/sql.ts';
import type { LogConnection } from '../session/log-connection.ts';
import { type Change, type ChangeOrder, pendingLists, selectChanges } from './pending.ts';

/** A search word, and the names in which it occurs. */
export interface WordInNames {
	/** In lower case. */
	word: string;
	/** Table names in the log. */
	tables: readonly string[];
	operations: readonly string[];
}

export interface PageQuery {
	/** The node that lacks the changes. */
	peer: string;
	/** Table names in the log; changes of other tables are not read. */
	tables: readonly string[];
	/** Each word must occur in the table, operation or origin of a change. */
	words: readonly WordInNames[];
	/** An end of the log, or the id of a change, which may no longer be pending. */
	anchor: string;
	/** Most changes to read. */
	size: number;
	/** The total number of changes, if known. */
	total: number | null;
}

/** Consecutive pending changes, oldest first. */
export interface PendingPage {
	changes: Change[];
	/** The number of older and newer changes. */
	older: number;
	newer: number;
}

/**
 * Reads a page of the pending changes: from an end of the log, or around a change. Reads no more rows than
 * needed, wherever in the log the page is; only counting reads further.
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
	// The total may be outdated by now, but at least one change is known to be beyond the page.
	const rest = (known: number) => Math.max(1, (total ?? 0) - changes.length - known);
	const isKnown = total !== null;
	const countOlder = () => countWhere(sql`id < ${BigInt(first.id)}`);
	const older = !isMore.older ? 0 : isKnown && !isMore.newer ? rest(0) : await countOlder();
	const countNewer = () => countWhere(sql`id > ${BigInt(last.id)}`);
	const newer = !isMore.newer ? 0 : isKnown ? rest(older) : await countNewer();
	return { changes, older, newer };
}

/** A condition that is true if a word occurs in the table, operation or origin of a change. */
function occursInNames({ word, tables, operations: found }: WordInNames): Sql {
	const inTable = tables.length > 0 ? sql`OR table_name IN (${tables})` : sql``;
	const inOperation = found.length > 0 ? sql`OR operation IN (${found})` : sql``;
	return sql`(LOCATE(${word}, LOWER(source_node)) > 0 ${inTable} ${inOperation})`;
}
