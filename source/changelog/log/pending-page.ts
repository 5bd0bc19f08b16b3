import type { Connection } from '../../database/connection/connection.ts';
import { quoteString, quoteStrings } from '../../database/sql/literals.ts';
import { type Change, pendingLists, selectChanges } from './pending.ts';

/** A word that is looked for in what names a change, and where it occurs. */
export interface WordInNames {
	/** In lower case. */
	word: string;
	/** Tables as the source spells them. */
	tables: readonly string[];
	operations: readonly string[];
}

export interface PageQuery {
	/** The node that lacks the changes. */
	target: string;
	/** Tables as the source spells them; changes of others are left alone. */
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
	connection: Connection,
	{ target, tables, words, anchor, size, total }: PageQuery,
): Promise<PendingPage> {
	if (tables.length === 0) return { changes: [], older: 0, newer: 0 };
	const lists = await pendingLists(connection, target);
	const wanted = `source_node <> ${quoteString(target)}
		AND table_name IN (${quoteStrings(tables)})
		${words.map((word) => `AND ${holds(word)}`).join('\n')}`;

	const read = (ids: string, order: 'ASC' | 'DESC', limit: number) =>
		selectChanges(connection, lists, { where: `${ids} AND ${wanted}`, order, limit });
	const countOf = async (ids: string) => {
		const [row] = await connection.rows<{ changes: string | number }>(
			`SELECT COUNT(*) AS changes
			FROM change_log FORCE INDEX (change_log_pending)
			WHERE applied_nodes IN (${quoteStrings(lists)}) AND ${ids} AND ${wanted}`,
		);
		return Number(row?.changes ?? 0);
	};

	const half = Math.floor(size / 2);
	const [before, after] =
		anchor === 'oldest'
			? [[], await read('TRUE', 'ASC', size + 1)]
			: anchor === 'newest'
				? [await read('TRUE', 'DESC', size + 1), []]
				: await Promise.all([
						read(`id < ${BigInt(anchor)}`, 'DESC', half + 1),
						read(`id >= ${BigInt(anchor)}`, 'ASC', half + 1),
					]);
	const room = anchor === 'oldest' || anchor === 'newest' ? size : half;
	const changes = [...before.slice(0, room).reverse(), ...after.slice(0, room)];
	const isMore = { older: before.length > room, newer: after.length > room };
	const [first, last] = [changes[0], changes.at(-1)];
	if (!first || !last) return { changes, older: 0, newer: 0 };
	// What is known of the whole was counted a moment ago: there is at least what was just seen.
	const rest = (known: number) => Math.max(1, (total ?? 0) - changes.length - known);
	const isKnown = total !== null;
	const countOlder = () => countOf(`id < ${BigInt(first.id)}`);
	const older = !isMore.older ? 0 : isKnown && !isMore.newer ? rest(0) : await countOlder();
	const countNewer = () => countOf(`id > ${BigInt(last.id)}`);
	const newer = !isMore.newer ? 0 : isKnown ? rest(older) : await countNewer();
	return { changes, older, newer };
}

/** SQL that is true where a word occurs in what names a change. */
function holds({ word, tables, operations: found }: WordInNames): string {
	const places = [`LOCATE(${quoteString(word)}, LOWER(source_node)) > 0`];
	if (tables.length > 0) places.push(`table_name IN (${quoteStrings(tables)})`);
	if (found.length > 0) places.push(`operation IN (${quoteStrings(found)})`);
	return `(${places.join(' OR ')})`;
}
