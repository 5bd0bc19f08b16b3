import { expect, it } from 'vitest';
import type { Side } from '../../../source/config/types.ts';
import type { TablePair } from '../../../source/database/pairing/table-pair.ts';
import { thisHolder } from '../../../source/engine/lease/holder.ts';
import { Passes } from '../../../source/engine/run/passes.ts';
import { prepare } from '../../../source/engine/run/prepare.ts';
import {
	type Connections,
	closeBoth,
	openBoth,
} from '../../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair } from '../../support/engine-pair.ts';
import { describeOneWay } from '../../support/suites.ts';

/** A pass by tables that were looked at before. */
async function passBy(connections: Connections, { config }: EnginePair, tables: TablePair[]) {
	const passes = new Passes(connections, config, {
		directions: ['local_to_cloud'],
		once: false,
		lease: {
			leaseFence: () => [],
			requireHeld: async () => {},
			makeDurable: async () => {},
			holder: thisHolder(),
		},
		stopped: () => false,
	});
	await passes.move(tables);
	expect(passes.failure).toBeNull();
	return passes.result;
}

describeOneWay('a table that is altered after a run has begun, between', (combination) => {
	it.each<[Side, string, RegExp]>([
		['cloud', 'MODIFY price DECIMAL(10, 1)', /cloud, table item: column price has changed/],
		['cloud', 'DROP COLUMN price', /cloud, table item: column price has changed/],
		['cloud', 'DROP PRIMARY KEY, ADD PRIMARY KEY (id, name)', /column name has changed/],
		['local', 'ADD COLUMN later INT DEFAULT 3', /local, table item: column later has changed/],
		['local', 'DROP COLUMN price', /local, table item: Unknown column 't.price'/],
		['local', 'RENAME TO goods', /local, table item: .*item' doesn't exist/],
	])('on %s with %s, waits as a whole while the rest goes on', async (side, change, message) => {
		const pair = await enginePair(combination, {
			schema: [
				'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(9) NOT NULL, price DECIMAL(10, 4))',
				'CREATE TABLE steady (id INT PRIMARY KEY, v INT)',
			],
		});
		await pair.sync();
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'one', 1.2345)");
		await pair.local.connection.query('INSERT INTO steady VALUES (1, 1)');
		const connections = await openBoth(pair.config);
		try {
			const { tables } = await prepare(connections, pair.config, new Set());
			await pair[side].connection.query(`ALTER TABLE item ${change}`);

			const { local_to_cloud } = await passBy(connections, pair, tables);

			const { errors, waiting } = local_to_cloud;
			expect([...errors.map((error) => error.describe()), ...waiting.values()]).toEqual([
				expect.stringMatching(message),
			]);
		} finally {
			await closeBoth(connections);
		}
		const count = async (table: string) => {
			const [rows] = await pair.cloud.connection.query(`SELECT id FROM ${table}`);
			return (rows as unknown[]).length;
		};
		expect([await count('item'), await count('steady')]).toEqual([0, 1]);
		const [pending] = await pair.local.connection.query(
			"SELECT id FROM change_log WHERE table_name = 'item' AND applied_nodes = ''",
		);
		expect(pending).toHaveLength(1);
	});

	it('waits too where batches of the run had found it unchanged', async () => {
		const pair = await enginePair(combination, {
			schema: ['CREATE TABLE item (id INT PRIMARY KEY, price DECIMAL(10, 4))'],
		});
		await pair.sync();
		const connections = await openBoth(pair.config);
		try {
			const { tables } = await prepare(connections, pair.config, new Set());
			await pair.local.connection.query('INSERT INTO item VALUES (1, 1.2345)');
			expect((await passBy(connections, pair, tables)).local_to_cloud.applied).toBe(1);
			await pair.cloud.connection.query('ALTER TABLE item MODIFY price DECIMAL(10, 1)');
			await pair.local.connection.query('INSERT INTO item VALUES (2, 1.2345)');
			const { errors } = (await passBy(connections, pair, tables)).local_to_cloud;
			expect(errors.map((error) => error.describe())).toEqual([
				expect.stringMatching(/cloud, table item: column price has changed/),
			]);
		} finally {
			await closeBoth(connections);
		}
		const [rows] = await pair.cloud.connection.query('SELECT id FROM item');
		expect(rows).toEqual([{ id: 1 }]);
	});
});
