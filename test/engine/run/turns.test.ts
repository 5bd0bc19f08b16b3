import type { Connection, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Direction, directions } from '../../../source/config/types.ts';
import type { StatusDocument } from '../../../source/engine/api/snapshot.ts';
import { syncPair } from '../../../source/engine/run/sync-pair.ts';
import { enginePair } from '../../support/engine-pair.ts';
import { testPair } from '../../support/pair.ts';
import { runningEngine } from '../../support/running-engine.ts';
import { describeOneWay } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, v INT)'];

/** Writes rows from an id on. */
async function insert(connection: Connection, from: number, count: number): Promise<void> {
	const rows = Array.from({ length: count }, (_, index) => [from + index, 1]);
	await connection.query('INSERT INTO item (id, v) VALUES ?', [rows]);
}

async function has(connection: Connection, id: number): Promise<boolean> {
	const [rows] = await connection.query<RowDataPacket[]>('SELECT 1 FROM item WHERE id = ?', [id]);
	return rows.length > 0;
}

/** Writes batches of rows to a side as fast as possible, until it is stopped. */
function steadyLoad(connection: Connection) {
	let writing = true;
	const done = (async () => {
		for (let from = 1_000_000; writing; from += 1000) await insert(connection, from, 1000);
	})();
	return async () => {
		writing = false;
		await done;
	};
}

describeOneWay('directions of one run, between', (products) => {
	it('take turns batch by batch', async () => {
		const pair = await enginePair(products, { schema, config: { maxBatchSize: 100 } });
		await pair.sync();
		await insert(pair.local.connection, 1, 2000);
		const order: Direction[] = [];
		let written: Promise<void> | null = null;
		/** Batches that were moved when the row of the other direction was there for sure. */
		let before = Number.POSITIVE_INFINITY;
		await syncPair(pair.config, {
			directions,
			once: false,
			stopped: () => false,
			say: () => {},
			onBatch: (direction) => {
				order.push(direction);
				// The other direction had nothing to move until now.
				if (order.length !== 3) return;
				written = insert(pair.cloud.connection, -1, 1).then(() => {
					before = order.length;
				});
			},
		});
		await written;
		expect(order).toHaveLength(21);
		const at = order.indexOf('cloud_to_local');
		expect(at).toBeGreaterThanOrEqual(3);
		expect(at).toBeLessThanOrEqual(before + 2);
		expect(await pair.differences()).toEqual([]);
	});

	it('do not end each other: where a row stays locked, the other one goes on', async () => {
		const pair = await enginePair(products, { schema });
		await pair.sync();
		await insert(pair.local.connection, 1, 10);
		await pair.sync();
		const locker = await pair.cloud.connect();
		await locker.query('START TRANSACTION');
		await locker.query('SELECT * FROM item WHERE id = 1 FOR UPDATE');
		await pair.local.connection.query('UPDATE item SET v = 2 WHERE id = 1');
		await insert(pair.cloud.connection, 100, 5);

		await expect(pair.sync()).rejects.toThrow(/lock/i);
		expect(await has(pair.local.connection, 104)).toBe(true);

		await locker.query('ROLLBACK');
		await pair.sync();
		expect(await pair.differences()).toEqual([]);
	}, 120_000);

	it('leave each other their time while an application writes to one side all the time', async () => {
		const pair = await testPair(products, {
			schema,
			config: { interval: '1h', refresh: '500ms', max_batch_size: 2000 },
		});
		const { engine, shown } = await runningEngine(pair);
		await insert(pair.local.connection, 1, 20_000);
		const stopLoad = steadyLoad(await pair.local.connect());
		try {
			void engine.force('pair', directions).catch(() => {});
			await waitFor(() => shown().moved.local_to_cloud > 2000, { what: 'the first batches' });
			await insert(pair.cloud.connection, -1, 1);
			const written = new Date().toISOString();
			await waitFor(() => has(pair.local.connection, -1), { what: 'the row of the cloud' });
			const { batches } = shown();
			const arrived = batches.cloud_to_local[0]?.at ?? new Date().toISOString();
			const between = batches.local_to_cloud.filter(({ at }) => at > written && at < arrived);
			expect(between.length).toBeLessThanOrEqual(3);

			const { json } = await pair.run('status', '--json');
			const [told] = json<StatusDocument>().pairs;
			expect(told?.state).toBe('running');
			expect(told?.directions.cloud_to_local.last_batch).toMatchObject({ applied: 1 });
			expect(told?.directions.local_to_cloud.last_batch?.applied).toBeGreaterThan(0);

			// What is asked for has its turn too, and a table that is altered on both sides is looked at.
			for (const { connection } of [pair.cloud, pair.local])
				await connection.query('ALTER TABLE item ADD COLUMN later INT');
			await engine.install('pair', 'item');
			await pair.cloud.connection.query('INSERT INTO item VALUES (-2, 1, 7)');
			await waitFor(() => has(pair.local.connection, -2), { what: 'the row with its new column' });
			const [[row]] = await pair.local.connection.query<RowDataPacket[]>(
				'SELECT later FROM item WHERE id = -2',
			);
			expect(row?.later).toBe(7);
			expect(shown().state).toBe('running');
		} finally {
			await stopLoad().catch(() => {});
		}
		await engine.stop();
		const { json } = await pair.run('status', '--json');
		const [told] = json<StatusDocument>().pairs;
		expect(told?.state).toBe('idle');
		expect(told?.directions.local_to_cloud.last_batch).not.toBeNull();
	}, 120_000);
});
