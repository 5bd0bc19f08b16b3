/** A finding of every code, with the line that it is told by. */
import { captureFinding } from '../../source/capture/messages.ts';
import { changelogFinding } from '../../source/changelog/session/messages.ts';
import { connectionFinding } from '../../source/database/connection/messages.ts';
import { pairingFinding } from '../../source/database/pairing/findings.ts';
import { unfitFinding } from '../../source/database/rows/unfit.ts';
import { captureStateFinding, installCures } from '../../source/engine/api/capture-messages.ts';
import { rowsFinding } from '../../source/engine/api/rows-messages.ts';
import { runFinding } from '../../source/engine/api/run-messages.ts';
import type { Cure } from '../../source/text/cures.ts';
import type { Finding } from '../../source/text/finding.ts';
import { transferFinding } from '../../source/transfer/attempt/messages.ts';

export interface FindingExample {
	finding: Finding;
	/** What the log, `status` and `sync` say. */
	line: string;
	/** What `y` copies; null where there is no cure to copy. */
	copies: string | null;
}

const item = { side: 'cloud', table: 'item' } as const;
const both = { table: 'item' } as const;
const cloud = { side: 'cloud' } as const;
const alter = 'ALTER TABLE `item` …';
const touch = 'UPDATE `item` SET `id` = `id`';
const install = installCures({ name: 'shop' });
const pressI = 'Fix: press `i`, or run `mysql-sync-tui install shop`';
const installs = 'mysql-sync-tui install shop';
const noRoles =
	'The account itself needs the right: one granted through a role does not count when a trigger runs';
const failing = { tables: ['item', 'line'], errno: 1142, account: 'app@%' };
const rights = [
	{ right: 'TRIGGER', table: 'item' },
	{ right: 'INSERT', table: 'change_log' },
];
const different = { column: 'price', types: { local: 'decimal(9,3)', cloud: 'decimal(9,2)' } };
const keyColumn = { column: 'name', local: 'latin1', cloud: 'utf8mb4' };
const missing = {
	hiddenFrom: null,
	required: [],
	leftOut: [],
	impossible: [],
	unreadable: null,
};

function example(finding: Finding, line: string, copies: string | null = null): FindingExample {
	return { finding, line, copies };
}

/** A cure by a statement on the cloud. */
function sql(statement: string, purpose?: Cure['purpose']): Cure {
	return { side: 'cloud', sql: statement, ...(purpose && { purpose }) };
}

const unfit: FindingExample[] = [
	example(unfitFinding('no_table', both, {}), 'item: no such table'),
	example(unfitFinding('own_table', both, {}), 'item: it belongs to this program'),
	example(unfitFinding('not_a_base_table', item, {}), 'item: it is not a base table (cloud)'),
	example(
		unfitFinding('table_being_altered', item, {}),
		'item: another session is creating or altering it; it will be checked again (cloud)',
	),
	example(unfitFinding('no_primary_key', both, {}), 'item: no primary key'),
	example(
		unfitFinding('not_innodb', item, { engine: 'MyISAM' }),
		'item: its engine is MyISAM, not InnoDB: a failed statement would leave false entries in the change log (cloud)',
	),
	example(
		unfitFinding('key_of_prefix', both, {}),
		'item: the primary key contains only a prefix of a column',
	),
	example(
		unfitFinding('key_hidden', both, {}),
		'item: the user may not see every column of the primary key',
	),
	example(
		unfitFinding('key_column_inexact', both, { column: 'id', type: 'FLOAT' }),
		'item: the key column id is a FLOAT, whose values cannot be written exactly',
	),
	example(
		unfitFinding('key_column_unsupported', both, { column: 'id', type: 'geometry' }),
		'item: the key column id has a type that is not supported in a key: geometry',
	),
];

const pairing: FindingExample[] = [
	example(
		pairingFinding('names_differ_in_case', item, { names: ['Item', 'item'] }),
		'item: Item and item differ only in case and are the same table to the other side (cloud)',
	),
	example(
		pairingFinding('table_missing', item, { ...missing, leftOut: ['a check'] }, [
			sql('CREATE TABLE …'),
		]),
		'item: no such table (cloud); differs from the other side: a check. Fix (cloud): CREATE TABLE …',
		'CREATE TABLE …',
	),
	example(
		pairingFinding('table_missing', item, { ...missing, hiddenFrom: 'app@%' }),
		'item: no such table (cloud), or the user app@% has no right on it there',
	),
	example(
		pairingFinding('table_missing', item, { ...missing, impossible: ['it has no vector'] }),
		'item: no such table (cloud), and it cannot be created there: it has no vector. Fix: exclude the table from the pair with exclude_tables',
	),
	example(
		pairingFinding('table_missing', item, { ...missing, unreadable: 'denied' }),
		'item: no such table (cloud); its definition cannot be read: denied',
	),
	example(
		pairingFinding('table_renamed', item, { renamedOn: 'cloud', otherName: 'goods' }, [
			sql('RENAME TABLE `goods` TO `item`'),
		]),
		'item: no such table (cloud), but goods there has its triggers: it was renamed. Fix (cloud): RENAME TABLE `goods` TO `item`',
		'RENAME TABLE `goods` TO `item`',
	),
	example(
		pairingFinding('table_renamed', item, { renamedOn: 'local', otherName: 'goods' }, [
			{ side: 'local', sql: 'RENAME TABLE `item` TO `goods`' },
		]),
		'item: no such table (cloud), where it is still called goods: it was renamed on local. Fix (local): RENAME TABLE `item` TO `goods`',
		'RENAME TABLE `item` TO `goods`',
	),
	example(
		pairingFinding('primary_keys_differ', item, { local: ['a'], cloud: ['b'], generated: null }, [
			sql(alter),
		]),
		`item: the primary keys differ: (a) on local, (b) on cloud. Fix (cloud): ${alter}`,
		alter,
	),
	example(
		pairingFinding('key_character_sets_differ', both, keyColumn),
		'item: the key column name is latin1 on local and utf8mb4 on cloud, which do not have the same characters',
	),
	example(
		pairingFinding('key_collations_differ', item, keyColumn, [sql(alter)]),
		`item: the key column name is latin1 on local and utf8mb4 on cloud: a row whose key equals another's on only one side is refused there. Fix (cloud): ${alter}`,
		alter,
	),
	example(
		pairingFinding('key_columns_computed_differently', both, keyColumn),
		'item: the key column name is computed differently: latin1 on local, utf8mb4 on cloud',
	),
	example(
		pairingFinding(
			'columns_missing',
			item,
			{ columns: ['a', 'b'], unsupported: null, hiddenFrom: null },
			[sql(alter)],
		),
		`item: the columns a, b are missing on cloud. Fix (cloud): ${alter}`,
		alter,
	),
	example(
		pairingFinding('columns_missing', item, {
			columns: ['a'],
			unsupported: 'uuid',
			hiddenFrom: null,
		}),
		'item: the column a is missing on cloud, whose server has no uuid, so it cannot be synced. Fix: exclude the table from the pair with exclude_tables',
	),
	example(
		pairingFinding('column_generated', item, { column: 'a' }),
		'item: the column a is a generated column on cloud',
	),
	example(
		pairingFinding('column_too_narrow', item, { ...different, needsCommonType: true }),
		'item: the column price is decimal(9,3) on local and decimal(9,2) on cloud: cloud refuses rows with values that do not fit. Fix: give both columns a type that holds the values of either',
	),
	example(
		pairingFinding(
			'column_changes_values',
			{ side: 'local', table: 'item' },
			{ ...different, needsCommonType: false },
			[{ side: 'local', sql: alter }],
		),
		`item: the column price is decimal(9,2) on cloud and decimal(9,3) on local: values would be altered on local, so no rows are applied there. Fix (local): ${alter}`,
		alter,
	),
	example(
		pairingFinding('column_kinds_differ', item, { ...different, curable: false }),
		'item: the column price is decimal(9,3) on local and decimal(9,2) on cloud: these types are not compatible, so it cannot be synced. Fix: exclude the table from the pair with exclude_tables',
	),
	example(
		pairingFinding('rights_missing_to_read', item, { account: 'app@%', rights: ['SELECT'] }, [
			sql('GRANT SELECT …'),
		]),
		'item: on cloud the user app@% may not SELECT rows, so none are synced. Fix (cloud): GRANT SELECT …',
		'GRANT SELECT …',
	),
	example(
		pairingFinding(
			'rights_missing_to_write',
			item,
			{ account: 'app@%', rights: ['INSERT (v)', 'UPDATE', 'DELETE'] },
			[sql('GRANT INSERT …')],
		),
		'item: on cloud the user app@% may not INSERT (v), UPDATE or DELETE rows, so none are applied there. Fix (cloud): GRANT INSERT …',
		'GRANT INSERT …',
	),
	example(
		pairingFinding('keys_missing', item, { keys: ['UNIQUE KEY (a)'], accepts: true }, [sql(alter)]),
		`item: cloud lacks keys that local has: UNIQUE KEY (a), so it accepts rows that local refuses. Fix (cloud): ${alter}`,
		alter,
	),
	example(
		pairingFinding('keys_missing', item, { keys: ['KEY (a)'], accepts: false }),
		'item: cloud lacks keys that local has: KEY (a); its server has no key that these could refer to',
	),
];

const log: FindingExample[] = [
	example(
		connectionFinding('statement_based_log', cloud, {}, [sql('SET GLOBAL binlog_format = MIXED')]),
		'cloud: the server uses statement-based binary logging (binlog_format=STATEMENT). Nothing can be synced, and the change log would differ on replicas of the server. Use MIXED or ROW, and set the same in the configuration file of the server. The application keeps the old format until it reconnects. Fix (cloud): SET GLOBAL binlog_format = MIXED',
		'SET GLOBAL binlog_format = MIXED',
	),
	example(
		changelogFinding('receipt_unreadable', cloud, { peer: 'site' }, [
			sql('DELETE FROM change_log_receipts'),
		]),
		'cloud: the receipt for site in change_log_receipts is unreadable and was ignored: a batch that was applied but not yet marked as applied will be applied a second time; the next batch replaces the receipt. Fix (cloud): DELETE FROM change_log_receipts',
		'DELETE FROM change_log_receipts',
	),
	example(
		changelogFinding('change_log_full', cloud, { entry: '127' }, [
			sql('DELETE FROM change_log WHERE id = 127; ALTER TABLE change_log AUTO_INCREMENT = 1'),
			sql('ALTER TABLE change_log MODIFY id BIGINT', 'if_ids_used'),
		]),
		"cloud: entry 127 has the highest id that the column can hold: the application's writes to tracked tables fail. Look at the entry first: its change is not carried over once it is deleted, and numbering continues after the highest id left. Fix (cloud): DELETE FROM change_log WHERE id = 127; ALTER TABLE change_log AUTO_INCREMENT = 1; if ids really grew that far (cloud): ALTER TABLE change_log MODIFY id BIGINT",
		'DELETE FROM change_log WHERE id = 127; ALTER TABLE change_log AUTO_INCREMENT = 1',
	),
	example(
		changelogFinding('entry_invalid', cloud, { entry: '7', reason: 'no key' }, [
			sql('DELETE FROM change_log WHERE id = 7', 'discard_entry'),
			sql('UPDATE change_log …', 'send_row'),
		]),
		'cloud: entry 7 of change_log is invalid: no key. It was skipped. Discard the entry (cloud): DELETE FROM change_log WHERE id = 7; to send its row instead (cloud): UPDATE change_log …',
		'DELETE FROM change_log WHERE id = 7',
	),
	example(
		captureFinding(
			'procedure_unavailable',
			cloud,
			{ account: 'app@%', procedure: null, why: 'may_not_create_one' },
			[sql('GRANT CREATE ROUTINE …')],
		),
		'cloud: the triggers write without a procedure, because app@% may not create one: while an application holds LOCK TABLES on a tracked table, its writes can fail with error 1442. Reinstall the triggers after the fix. Fix (cloud): GRANT CREATE ROUTINE …',
		'GRANT CREATE ROUTINE …',
	),
];

const transfer: FindingExample[] = [
	example(
		transferFinding('trigger_overrides', item, { triggers: ['stamp'], columns: ['at'] }),
		'item: the trigger stamp on cloud always overwrites at, so the two sides keep different values there',
	),
	example(
		transferFinding('batch_too_large', cloud, { limit: 'max_binlog_cache_size' }),
		'cloud rejects transactions of this size (max_binlog_cache_size): batch size reduced',
	),
	example(
		transferFinding('table_refused', item, { message: 'read only', hint: 'Ask.' }),
		'item: cloud: read only. Ask.',
	),
	example(
		transferFinding('parent_waits', item, { parent: 'shop' }),
		'item: it refers to shop, whose changes wait, so no rows are carried to cloud',
	),
	example(
		transferFinding('rows_wait', both, { of: 'shop' }),
		'item: some of its rows wait for rows of shop',
	),
];

const broken = { tables: ['item'], renamedTo: null, autoInstall: false };
const captureState: FindingExample[] = [
	example(
		captureStateFinding(
			'change_log_missing',
			cloud,
			{ tables: ['item'], renamedTo: 'old_log', autoInstall: true },
			[...install, sql('RENAME TABLE `old_log` TO `change_log`', 'if_old_log')],
		),
		`cloud: the application's writes to item fail: change_log, which their triggers write to, is missing. A running engine fixes this by itself. old_log has the columns of a change log. ${pressI}; if it is the old change log, restore it (cloud): RENAME TABLE \`old_log\` TO \`change_log\``,
		'RENAME TABLE `old_log` TO `change_log`',
	),
	example(
		captureStateFinding('change_log_incomplete', cloud, broken, install),
		`cloud: the application's writes to item fail: change_log, which their triggers write to, lacks a column. ${pressI}`,
		installs,
	),
	example(
		captureStateFinding('change_log_outdated', cloud, broken, install),
		`cloud: change_log, which the triggers of item write to, has to be altered: its columns or indexes are not as this version needs them. Nothing is carried over until then. ${pressI}`,
		installs,
	),
	example(
		captureStateFinding(
			'procedure_dropped',
			cloud,
			{ tables: ['item'], errno: 1305, procedure: 'change_log_enter', autoInstall: false },
			install,
		),
		`cloud: the application's writes to item fail (1305): their triggers call the procedure change_log_enter, which was dropped. ${pressI}`,
		installs,
	),
	example(
		captureStateFinding('procedure_not_allowed', cloud, { ...failing, procedure: 'p' }, [
			{ key: 'i' },
			sql('GRANT EXECUTE …'),
		]),
		`cloud: the application's writes to item and line fail (1142): their triggers run as app@%, which lacks EXECUTE on the procedure p. ${noRoles}. Fix (cloud): press \`i\`, or GRANT EXECUTE …`,
		'GRANT EXECUTE …',
	),
	example(
		captureStateFinding('account_dropped', cloud, { ...failing, recreate: null }, install),
		`cloud: the application's writes to item and line fail (1142): their triggers run as app@%, an account that was dropped. ${pressI}`,
		installs,
	),
	example(
		captureStateFinding(
			'own_account_dropped',
			cloud,
			{ account: 'app@%', errno: 1449, recreate: 'CREATE USER …' },
			install,
		),
		`cloud: the account app@% was dropped: the application's writes to all tables whose triggers run as this account fail (1449). Recreate it with its rights (CREATE USER …), then reinstall. ${pressI}`,
		installs,
	),
	example(
		captureStateFinding('trigger_rights_missing', cloud, { ...failing, rights }, [sql('GRANT …')]),
		`cloud: the application's writes to item and line fail (1142): their triggers run as app@%, which lacks TRIGGER on item; INSERT on change_log. ${noRoles}. Fix (cloud): GRANT …`,
		'GRANT …',
	),
	example(
		captureStateFinding('trigger_rights_needed', cloud, { account: 'app@%', rights }, [
			sql('GRANT …'),
		]),
		`cloud: triggers would run as app@%, which lacks TRIGGER on item; INSERT on change_log: every write of the application would fail (1142). ${noRoles}. Fix (cloud): GRANT …`,
		'GRANT …',
	),
	example(
		captureStateFinding('test_write_failed', cloud, { ...failing, message: 'denied' }, install),
		`cloud: the application's writes to item and line fail (1142), as a test write showed: their triggers run as app@%: denied. ${pressI}`,
		installs,
	),
	example(
		captureStateFinding('triggers_missing', item, { why: 'gone' }, install),
		`cloud, table item: its triggers are gone, and its changes are not captured. ${pressI}`,
		installs,
	),
	example(
		captureStateFinding('triggers_replaced', item, {}, [{ command: 'mysql-sync-tui sync shop' }]),
		'cloud, table item: its triggers were dropped and created again, as by a restored dump, and changes may have been missed; the next run tells what to do. Fix: run `mysql-sync-tui sync shop`',
		'mysql-sync-tui sync shop',
	),
	example(
		captureStateFinding(
			'triggers_not_installed',
			cloud,
			{ tables: ['item', 'line'], message: 'denied', hint: null },
			[sql('GRANT TRIGGER …')],
		),
		'cloud: no triggers on item, line: denied. Fix (cloud): GRANT TRIGGER …',
		'GRANT TRIGGER …',
	),
	example(
		captureStateFinding('triggers_unchecked', item, {}),
		'cloud, table item: another session is creating or altering it; its triggers are checked at the next run',
	),
	example(
		captureStateFinding('triggers_under_old_name', item, { formerName: 'goods' }, [
			sql('RENAME TABLE `item` TO `goods`'),
		]),
		'item: it has the triggers of goods, the name that it still has on the other side. Rename it there too, or undo the rename. Fix (cloud): RENAME TABLE `item` TO `goods`',
		'RENAME TABLE `item` TO `goods`',
	),
	example(
		captureStateFinding('not_installed', cloud, { what: null, state: 'missing' }, install),
		`cloud: the change log is missing. ${pressI}`,
		installs,
	),
	example(
		captureStateFinding('change_log_installed', cloud, { done: 'created' }),
		'cloud: change log created',
	),
	example(
		captureStateFinding('triggers_installed', cloud, { tables: ['item', 'line'] }),
		'cloud: triggers installed on item, line',
	),
	example(
		captureStateFinding('change_log_restored', cloud, { done: 'created', failedFor: ['item'] }),
		"cloud: change log created; until now the application's writes to item failed",
	),
	example(
		captureStateFinding('procedure_restored', cloud, {}),
		"cloud: recreated the procedure that the triggers call; until now the application's writes failed",
	),
	example(
		captureStateFinding('own_tables_restored', cloud, { tables: ['change_log_parked'] }),
		'cloud: created change_log_parked',
	),
];

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

const rows: FindingExample[] = [
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
		'cloud: site had been forgotten at 2026-01-01 00:00:00 UTC: changes that were removed from the log since then do not reach it. Compare the two sides',
	),
];

const reason = unfitFinding('no_primary_key', both, {});
const runs: FindingExample[] = [
	example(runFinding('table_skipped', both, { reason }), 'item is skipped: no primary key'),
	example(
		runFinding('changes_wait', both, {
			reason: transferFinding('rows_wait', both, { of: 'shop' }),
		}),
		'item: changes wait: some of its rows wait for rows of shop',
	),
	example(
		runFinding('changes_not_carried', item, { changes: 2 }),
		'item: changes wait on cloud (2), for the reason given above',
	),
	example(
		runFinding('conflicts_open', {}, { rows: 2 }, [
			{ command: 'mysql-sync-tui conflicts shop --open', purpose: 'list' },
		]),
		'2 rows that changed on both sides wait for a decision. List them: run `mysql-sync-tui conflicts shop --open`',
		'mysql-sync-tui conflicts shop --open',
	),
	example(
		runFinding('backlog_split', {}, { limit: 100, batches: 10 }),
		'backlog split into 10 batches (one holds 100 changes, 64 MB of large values, or what the server allows): large transactions were briefly visible in part',
	),
	example(
		runFinding('backlog_unfinished', {}, {}),
		'more is pending: until it is synced, large transactions may be visible in part',
	),
	example(
		runFinding('line_exposed', cloud, { security: 'not encrypted' }),
		'cloud: not encrypted; set `ssl` for this end',
	),
	example(
		runFinding(
			'node_id_taken',
			cloud,
			{ node: 'site', seenAt: '2026-01-01 00:00:00.5', ownerPlace: 'a', place: 'b' },
			[{ command: 'mysql-sync-tui forget shop site', purpose: 'if_replaced' }],
		),
		"cloud: the node id site belongs to another database, which local last met at 2026-01-01 00:00:00 UTC on a; this one is on b. Give this database a `node_id` of its own. If it takes the other's place for good: run `mysql-sync-tui forget shop site`",
		'mysql-sync-tui forget shop site',
	),
	example(
		runFinding('node_not_used', cloud, { node: 'a:1', reason: 'down', inUse: 'b:1' }),
		'cloud: a:1 cannot be used (down); b:1 is used instead',
	),
	example(
		runFinding('batch_applied', {}, { changes: 2, milliseconds: 45, conflicts: 1 }),
		'applied 2 changes in 45 ms; 1 conflict',
	),
	example(
		runFinding('writes_captured_again', {}, {}),
		"the application's writes are captured again",
	),
	example(runFinding('run_requested', {}, { by: 'ann on vm' }), 'ann on vm asks for a run'),
	example(
		runFinding('request_sent', {}, { to: 'root@vm, pid 4893' }),
		'request sent to the active engine (root@vm, pid 4893)',
	),
	example(runFinding('standby', {}, { message: 'held' }), 'on standby: held'),
	example(runFinding('pair_taken_over', {}, {}), 'nobody holds the pair any more: took it over'),
	example(runFinding('sync_resumed', {}, {}), 'back online, sync resumed'),
];

export const findingExamples: readonly FindingExample[] = [
	...unfit,
	...pairing,
	...log,
	...transfer,
	...captureState,
	...rows,
	...runs,
];
