/** Examples of what is found about servers, the change log and the transfer. */
import { captureFinding } from '../../../source/capture/messages.ts';
import { changelogFinding } from '../../../source/changelog/session/messages.ts';
import { connectionFinding } from '../../../source/database/connection/messages.ts';
import { transferFinding } from '../../../source/transfer/attempt/messages.ts';
import { both, cloud, example, type FindingExample, item, sql } from './example.ts';

export const logExamples: readonly FindingExample[] = [
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

export const transferExamples: readonly FindingExample[] = [
	example(
		transferFinding('trigger_overrides', item, { triggers: ['stamp'], columns: ['at'] }),
		'item: on cloud the trigger stamp always overwrites `at`, so the two sides keep different values there',
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
