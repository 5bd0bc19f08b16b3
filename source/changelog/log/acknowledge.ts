import type { Connection } from '../../database/connection/connection.ts';
import { failIf } from '../../database/connection/guard.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { idList, quoteString } from '../../database/sql/literals.ts';
import { formatNodes, parseNodes } from '../session/applied-nodes.ts';
import type { Change } from './pending.ts';

/** Ids in one UPDATE. */
const idsPerUpdate = 5000;

/**
 * Appends the node to `applied_nodes` of exactly these changes. Another engine of a hub may append
 * its own node at the same moment: a change whose list is no longer the one that was read is read
 * again, so that no id is ever lost from the list.
 */
export async function acknowledge(
	connection: Connection,
	changes: readonly Change[],
	node: string,
): Promise<void> {
	await inPieces(changes, (some) => acknowledgeTogether(connection, some, node));
}

async function acknowledgeTogether(
	connection: Connection,
	changes: readonly Change[],
	node: string,
): Promise<void> {
	let open = changes;
	while (open.length > 0) {
		const marked = await connection.together(() =>
			Promise.all([...groupIds(open)].map(([list, ids]) => mark(connection, list, ids, node))),
		);
		const missed = marked.includes(false);
		open = missed ? await stillWithout(connection, open, node) : [];
	}
}

/** Resolves to whether all of the changes still had the list that was read. */
async function mark(
	connection: Connection,
	appliedNodes: string,
	ids: readonly string[],
	node: string,
): Promise<boolean> {
	const updates = marksOf(appliedNodes, ids, node);
	const counts = await Promise.all(updates.map(({ statement }) => connection.run(statement)));
	return counts.every((count, index) => count === updates[index]?.count);
}

interface Mark {
	statement: string;
	/** Changes that it marks. */
	count: number;
}

function marksOf(appliedNodes: string, ids: readonly string[], node: string): Mark[] {
	const nodes = formatNodes([...parseNodes(appliedNodes), node]);
	const marks: Mark[] = [];
	for (let start = 0; start < ids.length; start += idsPerUpdate) {
		const some = ids.slice(start, start + idsPerUpdate);
		const statement = `UPDATE change_log FORCE INDEX (PRIMARY)
			SET applied_nodes = ${quoteString(nodes)}
			WHERE id IN (${idList(some)}) AND applied_nodes = ${quoteString(appliedNodes)}`;
		marks.push({ statement, count: some.length });
	}
	return marks;
}

/** The statements that append the node, which fail where a list is no longer the one that was read. */
export function acknowledging(changes: readonly Change[], node: string): string[] {
	return [...groupIds(changes)].flatMap(([list, ids]) =>
		marksOf(list, ids, node).flatMap(({ statement, count }) => [
			statement,
			failIf(`ROW_COUNT() <> ${count}`),
		]),
	);
}

function groupIds(changes: readonly Change[]): Map<string, string[]> {
	const groups = new Map<string, string[]>();
	for (const { id, appliedNodes } of changes) {
		const ids = groups.get(appliedNodes);
		if (ids) ids.push(id);
		else groups.set(appliedNodes, [id]);
	}
	return groups;
}

/** The changes whose list still lacks the node, with the list as it is now. */
async function stillWithout(
	connection: Connection,
	changes: readonly Change[],
	node: string,
): Promise<Change[]> {
	const lists = new Map<string, string>();
	for (let start = 0; start < changes.length; start += idsPerUpdate) {
		const ids = changes.slice(start, start + idsPerUpdate).map(({ id }) => id);
		const rows = await connection.rows<{ id: string | number; applied_nodes: string }>(
			`SELECT id, applied_nodes FROM change_log WHERE id IN (${idList(ids)})`,
		);
		for (const row of rows) lists.set(String(row.id), row.applied_nodes);
	}
	return changes.flatMap((change) => {
		const appliedNodes = lists.get(change.id);
		if (appliedNodes === undefined || parseNodes(appliedNodes).includes(node)) return [];
		return [{ ...change, appliedNodes }];
	});
}
