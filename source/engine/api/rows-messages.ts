/** Findings about rows and changes that cannot be transferred as usual, with their messages. */
import type { Side } from '../../config/types.ts';
import { findingsOf, type MessagesOf, type NoFacts } from '../../text/finding.ts';
import { count, listed, plural } from '../../text/words.ts';
import { otherSide } from './side-ids.ts';

/** Rows that a table held on both sides before it was tracked. */
interface BothHeld {
	table: string;
	rows: Record<Side, number>;
}

export type RowsFacts = {
	/** Changes of a table of `side` were not captured for a time, and its two sides are to be compared. */
	capture_gap: NoFacts;
	/** The same of a table that was recreated. */
	table_recreated: NoFacts;
	/** Tables of `side` were recreated, which needs nobody. */
	recreated_tables_captured: { tables: string[] };
	/** Both sides of tables hold the same rows after an interruption. */
	sides_equal: { tables: string[] };
	/** Changes of `side` were discarded whose rows are gone without a captured deletion. */
	deletions_withheld: { rows: number; examples: string[] };
	/** Rows of `side` are gone without a captured deletion. */
	rows_vanished: { row: string; cause: keyof typeof causes };
	/** Rows are on `side` alone, and no trigger saw why. */
	rows_uncaptured: { row: string };

	/** Rows of `side` that were there before tracking began are queued. */
	existing_rows_queued: { tables: string[] };
	existing_rows_queue_failed: { message: string };
	existing_rows_queue_done: { rows: number };
	both_sides_held_same_number: { tables: { table: string; rows: number }[] };
	/** `counted`: rows up to which they were counted. */
	both_sides_held_rows: { tables: BothHeld[]; counted: number };

	/** The change log of `side` was missing. `pending`: changes at the latest check. */
	change_log_lost: {
		peer: string;
		checkedAt: string | null;
		pending: number | null;
		byTable: { table: string; changes: number }[];
		renamedTo: string | null;
	};
	/** Another own table of `side` was missing; the finding's table names it. */
	own_table_lost: { held: keyof typeof lostWith };

	/** Pending changes of `side` wait, whose table has another name now. */
	changes_of_renamed_table: { now: string; changes: number };
	/** They name rows by key columns that the table no longer has. */
	changes_of_former_key: { changes: number };
	changes_of_missing_table: { changes: number };
	/** Pending changes have another primary key than the current one. */
	primary_key_changed: { now: string[]; noted: string[]; changes: number };
	/** A node of the other side had been forgotten. */
	peer_was_forgotten: { peer: string; at: string };
};

export const rowsFinding = findingsOf<RowsFacts>();

/** Tables and rows named one by one; of more the rest is counted. */
const mostNamed = 8;
const mostExamples = 5;

export const rowsMessages: MessagesOf<RowsFacts> = {
	capture_gap: () => [
		'its triggers were gone, and changes made meanwhile were not captured',
		compare,
	],
	table_recreated: () => [
		'it was recreated, and rows that it lost or got before its triggers were installed were not captured',
		compare,
	],
	recreated_tables_captured: ({ tables }) => {
		const were = tables.length === 1 ? 'was' : 'were';
		return `${listed(tables, 20)} ${were} recreated, and changes are captured again`;
	},
	sides_equal: ({ tables }) =>
		`${listed(tables, 20)}: capture was interrupted; both sides hold the same rows, and nothing is left to do`,
	deletions_withheld: ({ rows, examples }, { side }) => {
		const other = otherOf(side);
		return [
			`pending changes name ${plural(rows, 'row')} that ${rows === 1 ? 'is' : 'are'} gone, and no deletion was captured (${listed(examples, mostExamples)})`,
			`The changes were discarded, and nothing is deleted on ${other}. If these rows are to go, delete them on ${other}`,
		];
	},
	rows_vanished: ({ row, cause }, { side }) => {
		const other = otherOf(side);
		return [
			`rows were deleted without firing a trigger (${row} is one), ${causes[cause]}`,
			`They still exist on ${other}: truncate or drop them there too if they should go`,
		];
	},
	rows_uncaptured: ({ row }, { side }) => {
		const other = otherOf(side);
		return `rows exist on this side only, and no trigger saw them added here or deleted on ${other} (${row} is one), probably by an exchanged partition, while there were no triggers, or by TRUNCATE on ${other}`;
	},

	existing_rows_queued: ({ tables }, { side }) => {
		const other = otherOf(side);
		return `${listed(tables, 20)}: ${side} held rows when tracking began and ${other} held none; these rows are queued for ${other}`;
	},
	existing_rows_queue_failed: ({ message }) =>
		`its existing rows could not be queued (tried again at the next run): ${message}`,
	existing_rows_queue_done: ({ rows }, { side }) =>
		`${plural(rows, 'row')} of ${side} queued for ${otherOf(side)}`,
	both_sides_held_same_number: ({ tables }) => {
		const named = tables.map(({ table, rows }) => `${table} (${count(rows)})`);
		return `both sides held the same number of rows before tracking began: ${listed(named, mostNamed)}; their contents were not compared`;
	},
	both_sides_held_rows: ({ tables, counted }) => {
		const on = (side: Side, { rows }: BothHeld) =>
			`${rows[side] > counted ? `more than ${count(counted)}` : count(rows[side])} on ${side}`;
		const named = tables.map(
			(held) => `${held.table} (${on('local', held)}, ${on('cloud', held)})`,
		);
		return [
			`both sides held rows before tracking began, and differences between these are not carried over: ${listed(named, mostNamed)}`,
			'Compare them',
		];
	},

	change_log_lost: ({ peer, checkedAt, pending, byTable, renamedTo }) => {
		const named = byTable.map(({ table, changes }) => `${table} ${changes}`);
		const known =
			pending === null || checkedAt === null
				? `how many were pending for ${peer} is not known`
				: pending === 0
					? `at the last check (${checkedAt}) none were pending for ${peer}; later ones are not known`
					: `at the last check (${checkedAt}) ${plural(pending, 'change')} ${pending === 1 ? 'was' : 'were'} pending for ${peer} (${listed(named, mostNamed)}); later ones are not known`;
		const old = renamedTo === null ? '' : `${renamedTo} has the columns of a change log. `;
		return [
			`change_log was missing, and the changes in it are lost: ${known}`,
			`${old}Rows may differ between the two sides: compare them. Lost deletions must be repeated on the other side by hand`,
		];
	},
	own_table_lost: ({ held }) => `it was missing and is empty now; lost with it: ${lostWith[held]}`,

	changes_of_renamed_table: ({ now, changes }) =>
		`it is now called ${now}, and its pending changes (${changes}) wait until it has its old name again`,
	changes_of_former_key: ({ changes }) =>
		`pending changes (${changes}) name rows by key columns that the table no longer has`,
	changes_of_missing_table: ({ changes }) =>
		`the table no longer exists, and its pending changes (${changes}) wait`,
	primary_key_changed: ({ now, noted, changes }, { side }) =>
		`its primary key on ${side} is (${now.join(', ')}) now, and its triggers record (${noted.join(', ')}); pending changes: ${changes}`,
	peer_was_forgotten: ({ peer, at }) => [
		`node ${peer} was forgotten at ${at} UTC: changes removed from the log since then do not reach it`,
		'Compare the two sides',
	],
};

/** The probable cause of deletions that fired no trigger. */
const causes = {
	emptied: 'it is empty, so probably by TRUNCATE',
	partition: 'probably with a partition that was dropped, truncated or exchanged',
	refilled: 'probably by TRUNCATE with new rows since',
};

/** What is lost with an own table; no entry for tables that fill again by themselves. */
const lostWith = {
	conflicts:
		'the record of conflicts; a row that waited for a decision is decided again when it next changes',
	conflict_versions: 'both versions of the rows in conflict',
	parked_changes: 'the list of parked changes; these are tried again at the next run',
	receipts:
		'the receipt of an interrupted batch, if there was one; that batch is applied again and can overwrite newer changes',
	batches: 'the record of when batches were applied',
	tracked_tables:
		'the list of tracked tables; if existing rows of a table were being queued, compare its two sides',
};

const compare = 'Compare the two sides; rows to be deleted must be deleted on both';

function otherOf(side: Side | null): Side | '' {
	return side === null ? '' : otherSide(side);
}
