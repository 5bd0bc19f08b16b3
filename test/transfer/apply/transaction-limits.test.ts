import { beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Side } from '../../../source/config/types.ts';
import { products } from '../../../source/demo/servers/product.ts';
import { installPair } from '../../../source/engine/install/installation.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { startOwnServer } from '../../support/databases.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeOnGalera, type GaleraNode, startGalera } from '../../support/galera.ts';
import { startGroupMember } from '../../support/group-replication.ts';
import { atSuiteEnd, describeInFull, describeOn, everyday } from '../../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name LONGTEXT)',
	'CREATE TABLE part (id INT PRIMARY KEY, name LONGTEXT)',
];

async function insert(pair: EnginePair, side: Side, rows: number): Promise<void> {
	const values = Array.from({ length: rows }, (_, index) => [index + 1, `row ${index + 1}`]);
	await pair[side].connection.query('INSERT INTO item VALUES ?', [values]);
}

describeOnGalera('a Galera node that takes no large transactions', () => {
	const atEnd = atSuiteEnd();
	let node: GaleraNode;
	beforeAll(async () => {
		[node] = (await startGalera(1, { atEnd })) as [GaleraNode];
	});

	/** A pair whose tables are tracked, with the node on one side. */
	async function pairWith(side: Side): Promise<EnginePair> {
		const on = side === 'local' ? { local: node, cloud: 'mysql' } : { local: 'mysql', cloud: node };
		const pair = await enginePair(on as Parameters<typeof enginePair>[0], { schema });
		await pair.sync();
		return pair;
	}

	/** Runs work while a limit is set. */
	async function withLimit(limit: string, value: number, work: () => Promise<void>): Promise<void> {
		const [before] = await node.run(`SELECT @@GLOBAL.${limit} AS value`);
		await node.run(`SET GLOBAL ${limit} = ${value}`);
		try {
			await work();
		} finally {
			await node.run(`SET GLOBAL ${limit} = ${before?.value}`);
		}
	}

	it('gets 20,000 rows in transactions of at most 1,000', async () => {
		const pair = await pairWith('cloud');
		await insert(pair, 'local', 20_000);
		await withLimit('wsrep_max_ws_rows', 1000, async () => {
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([]);
			expect(moved.local_to_cloud.applied).toBe(20_000);
			expect(moved.said.join('\n')).toContain(
				'cloud rejects transactions of this size (wsrep_max_ws_rows): batch size reduced',
			);
			expect(await pair.differences()).toEqual([]);
		});
	}, 120_000);

	it('gives 5,000 changes away, marks them and forgets them in transactions of at most 1,000', async () => {
		const pair = await pairWith('local');
		await insert(pair, 'local', 5_000);
		pair.config.retention = 0;
		await withLimit('wsrep_max_ws_rows', 400, async () => {
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([]);
			expect(moved.local_to_cloud).toMatchObject({ applied: 5_000, batches: 1 });
			expect(await pair.differences()).toEqual([]);
			const [rows] = await pair.local.connection.query('SELECT id FROM change_log');
			expect(rows).toEqual([]);
		});
	});

	it('queues rows that were there before in transactions of at most 10', async () => {
		const pair = await enginePair({ local: node, cloud: 'mysql' }, { schema });
		await insert(pair, 'local', 100);
		await pair.local.connection.query("INSERT INTO part VALUES (1, 'one')");
		await withLimit('wsrep_max_ws_rows', 10, async () => {
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([]);
			expect(moved.unsettled).toEqual([]);
			expect(moved.local_to_cloud.applied).toBe(101);
			expect(await pair.differences()).toEqual([]);
		});
	});

	it('says of which table it cannot queue the rows that were there before, and moves the others', async () => {
		const pair = await enginePair({ local: 'mysql', cloud: node }, { schema });
		await insert(pair, 'cloud', 3);
		const connections = await openBoth(pair.config);
		onTestFinished(() => closeBoth(connections));
		await installPair(connections, pair.config);
		await pair.cloud.connection.query("INSERT INTO part VALUES (1, 'one')");
		await withLimit('wsrep_max_ws_rows', 1, async () => {
			const moved = await pair.sync();
			expect(moved.cloud_to_local.applied).toBe(1);
			expect(moved.unsettled).toEqual([
				expect.stringMatching(
					/^cloud, table item: its existing rows could not be queued .*wsrep_max_ws_rows exceeded/,
				),
			]);
		});
		expect((await pair.sync()).unsettled).toEqual([]);
		expect(await pair.differences()).toEqual([]);
	});

	it.each([
		{ limit: 3, arrive: 0 },
		{ limit: 5, arrive: 4 },
	])(
		'commits nothing in part where $limit rows may be in a transaction',
		async ({ limit, arrive }) => {
			const pair = await pairWith('cloud');
			for (const table of ['item', 'part']) {
				await pair.local.connection.query(`INSERT INTO ${table} VALUES (1, 'one'), (2, 'two')`);
			}
			await withLimit('wsrep_max_ws_rows', limit, async () => {
				const moved = await pair.sync();
				expect(moved.local_to_cloud.applied).toBe(arrive);
				expect(errorsOf(moved)).toHaveLength(4 - arrive);
				for (const words of errorsOf(moved)) {
					expect(words).toMatch(
						/^cloud, table (item|part), row id=[12]: this row alone exceeds the transaction size limit of the server: wsrep_max_ws_rows exceeded \(wsrep_max_ws_rows\)\n {2}Raise wsrep_max_ws_rows/,
					);
				}
				const logged = await node.run(
					`SELECT COUNT(*) AS entries FROM ${pair.cloud.name}.change_log`,
				);
				expect(Number(logged[0]?.entries)).toBe(arrive);
			});
			expect(errorsOf(await pair.sync())).toEqual([]);
			expect(await pair.differences()).toEqual([]);
		},
	);

	it('refuses only the row that is too large by itself', async () => {
		const pair = await pairWith('cloud');
		await insert(pair, 'local', 200);
		await pair.local.connection.query("UPDATE item SET name = REPEAT('x', 60000) WHERE id = 100");
		await withLimit('wsrep_max_ws_size', 32_768, async () => {
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([
				expect.stringMatching(
					/^cloud, table item, row id=100: this row alone exceeds .*\(wsrep_max_ws_size\)\n {2}Raise wsrep_max_ws_size/,
				),
			]);
			expect(await pair.differences()).toHaveLength(1);
		});
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
	});
});

describeOn(products, 'a server whose binary log takes no large transactions', () => {
	it.each(everyday(products, 1))(
		'gets everything in smaller batches: %s',
		async (product) => {
			const own = await startOwnServer(product, {
				args: [
					'--log-bin',
					'--server-id=1',
					'--binlog-format=ROW',
					'--binlog-cache-size=4096',
					'--max-binlog-cache-size=65536',
					'--log-bin-trust-function-creators=1',
				],
			});
			const pair = await enginePair({ local: 'mariadb', cloud: own }, { schema });
			await pair.sync();
			await insert(pair, 'local', 3_000);
			await pair.local.connection.query("UPDATE item SET name = REPEAT('x', 70000) WHERE id = 100");
			const tooLarge =
				/^cloud, table item, row id=100: this row alone exceeds .*\(max_binlog_cache_size\)\n {2}Raise max_binlog_cache_size/;
			const moved = await pair.sync();
			expect(moved.said.join('\n')).toContain(
				'cloud rejects transactions of this size (max_binlog_cache_size): batch size reduced',
			);
			// MySQL takes a single row of any size.
			const refused = product === 'mysql' ? [] : [tooLarge];
			expect(errorsOf(moved)).toEqual(refused.map((words) => expect.stringMatching(words)));
			expect(await pair.differences()).toHaveLength(refused.length);
		},
		120_000,
	);
});

describeInFull(['mariadb', 'mysql'], 'a member of a replication group', () => {
	it('that takes no large transactions gets everything in smaller ones, and says when it is none', async () => {
		const member = await startGroupMember();
		const pair = await enginePair({ local: 'mariadb', cloud: member }, { schema });
		await pair.sync();
		await insert(pair, 'local', 3_000);
		await pair.local.connection.query("UPDATE item SET name = REPEAT('x', 400000) WHERE id = 100");
		await pair.cloud.connection.query(
			'SET GLOBAL group_replication_transaction_size_limit = 50000',
		);
		const moved = await pair.sync();
		expect(errorsOf(moved)).toEqual([
			expect.stringMatching(
				/^cloud, table item, row id=100: this row alone exceeds .*\(group_replication_transaction_size_limit\)\n/,
			),
		]);
		expect(await pair.differences()).toHaveLength(1);
		await pair.cloud.connection.query('STOP GROUP_REPLICATION');
		await expect(pair.sync()).rejects.toMatchObject({
			code: 'busy',
			message:
				'the server is read-only (super_read_only=ON, state in its replication group: OFFLINE)',
			hint: expect.stringContaining('STOP GROUP_REPLICATION and START GROUP_REPLICATION there'),
		});
	}, 120_000);
});
