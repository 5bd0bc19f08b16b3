/** Examples of what is found about rows and changes that do not travel as they should. */
import { rowsFinding } from '../../../source/engine/api/rows-messages.ts';
import type { Cure } from '../../../source/text/cures.ts';
import { alter, cloud, example, type FindingExample, item, sql } from './example.ts';

const touch = 'UPDATE `item` SET `id` = `id`';

const compare = 'Compare the two sides; rows to be deleted must be deleted on both';
const send = 'overwriting rows with the same key';
const toCompare: Cure[] = [
	sql(touch, 'send_rows'),
	{ side: 'local', sql: touch, purpose: 'send_rows' },
	sql('UPDATE change_log_register …', 'settle'),
];
const toCompareText = `Send all rows of cloud to local, ${send} (cloud): ${touch}; send all rows of local to cloud, ${send} (local): ${touch}; once both sides are right (cloud): UPDATE change_log_register …`;
const accept: Cure = { side: 'local', sql: 'DELETE FROM change_log_marks …', purpose: 'accept' };
const counts = { peer: 'site', renamedTo: null };

export const rowsExamples: readonly FindingExample[] = [
	example(
		rowsFinding('capture_gap', item, {}, toCompare),
		`cloud, table item: its triggers were gone, and changes made meanwhile were not captured. ${compare}. ${toCompareText}`,
		touch,
	),
	example(
		rowsFinding('table_recreated', item, {}, toCompare),
		`cloud, table item: it was recreated, and rows that it lost or got before its triggers were installed were not captured. ${compare}. ${toCompareText}`,
		touch,
	),
	example(
		rowsFinding('recreated_tables_captured', cloud, { tables: ['item', 'line'] }),
		'cloud: item and line were recreated, and changes are captured again',
	),
	example(
		rowsFinding('sides_equal', {}, { tables: ['item'] }),
		'item: capture was interrupted; both sides hold the same rows, and nothing is left to do',
	),
	example(
		rowsFinding('deletions_withheld', item, { rows: 1, examples: ['id=1'] }),
		'cloud, table item: pending changes name 1 row that is gone, and no deletion was captured (id=1). The changes were discarded, and nothing is deleted on local. If these rows are to go, delete them on local',
	),
	example(
		rowsFinding('rows_vanished', item, { row: 'id=1', cause: 'emptied' }, [
			{ side: 'local', sql: touch, purpose: 'restore_rows' },
			accept,
		]),
		`cloud, table item: rows were deleted without firing a trigger (id=1 is one), it is empty, so probably by TRUNCATE. They still exist on local: truncate or drop them there too if they should go. Bring the rows back to cloud (local): ${touch}; leave both sides as they are (local): DELETE FROM change_log_marks …`,
		touch,
	),
	example(
		rowsFinding('rows_uncaptured', item, { row: 'id=1' }, [sql(touch), accept]),
		`cloud, table item: rows exist on this side only, and no trigger saw them added here or deleted on local (id=1 is one), probably by an exchanged partition, while there were no triggers, or by TRUNCATE on local. Fix (cloud): ${touch}; leave both sides as they are (local): DELETE FROM change_log_marks …`,
		touch,
	),
	example(
		rowsFinding('existing_rows_queued', cloud, { tables: ['item'] }),
		'item: cloud held rows when tracking began and local held none; these rows are queued for local',
	),
	example(
		rowsFinding('existing_rows_queue_failed', item, { message: 'locked' }),
		'cloud, table item: its existing rows could not be queued (tried again at the next run): locked',
	),
	example(
		rowsFinding('existing_rows_queue_done', item, { rows: 2 }),
		'item: 2 rows of cloud queued for local',
	),
	example(
		rowsFinding('both_sides_held_same_number', {}, { tables: [{ table: 'item', rows: 2 }] }),
		'both sides held the same number of rows before tracking began: item (2); their contents were not compared',
	),
	example(
		rowsFinding(
			'both_sides_held_rows',
			{},
			{ tables: [{ table: 'item', rows: { local: 1, cloud: 7 } }], counted: 5 },
			[sql(touch, 'send_rows_each')],
		),
		`both sides held rows before tracking began, and differences between these are not carried over: item (1 on local, more than 5 on cloud). Compare them. For each table, send all rows of cloud to local, ${send} (cloud): ${touch}`,
		touch,
	),
	example(
		rowsFinding(
			'change_log_lost',
			cloud,
			{
				...counts,
				checkedAt: '12:00:00 UTC',
				pending: 3,
				byTable: [{ table: 'item', changes: 3 }],
			},
			[sql('INSERT INTO change_log …', 'if_old_log_copy'), sql(touch, 'send_rows')],
		),
		`cloud: change_log was missing, and the changes in it are lost: at the last check (12:00:00 UTC) 3 changes were pending for site (item 3); later ones are not known. Rows may differ between the two sides: compare them. Lost deletions must be repeated on the other side by hand. If it is the old change log, restore its changes (cloud): INSERT INTO change_log …; send all rows of cloud to local, ${send} (cloud): ${touch}`,
		'INSERT INTO change_log …',
	),
	example(
		rowsFinding('change_log_lost', cloud, {
			...counts,
			checkedAt: null,
			pending: null,
			byTable: [],
		}),
		'cloud: change_log was missing, and the changes in it are lost: how many were pending for site is not known. Rows may differ between the two sides: compare them. Lost deletions must be repeated on the other side by hand',
	),
	example(
		rowsFinding(
			'own_table_lost',
			{ side: 'cloud', table: 'change_log_batches' },
			{ held: 'batches' },
		),
		'cloud, table change_log_batches: it was missing and is empty now; lost with it: the record of when batches were applied',
	),
	example(
		rowsFinding('changes_of_renamed_table', item, { now: 'goods', changes: 2 }),
		'cloud, table item: it is now called goods, and its pending changes (2) wait until it has its old name again',
	),
	example(
		rowsFinding('changes_of_former_key', item, { changes: 2 }, [
			sql('UPDATE change_log …', 'if_columns_renamed'),
			sql('DELETE FROM change_log …', 'discard'),
		]),
		'cloud, table item: pending changes (2) name rows by key columns that the table no longer has. If the columns were only renamed (cloud): UPDATE change_log …; discard the changes (cloud): DELETE FROM change_log …',
		'UPDATE change_log …',
	),
	example(
		rowsFinding('changes_of_missing_table', item, { changes: 2 }, [
			sql('UPDATE change_log …', 'if_renamed'),
			sql('DELETE FROM change_log …', 'if_dropped'),
		]),
		'cloud, table item: the table no longer exists, and its pending changes (2) wait. If the table was renamed (cloud): UPDATE change_log …; if it was dropped (cloud): DELETE FROM change_log …',
		'UPDATE change_log …',
	),
	example(
		rowsFinding('primary_key_changed', item, { now: ['a'], noted: ['b'], changes: 2 }, [
			sql(alter, 'deliver'),
			sql('DELETE FROM change_log …', 'discard'),
		]),
		`item: its primary key on cloud is (a) now, and its triggers record (b); pending changes: 2. Deliver the changes (cloud): ${alter}; discard the changes (cloud): DELETE FROM change_log …`,
		alter,
	),
	example(
		rowsFinding('peer_was_forgotten', cloud, { peer: 'site', at: '2026-01-01 00:00:00' }),
		'cloud: node site was forgotten at 2026-01-01 00:00:00 UTC: changes removed from the log since then do not reach it. Compare the two sides',
	),
];
