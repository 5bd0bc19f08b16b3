/** Examples of what is found about triggers, the change log and their accounts. */
import { captureStateFinding, installCures } from '../../../source/engine/api/capture-messages.ts';
import { cloud, example, type FindingExample, item, sql } from './example.ts';

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

const broken = { tables: ['item'], renamedTo: null, autoInstall: false };
export const captureExamples: readonly FindingExample[] = [
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
			{ tables: ['item', 'line'], reason: 'denied', message: 'denied', hint: null },
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
