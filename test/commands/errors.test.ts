import { expect, it } from 'vitest';
import { fetchPending } from '../../source/changelog/log/pending.ts';
import type { ParkedChange } from '../../source/engine/api/snapshot.ts';
import { openEnd } from '../support/ends.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { startProgram } from '../support/program.ts';
import { describeOn } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, size INT)',
	'CREATE TABLE part (id INT PRIMARY KEY, item INT NOT NULL, FOREIGN KEY (item) REFERENCES item (id))',
];

async function parked(pair: TestPair): Promise<ParkedChange[]> {
	const { json } = await pair.run('errors', '--json');
	return json<{ pairs: { errors: ParkedChange[] }[] }>().pairs[0]?.errors ?? [];
}

/** A pair whose cloud refuses sizes from 100 up, with one such row, a part of it, and a good row. */
async function withRefusal(config: object = {}): Promise<TestPair> {
	const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema, config });
	await pair.sync();
	await pair.cloud.connection.query('ALTER TABLE item ADD CONSTRAINT small CHECK (size < 100)');
	await pair.local.connection.query('INSERT INTO item VALUES (1, 500), (2, 5)');
	await pair.local.connection.query('INSERT INTO part VALUES (7, 1), (8, 2)');
	return pair;
}

async function idsInCloud(pair: TestPair, table: string): Promise<number[]> {
	const [rows] = await pair.cloud.connection.query(`SELECT id FROM ${table} ORDER BY id`);
	return (rows as { id: number }[]).map(({ id }) => id);
}

describeOn(['mariadb', 'mysql'], 'changes that the target refuses', () => {
	it('are parked with what depends on them while everything else goes on', async () => {
		const pair = await withRefusal();
		expect(await parked(pair)).toEqual([]);
		expect((await pair.run('sync')).code).toBe(1);
		const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
		expect(await parked(pair)).toEqual([
			{
				id: expect.stringMatching(/^L\d+$/),
				direction: 'local_to_cloud',
				table: 'item',
				key: 'id=1',
				operation: 'INSERT',
				message: expect.stringContaining('small'),
				code: 3819,
				attempts: 1,
				first_at: time,
				last_at: time,
				next_at: time,
			},
			expect.objectContaining({ table: 'part', key: 'id=7', code: 1452 }),
		]);
		expect(await idsInCloud(pair, 'item')).toEqual([2]);
		expect(await idsInCloud(pair, 'part')).toEqual([8]);
		const status = await pair.run('status', '--json');
		expect(status.json<{ pairs: object[] }>().pairs).toMatchObject([
			{ directions: { local_to_cloud: { errors: 2, pending: 2 }, cloud_to_local: { errors: 0 } } },
		]);
		const words = await pair.run('errors');
		expect(words.code).toBe(1);
		expect(words.stdout).toMatch(
			/local to cloud {2}INSERT item id=1\n {2}.*small.* \(3819\)\n {2}1 attempt,/,
		);

		await pair.run('sync');
		expect((await parked(pair)).map(({ attempts }) => attempts)).toEqual([2, 2]);
		await pair.cloud.connection.query('ALTER TABLE item DROP CONSTRAINT small');
		expect((await pair.run('sync')).code).toBe(0);
		expect(await parked(pair)).toEqual([]);
		expect(await idsInCloud(pair, 'part')).toEqual([7, 8]);
	});

	it('give their place to a later change of the same row', async () => {
		const pair = await withRefusal({ interval: '200ms', refresh: '200ms' });
		await pair.run('sync');
		await startProgram(['run'], { config: pair.configPath });
		await pair.local.connection.query('UPDATE item SET size = 6 WHERE id = 1');
		await waitFor(async () => (await idsInCloud(pair, 'item')).includes(1), {
			what: 'the later change of the row',
		});
	});

	it('are not tried again by the schedule before their pause is over, but after retry', async () => {
		const pair = await withRefusal({ interval: '200ms', refresh: '200ms' });
		await pair.run('sync');
		await startProgram(['run'], { config: pair.configPath });
		await pair.cloud.connection.query('ALTER TABLE item DROP CONSTRAINT small');
		for (const id of [11, 12, 13]) {
			await pair.local.connection.query(`INSERT INTO item VALUES (${id}, 1)`);
			await waitFor(async () => (await idsInCloud(pair, 'item')).includes(id), {
				what: 'a run of the engine',
			});
		}
		expect(await idsInCloud(pair, 'item')).not.toContain(1);
		expect((await parked(pair)).map(({ attempts }) => attempts)).toEqual([1, 1]);
		const retried = await pair.run('retry', 'pair');
		expect(retried).toMatchObject({ code: 0, stdout: 'pair: 2 changes back in line\n' });
		await waitFor(async () => (await idsInCloud(pair, 'part')).includes(7), {
			what: 'what was parked',
		});
		await waitFor(async () => (await parked(pair)).length === 0, {
			what: 'the record to be empty',
		});
		const left = await openEnd(pair.local, { nodeId: 'site' });
		const pending = { peer: 'cloud', tables: ['item', 'part'], limit: 10 };
		expect(await fetchPending(left, pending)).toEqual([]);
	});
});
