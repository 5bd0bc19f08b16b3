/** Examples of what an engine and its runs do and meet. */
import { unfitFinding } from '../../../source/database/rows/unfit.ts';
import { runFinding } from '../../../source/engine/api/run-messages.ts';
import { transferFinding } from '../../../source/transfer/attempt/messages.ts';
import { both, cloud, example, type FindingExample, item } from './example.ts';

const reason = unfitFinding('no_primary_key', both, {});
export const runExamples: readonly FindingExample[] = [
	example(runFinding('table_skipped', both, { reason }), 'item is skipped: no primary key'),
	example(
		runFinding('changes_wait', both, {
			reason: transferFinding('rows_wait', both, { of: 'shop' }),
		}),
		'item: changes wait: some of its rows wait for rows of shop',
	),
	example(
		runFinding('changes_not_carried', item, { changes: 2 }),
		'item: 2 changes waiting on cloud, for the reason given above',
	),
	example(
		runFinding('conflicts_open', {}, { rows: 2 }, [
			{ command: 'mysql-sync-tui conflicts shop --open', purpose: 'list' },
		]),
		'2 unresolved conflicts. List them: run `mysql-sync-tui conflicts shop --open`',
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
		"cloud: the node id site belongs to another database, which local last saw at 2026-01-01 00:00:00 UTC on a; this one is on b. Choose a different `node_id` for this database. If it takes the other's place for good: run `mysql-sync-tui forget shop site`",
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
	example(runFinding('run_requested', {}, { by: 'ann on vm' }), 'run requested by ann on vm'),
	example(
		runFinding('request_sent', {}, { to: 'root@vm, pid 4893' }),
		'request sent to the active engine (root@vm, pid 4893)',
	),
	example(runFinding('standby', {}, { message: 'held' }), 'on standby: held'),
	example(runFinding('pair_taken_over', {}, {}), 'the active engine is gone: took over the pair'),
	example(runFinding('sync_resumed', {}, {}), 'back online, sync resumed'),
];
