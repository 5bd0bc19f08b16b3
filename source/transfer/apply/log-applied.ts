import { formatNodes, parseNodes } from '../../changelog/applied-nodes.ts';
import { quoteString } from '../../database/sql/literals.ts';
import { inParts } from '../../database/sql/parts.ts';
import { shifted } from '../conflicts/clock-skew.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { DirtyRow } from '../rows/route.ts';

/** The engine that applies changes, as the record names it. */
export interface Applier {
	host: string;
	/** Whom the engine runs for. */
	person: string;
	process: number;
}

/** Entries in one INSERT. */
const entriesPerInsert = 1000;

/**
 * The statements that enter the applied rows in the target's own change log, in the same transaction,
 * with the node and
 * the moment of the original change: a hub passes them on to its other sites, and `applied_nodes`
 * keeps them from those that have them. The moment is told in the target's own time, as all of its log
 * is. Written here and not by the target's triggers, because a
 * session variable could carry one source for a whole statement only, and no moment.
 * When it was done and by whom is on record beside them.
 * @param ahead microseconds that the target's clock is ahead of the source's
 */
export function recordingApplied(
	applied: CurrentRows,
	from: string,
	ahead: bigint,
	by: Applier,
): string[] {
	const statements: string[] = [];
	const entries = [...applied].map(([row, values]) => entry(row, values === null, from, ahead));
	for (const some of inParts(entries, entriesPerInsert)) {
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
 * Where ids are drawn from UUID_SHORT (see `logColumns`), an INSERT leaves no LAST_INSERT_ID: then the
 * range of ids is that between two draws.
 */
const noteFirstId = 'SET last_insert_id = 0, @change_log_first = UUID_SHORT()';

/** InnoDB gives the rows of one INSERT … VALUES ids that follow each other, in steps of the session's. */
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
	// A log from before this program may not tell where a change was made.
	const sourceNode = row.last.sourceNode || from;
	const done = gone ? 'DELETE' : operation.toUpperCase() === 'INSERT' ? 'INSERT' : 'UPDATE';
	const nodes = formatNodes([from, sourceNode, ...haveAll(row)]);
	const at = changedAt === null ? 'NULL' : quoteString(shifted(changedAt, ahead));
	return `(${[row.route.target.name, done, row.rowKey, sourceNode, nodes]
		.map(quoteString)
		.join(', ')}, ${at})`;
}

/** The nodes that have every one of the changes: the others lack at least one of them. */
function haveAll(row: DirtyRow): string[] {
	const lists = row.changes.map(({ appliedNodes }) => parseNodes(appliedNodes));
	const [first = [], ...others] = lists;
	return first.filter((node) => others.every((list) => list.includes(node)));
}
