/** The statements of the engine on rows of its own tables. */

import { setAside } from '../../../../source/capture/stale-key.ts';
import { acknowledge } from '../../../../source/changelog/log/acknowledge.ts';
import type { Change } from '../../../../source/changelog/log/pending.ts';
import { rowId } from '../../../../source/changelog/log/pending-rows.ts';
import { renumberOwn } from '../../../../source/changelog/next-ids.ts';
import { park } from '../../../../source/changelog/parking.ts';
import { shortenLog } from '../../../../source/changelog/retention.ts';
import { replaceVersion } from '../../../../source/changelog/tables/conflict-versions.ts';
import { ensureIdentity } from '../../../../source/changelog/tables/database-identity.ts';
import { forgetNode, rememberNode } from '../../../../source/changelog/tables/known-nodes.ts';
import { leaseFenceSql, renewLease } from '../../../../source/changelog/tables/leases.ts';
import { addMarks, ensureMarks, removeMarks } from '../../../../source/changelog/tables/marks.ts';
import { readParked } from '../../../../source/changelog/tables/parked.ts';
import { receiptFor, returnReceipt } from '../../../../source/changelog/tables/receipts.ts';
import { recordConflictsSql } from '../../../../source/changelog/tables/record-conflicts.ts';
import {
	announceInstallation,
	announceUninstallation,
	noteCapture,
	noteDefiner,
	noteDropped,
	readRegister,
	reenterTables,
	settleTables,
	strikePeer,
} from '../../../../source/changelog/tables/register.ts';
import {
	answerRequest,
	dropRequest,
	requestRun,
} from '../../../../source/changelog/tables/run-requests.ts';
import { explainLockWait } from '../../../../source/changelog/write-lock.ts';
import type { Connection } from '../../../../source/database/connection/connection.ts';
import { tagOf } from '../../../../source/database/connection/session.ts';
import type { Sql } from '../../../../source/database/sql/sql.ts';
import { thisHolder } from '../../../../source/engine/lease/holder.ts';
import { rejoinLease, releaseLease, takeLease } from '../../../../source/engine/lease/lease-row.ts';
import { resolveConflict } from '../../../../source/engine/records/conflicts.ts';
import { retryParked } from '../../../../source/engine/records/parked.ts';
import { queueRows } from '../../../../source/engine/uptake/backfill.ts';
import { SyncError } from '../../../../source/errors.ts';
import { logAppliedSql } from '../../../../source/transfer/apply/log-applied.ts';
import { startApplying } from '../../../../source/transfer/attempt/apply-state.ts';
import { rowOf } from '../../../../source/transfer/rows/route.ts';
import { takeEffects } from '../../../../source/transfer/side-effects/effects.ts';
import type { Case, Place } from './place.ts';
import { routeOf } from './user-tables.ts';

/** The table whose rows the entries name. */
const table = 'small_item';

const lease = 'cloud,site';
const me = thisHolder();

/** The row key of a number. */
const keyOf = (number: number) => `x${Buffer.from(String(number)).toString('hex').toUpperCase()}`;

const day = 86_400_000;

/** One row of each table, by a number that stands in its key, as it is for the engine's own peer or for another one. */
const inserts: readonly ((number: number, peer: string) => string)[] = [
	(number) => `INSERT INTO change_log
		(id, table_name, operation, row_key, source_node, applied_nodes, changed_at)
		VALUES (${number}, '${table}', 'UPDATE', '${keyOf(number)}', 'site',
			'${number > 6 && number < 100 ? 'cloud,other' : ''}', UTC_TIMESTAMP(6) - INTERVAL 30 DAY)`,
	(number, peer) => `INSERT INTO change_log_conflicts
		(id, peer, table_name, row_key, other_key, display_key, detected_at)
		VALUES (${number}, '${peer}', '${table}', '${keyOf(number)}',
			${number === 8 ? `'${keyOf(8)}'` : 'NULL'}, '', UTC_TIMESTAMP(6))`,
	(number) => `INSERT INTO change_log_conflict_rows (conflict, side, part, text)
		VALUES (${number}, 'local', 0, '{}'), (${number}, 'cloud', 0, '{}')`,
	(number, peer) => `INSERT INTO change_log_batches
		(id, peer, first_entry, last_entry, applied_at, host, person, process)
		VALUES (${number}, '${peer}', 1, ${peer === 'cloud' ? 1 : 100}, UTC_TIMESTAMP(6), '', '', 0)`,
	(number, peer) => `INSERT INTO change_log_parked
		(id, peer, table_name, row_key, display_key, last_change, operation, code, message, attempts,
			first_at, last_at, next_at)
		VALUES (${number}, '${peer}', '${table}', '${keyOf(number)}', '', ${number}, 'UPDATE', '', '', 1,
			UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
	(number, peer) => `INSERT INTO change_log_marks (id, peer, table_name, place, row_key)
		VALUES (${number}, '${peer}', '${table}', '', '${keyOf(number)}')`,
	(number, peer) => `INSERT INTO change_log_requests
		(id, lease, directions, host, person, requested_at, ended_at)
		VALUES (${number}, '${peer === 'cloud' ? lease : peer}', '', '', '',
			UTC_TIMESTAMP(6) - INTERVAL 2 HOUR, ${peer === 'cloud' ? 'UTC_TIMESTAMP(6)' : 'NULL'})`,
];

/** Of a peer's tables in the register: two that are named, one that is not, and one with rows to queue. */
const registered = (peer: string) => {
	const rows = ['t1', 't2', 't3', table].map(
		(name) => `('${peer}', '${name}', 'filling', 0, UTC_TIMESTAMP(6))`,
	);
	return `INSERT INTO change_log_tables (peer, table_name, state, entries, since)
		VALUES ${rows.join(', ')}`;
};

/** Tables with one row a peer, or a few, by the peer. */
const peerInserts: readonly ((peer: string) => string)[] = [
	registered,
	(peer) => `INSERT INTO change_log_receipts (peer, ids, digest) VALUES ('${peer}', '', 'digest')`,
	(peer) => `INSERT INTO change_log_nodes (node_id, seen_at) VALUES ('${peer}', UTC_TIMESTAMP(6))`,
	(peer) => `INSERT INTO change_log_leases
		(lease, token, holder, host, person, process, since, expires_at, server, locked)
		VALUES ('${peer === 'cloud' ? lease : peer}', 1, '${peer === 'cloud' ? me.id : ''}', '', '', 0,
			UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 10 SECOND, '', 0)`,
];

const tables = [
	'change_log',
	...['conflicts', 'conflict_rows', 'batches', 'parked', 'marks', 'requests', 'receipts'].map(
		(name) => `change_log_${name}`,
	),
	...['change_log_nodes', 'change_log_leases', 'change_log_tables'],
];

/** The first of many entries of the log: every other one has gone everywhere. */
const firstOfMany = 2000;
const many = 2400;
const ofMany = (rest: number) =>
	Array.from({ length: many / 2 }, (_, index) => firstOfMany + 2 * index + rest);

/**
 * The rows 2 to 12 of each table; 6 is another peer's.
 * @param large whether the log has many entries
 */
export async function refill({ local, pair }: Place, large: boolean): Promise<void> {
	await ensureMarks(local);
	const { connection } = pair.local;
	for (const name of tables) await connection.query(`DELETE FROM ${name}`);
	for (let number = 2; number <= 12; number += 1) {
		for (const insert of inserts) {
			await connection.query(insert(number, number === 6 ? 'other' : 'cloud'));
		}
	}
	if (large) {
		const entries = [0, 1].flatMap((rest) =>
			ofMany(rest).map(
				(number) => `(${number}, '${table}', 'UPDATE', '${keyOf(number)}', 'site',
					'${rest === 0 ? '' : 'cloud,other'}', UTC_TIMESTAMP(6) - INTERVAL 30 DAY)`,
			),
		);
		await connection.query(`INSERT INTO change_log
			(id, table_name, operation, row_key, source_node, applied_nodes, changed_at)
			VALUES ${entries.join(', ')}`);
	}
	for (const peer of ['cloud', 'other']) {
		for (const insert of peerInserts) await connection.query(insert(peer));
	}
	for (const name of tables) await connection.query(`ANALYZE TABLE ${name}`);
}

/** Rows of others: one that is locked among those that are named, and one before and behind them that are new. */
const bystander: readonly string[] = [
	...tables
		.slice(0, 7)
		.map((name) => (name === 'change_log_conflict_rows' ? 'conflict' : 'id'))
		.map(
			(key, index) => `SELECT 1 FROM ${tables[index]} WHERE ${key} = 6
				${key === 'conflict' ? "AND side = 'cloud' AND part = 0" : ''} FOR UPDATE`,
		),
	"SELECT 1 FROM change_log_receipts WHERE peer = 'other' FOR UPDATE",
	"SELECT 1 FROM change_log_nodes WHERE node_id = 'other' FOR UPDATE",
	"SELECT 1 FROM change_log_leases WHERE lease = 'other' FOR UPDATE",
	"SELECT 1 FROM change_log_tables WHERE peer = 'other' AND table_name = 't1' FOR UPDATE",
	...[1, 1000].flatMap((number) => inserts.map((insert) => insert(number, 'another'))),
	...['a', 'z'].flatMap((peer) => peerInserts.map((insert) => insert(peer))),
];

function changeOf(number: number, appliedNodes = ''): Change {
	return {
		id: String(number),
		table,
		operation: 'UPDATE',
		rowKey: keyOf(number),
		sourceNode: 'site',
		appliedNodes,
		changedAt: null,
	};
}

async function runAll(connection: Connection, statements: readonly Sql[]): Promise<void> {
	for (const statement of statements) await connection.run(statement);
}

/** Takes notes of effects: one that is undone, one that is passed on, one that stays. */
async function effects({ local, cloud, routes }: Place): Promise<void> {
	const route = routeOf({ routes }, table);
	await local.run(
		`UPDATE change_log FORCE INDEX (PRIMARY)
		SET applied_nodes = '!${tagOf('elsewhere')}'
		WHERE id IN (2, 3, 4)`,
	);
	const nothing = new Set<string>();
	const rows = [2, 3].map((number) => rowOf(route, keyOf(number)));
	const state = startApplying(
		{
			...{ source: cloud, target: local, routes, known: nothing, untouchable: nothing },
			...{ staying: nothing, losers: new Set([rowId(table, keyOf(3))]) },
		},
		new Map(rows.map((row) => [row, null])),
	);
	await takeEffects(state, nothing);
}

const refusal = new SyncError('refused', 'the target does not want it');

/** A case whose statements all belong to the transaction that is open. */
function within(name: string, named: number, work: Case['work']): Case {
	return { name, bystander, work, named };
}

/** The same beside a lock on another table's row in the register. */
function besideThird(name: string, named: number, work: Case['work']): Case {
	const third =
		"SELECT 1 FROM change_log_tables WHERE peer = 'cloud' AND table_name = 't3' FOR UPDATE";
	return { name, bystander: [...bystander, third], work, named };
}

/** A case whose statements commit by themselves. */
function alone(name: string, work: Case['work']): Case {
	return { name, bystander, work, named: null };
}

export const ownCases: readonly Case[] = [
	within('marks changes as applied', 4, ({ local }) =>
		acknowledge(
			local,
			[2, 3, 4, 5].map((number) => changeOf(number)),
			'cloud',
		),
	),
	within('sees to effects', 3, effects),
	within('removes old changes and old batches', 6 + 10, async ({ local }) => {
		if ((await shortenLog(local, day)) !== 6) throw new Error('not as many as there are');
	}),
	within('corrects changes that are dated in the future', 6 + 10, async ({ local }) => {
		await local.run(
			`UPDATE change_log FORCE INDEX (PRIMARY)
			SET changed_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY
			WHERE id = 7`,
		);
		await shortenLog(local, day);
	}),
	within('brings conflicts up to date', 2 + 4, ({ local }) =>
		runAll(
			local,
			recordConflictsSql(
				local,
				'cloud',
				[2, 3].map((number) => ({
					entry: {
						table,
						rowKey: keyOf(number),
						otherKey: null,
						displayKey: '',
						versions: { local: { id: number }, cloud: null },
						kept: 'local',
					},
					known: { id: String(number), table, rowKey: keyOf(number), kept: null },
				})),
			),
		),
	),
	within('puts another version on record', 1, ({ local }) =>
		replaceVersion(local, '4', 'local', { id: 4 }),
	),
	within('decides a conflict', 1, ({ local, cloud, pair }) =>
		resolveConflict({ local, cloud }, pair.config, 'L5', 'local'),
	),
	alone('lets a row give way to another', ({ local, cloud, pair }) =>
		resolveConflict({ local, cloud }, pair.config, 'L8', 'cloud'),
	),
	within('parks changes, again too, and forgets those that arrived', 9, async ({ local }) => {
		const before = (await readParked(local, 'cloud')).map((entry) => ({ ...entry, rowKey: null }));
		const waiting = before.filter(({ id }) => id === '2');
		await park(local, 'cloud', before, waiting, [
			{ changes: [changeOf(20)], error: refusal },
			{ changes: [{ ...changeOf(3), rowKey: null }], error: refusal },
		]);
	}),
	alone('tries parked changes again', async ({ local, cloud, pair }) => {
		await retryParked({ local, cloud }, pair.config, 'L3');
		await retryParked({ local, cloud }, pair.config);
	}),
	alone('finds out whether the server is locked', async ({ local }) => {
		const error = new SyncError('busy', 'somebody waits', { side: 'local', errno: 1205 });
		if ((await explainLockWait(error, [local])) !== error) throw new Error('it is not locked');
	}),
	within('gives a receipt', 1, ({ local }) =>
		runAll(local, receiptFor('cloud', [changeOf(2)]).statements),
	),
	within('takes a receipt back', 1, ({ local, cloud }) => returnReceipt(cloud, local, 'digest')),
	within('remembers nodes and the database itself', 1, async ({ local }) => {
		await ensureIdentity(local);
		await rememberNode(local, 'cloud', { id: 'id', place: 'place' });
	}),
	within('forgets a node', 1, ({ local }) => forgetNode(local, 'cloud')),
	within('enters what it applied', 0, ({ local, routes }) => {
		const route = routeOf({ routes }, table);
		const last = changeOf(2);
		const row = { ...rowOf(route, keyOf(2)), changes: [last], last };
		return runAll(local, logAppliedSql(new Map([[row, null]]), 'cloud', 0n, me));
	}),
	within('makes sure of its lease', 1, ({ local }) => runAll(local, leaseFenceSql(lease, '1'))),
	alone('takes, renews and releases a lease', async ({ local }) => {
		if (!(await renewLease(local, lease, '1'))) throw new Error('it is not renewed');
		if (!(await rejoinLease(local, lease, '1'))) throw new Error('it is not joined');
		await releaseLease(local, lease, '1');
		await takeLease(local, lease, me);
	}),
	alone('requests a run, and answers', async ({ local }) => {
		await dropRequest(local, await requestRun(local, lease, ['local_to_cloud'], me));
		await answerRequest(local, '3', null);
	}),
	besideThird('settles tables of the register', 2, ({ local }) =>
		settleTables(local, 'cloud', ['t1', 't2']),
	),
	besideThird('notes whom triggers run by', 2, ({ local }) =>
		noteDefiner(local, 'cloud', ['t1', 't2'], 'root@localhost'),
	),
	besideThird('notes how a table is captured', 1, ({ local }) =>
		noteCapture(local, 'cloud', { name: 't1', captured: 'stamp', createdAt: null }),
	),
	besideThird('notes that tables are gone', 2, ({ local }) =>
		noteDropped(local, 'cloud', ['t1', 't2']),
	),
	besideThird('announces that triggers are replaced', 2, ({ local }) =>
		announceInstallation(local, 't2', null),
	),
	besideThird('announces that triggers are dropped', 2, ({ local }) =>
		announceUninstallation(local, 'cloud', ['t1', 't2']),
	),
	besideThird('enters tables of the register again', 2, ({ local }) =>
		reenterTables(
			local,
			'cloud',
			['t1', 't2'].map((name) => ({ name, definer: null, captured: null, createdAt: null })),
			'replaced',
		),
	),
	within('strikes all tables of a peer from the register', 4, ({ local }) =>
		strikePeer(local, 'cloud'),
	),
	alone('queues existing rows', async ({ local, routes }) => {
		const { target } = routeOf({ routes }, table);
		const so = (await readRegister(local, 'cloud')).get(table);
		if (!so || !(await queueRows(local, 'cloud', target, so))) throw new Error('there are none');
	}),
	within('keeps and forgets marks', 2, async ({ local }) => {
		await addMarks(local, 'cloud', [{ table, place: '', rowKey: keyOf(40) }]);
		await removeMarks(local, ['2', '3']);
	}),
];

/** What is done to half of a long log. */
export const longLogCases: readonly Case[] = [
	within('marks half of all changes as applied', many / 2, ({ local }) =>
		acknowledge(
			local,
			ofMany(0).map((number) => changeOf(number)),
			'cloud',
		),
	),
	within('removes half of all changes', 6 + many / 2 + 10, ({ local }) => shortenLog(local, day)),
];

/** Ids are restarted by an ALTER TABLE, which waits for all users of the table. */
export const renumbered: Case = {
	name: 'gives another number to what has one that nobody counted to',
	bystander: [],
	work: async ({ local }) => {
		const wild = 2n ** 63n + 5n;
		await local.run(
			`UPDATE change_log_conflicts FORCE INDEX (PRIMARY) SET id = ${wild} WHERE id = 5`,
		);
		await local.run(
			`UPDATE change_log_conflict_rows FORCE INDEX (PRIMARY)
			SET conflict = ${wild}
			WHERE conflict = 5`,
		);
		await renumberOwn(local);
	},
	named: null,
};

/** Entries of a table are found one by one, and nothing of another table is waited for. */
export const rekeyed: Case = {
	name: 'sets the changes of a key that is lost aside',
	bystander: [
		`INSERT INTO change_log (id, table_name, operation, row_key) VALUES (1, 'elsewhere', 'UPDATE', '')`,
		`INSERT INTO change_log (id, table_name, operation, row_key) VALUES (1000, 'elsewhere', 'UPDATE', '')`,
	],
	work: ({ local }) => setAside(local, table),
	named: null,
};
