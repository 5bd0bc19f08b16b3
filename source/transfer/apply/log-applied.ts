import { formatNodes, parseNodes } from '../../changelog/applied-nodes.ts';
import { quoteString } from '../../database/sql/literals.ts';
import { shifted } from '../conflicts/clock-skew.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { DirtyRow } from '../rows/route.ts';

/** The engine that applies changes, as recorded in the log. */
export interface Applier {
	host: string;
	/** The account that the engine runs as. */
	person: string;
	process: number;
}

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
export function recordingApplied(
	applied: CurrentRows,
	from: string,
	ahead: bigint,
	by: Applier,
): string[] {
	const statements: string[] = [];
	const entries = [...applied].map(([row, values]) => entry(row, values === null, from, ahead));
	for (let start = 0; start < entries.length; start += entriesPerInsert) {
		const some = entries.slice(start, start + entriesPerInsert);
		statements.push(noteFirstId, entering(some), recordingBatch(from, some.length, by));
	}
	return statements;
}

function entering(entries: readonly string[]): string {
	return `INSERT INTO change_log
			(table_name, operation, row_key, source_node, applied_nodes, changed_at)
		VALUES ${entries.join(', ')}`;
}

/**
 * If ids come from UUID_SHORT (see `logColumns`), an INSERT sets no LAST_INSERT_ID.
 * The range of ids is then the one between two draws.
 */
const noteFirstId = 'SET last_insert_id = 0, @change_log_first = UUID_SHORT()';

/** InnoDB assigns consecutive ids to the rows of one INSERT … VALUES, with the session's increment. */
function recordingBatch(from: string, entries: number, { host, person, process }: Applier): string {
	return `INSERT INTO change_log_batches
			(peer, first_entry, last_entry, applied_at, host, person, process)
		VALUES (${quoteString(from)},
			IF(LAST_INSERT_ID() = 0, @change_log_first, LAST_INSERT_ID()),
			IF(LAST_INSERT_ID() = 0, UUID_SHORT(),
				LAST_INSERT_ID() + ${entries - 1} * @@auto_increment_increment),
			UTC_TIMESTAMP(6),
			${quoteString(host)}, ${quoteString(person)}, ${process})`;
}

function entry(row: DirtyRow, gone: boolean, from: string, ahead: bigint): string {
	const { operation, changedAt } = row.last;
	// A log that predates this program may lack the node of a change.
	const sourceNode = row.last.sourceNode || from;
	const done = gone ? 'DELETE' : operation.toUpperCase() === 'INSERT' ? 'INSERT' : 'UPDATE';
	const nodes = formatNodes([from, sourceNode, ...haveAll(row)]);
	const at = changedAt === null ? 'NULL' : quoteString(shifted(changedAt, ahead));
	return `(${[row.route.target.name, done, row.rowKey, sourceNode, nodes]
		.map(quoteString)
		.join(', ')}, ${at})`;
}

/** The nodes that already have all of the row's changes. */
function haveAll(row: DirtyRow): string[] {
	const lists = row.changes.map(({ appliedNodes }) => parseNodes(appliedNodes));
	const [first = [], ...others] = lists;
	return first.filter((node) => others.every((list) => list.includes(node)));
}
