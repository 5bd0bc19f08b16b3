import type { Entry } from '../../changelog/log/entries.ts';
import { formatNodes, parseNodes } from '../../changelog/session/applied-nodes.ts';
import { shifted } from '../../changelog/session/clock-skew.ts';
import { type Applier, logBatchSql } from '../../changelog/tables/batches.ts';
import { inParts } from '../../database/sql/parts.ts';
import type { Sql } from '../../database/sql/sql.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { DirtyRow } from '../rows/route.ts';

/** Entries in one INSERT. */
const entriesPerInsert = 1000;

/**
 * The statements that write the applied rows into the target's own change log, in the same transaction, with
 * the node and the time of the original change: a hub passes them on to its other sites, and `applied_nodes`
 * keeps them from those that have them. The time is in the target's own time, as all of its log is. Not left
 * to the target's triggers: a session variable could give them one source for a whole statement only, and no
 * time.
 * @param ahead microseconds that the target's clock is ahead of the source's
 */
export function logAppliedSql(
	applied: CurrentRows,
	from: string,
	ahead: bigint,
	by: Applier,
): Sql[] {
	const entries = [...applied].map(([row, values]) => entryFor(row, values === null, from, ahead));
	return inParts(entries, entriesPerInsert).flatMap((part) => logBatchSql(part, from, by));
}

function entryFor(row: DirtyRow, gone: boolean, from: string, ahead: bigint): Entry {
	const { operation, changedAt } = row.last;
	// A log from before this program may not tell where a change was made.
	const sourceNode = row.last.sourceNode || from;
	const done = gone ? 'DELETE' : operation.toUpperCase() === 'INSERT' ? 'INSERT' : 'UPDATE';
	return {
		table: row.route.target.name,
		operation: done,
		rowKey: row.rowKey,
		sourceNode,
		appliedNodes: formatNodes([from, sourceNode, ...haveAll(row)]),
		changedAt: changedAt === null ? null : shifted(changedAt, ahead),
	};
}

/** The nodes that have every one of the changes: the others lack at least one of them. */
function haveAll(row: DirtyRow): string[] {
	const lists = row.changes.map(({ appliedNodes }) => parseNodes(appliedNodes));
	const [first = [], ...others] = lists;
	return first.filter((node) => others.every((list) => list.includes(node)));
}
