import type { Connection } from '../../database/connection/connection.ts';
import { failIf } from '../../database/connection/guard.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { inParts } from '../../database/sql/parts.ts';
import { ids, type Sql, sql } from '../../database/sql/sql.ts';
import { formatNodes, parseNodes } from '../session/applied-nodes.ts';
import type { Change } from './pending.ts';

/** Ids in one statement. */
const idsPerStatement = 5000;

/**
 * Appends the node to `applied_nodes` of exactly these changes. Another engine of a hub may append its own
 * node at the same moment: a change whose list is no longer the one that was read is read again, so that
 * no id is ever lost from the list.
 */
export async function acknowledge(
	connection: Connection,
	changes: readonly Change[],
	node: string,
): Promise<void> {
	await inPieces(changes, async (some) => {
		let open = some;
		while (open.length > 0) {
			const updates = updatesFor(open, node);
			const counts = await connection.runAll(updates.map(({ update }) => update));
			const isDone = updates.every(({ changes: wanted }, index) => counts[index] === wanted);
			open = isDone ? [] : await stillWithout(connection, open, node);
		}
	});
}

/** The statements that append the node. They fail where a list is no longer the one that was read. */
export function acknowledgeSql(changes: readonly Change[], node: string): Sql[] {
	return updatesFor(changes, node).flatMap(({ update, changes: wanted }) => [
		update,
		failIf(sql`ROW_COUNT() <> ${wanted}`),
	]);
}

/** An UPDATE, and how many changes it has to find with the list that was read. */
interface ListUpdate {
	update: Sql;
	changes: number;
}

function updatesFor(changes: readonly Change[], node: string): ListUpdate[] {
	return [...idsByList(changes)].flatMap(([list, listed]) => {
		const extended = formatNodes([...parseNodes(list), node]);
		return inParts(listed, idsPerStatement).map((part) => ({
			update: sql`UPDATE change_log FORCE INDEX (PRIMARY)
				SET applied_nodes = ${extended}
				WHERE id IN (${ids(part)}) AND applied_nodes = ${list}`,
			changes: part.length,
		}));
	});
}

function idsByList(changes: readonly Change[]): Map<string, string[]> {
	const byList = new Map<string, string[]>();
	for (const { id, appliedNodes } of changes) {
		const listed = byList.get(appliedNodes);
		if (listed) listed.push(id);
		else byList.set(appliedNodes, [id]);
	}
	return byList;
}

/** The changes whose list still lacks the node, with the list as it is now. */
async function stillWithout(
	connection: Connection,
	changes: readonly Change[],
	node: string,
): Promise<Change[]> {
	const lists = new Map<string, string>();
	for (const part of inParts(changes, idsPerStatement)) {
		const rows = await connection.rows<{ id: string | number; applied_nodes: string }>(
			sql`SELECT id, applied_nodes
			FROM change_log
			WHERE id IN (${ids(part.map(({ id }) => id))})`,
		);
		for (const row of rows) lists.set(String(row.id), row.applied_nodes);
	}
	return changes.flatMap((change) => {
		const appliedNodes = lists.get(change.id);
		if (appliedNodes === undefined || parseNodes(appliedNodes).includes(node)) return [];
		return [{ ...change, appliedNodes }];
	});
}
