import type { Entry } from '../../changelog/log/entries.ts';
import { formatNodes, parseNodes } from '../../changelog/session/applied-nodes.ts';
import { shifted } from '../../changelog/session/clock-skew.ts';
import { type Applier, logBatchSql } from '../../changelog/tables/batches.ts';
import { inParts } from '../../database/sql/parts.ts';
import type { Sql } from '../../database/sql/sql.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { DirtyRow } from '../rows/route.ts';

/** Entries per INSERT. */
const entriesPerInsert = 1000;

/**
 * The statements that log the applied rows in the target's change log, in the same transaction, with node and
 * time of the original change: a hub passes them on to its other sites, and `applied_nodes` excludes the
 * nodes that already have them. The time is converted to the target's clock, like all times in its log. The
 * engine writes these entries instead of the target's triggers, because a session variable could carry only
 * one source per statement, and no time. A separate record says when they were applied and by which engine.
 * @param ahead microseconds by which the target's clock is ahead of the source's
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
	// A log that predates this program may lack the node of a change.
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

/** The nodes that already have all of the row's changes. */
function haveAll(row: DirtyRow): string[] {
	const lists = row.changes.map(({ appliedNodes }) => parseNodes(appliedNodes));
	const [first = [], ...others] = lists;
	return first.filter((node) => others.every((list) => list.includes(node)));
}
