import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../source/config/load.ts';
import { directions } from '../../source/config/types.ts';
import type { LivePair } from '../../source/engine/api/snapshot.ts';
import { Engine } from '../../source/engine/engine.ts';
import { type TestPair, type TestPairOptions, testPair } from '../support/pair.ts';
import { describeOn } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'];

/** An engine whose next scheduled run is an hour away, after its first run. */
async function started(options: TestPairOptions = {}): Promise<[TestPair, Engine]> {
	const pair = await testPair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema, ...options, config: { interval: '1h', refresh: '200ms', ...options.config } },
	);
	const engine = new Engine(await loadConfig({ path: pair.configPath }));
	expect(only(engine)).toMatchObject({
		looked_at: null,
		local: { reachable: null },
		directions: { local_to_cloud: { pending: null }, cloud_to_local: { pending: null } },
	});
	engine.start();
	onTestFinished(() => engine.stop());
	return [pair, engine];
}

function only(engine: Engine): LivePair {
	const [pair] = engine.snapshot().pairs;
	if (!pair) throw new Error('the engine has no pair');
	return pair;
}

async function shows(
	engine: Engine,
	what: string,
	holds: (pair: LivePair) => boolean,
): Promise<void> {
	await waitFor(() => holds(only(engine)), { what });
}

describeOn(['mariadb', 'mysql'], 'the engine', () => {
	it('runs at once when it is forced, in the directions that are asked for', async () => {
		const [pair, engine] = await started();
		await shows(engine, 'the first run to end', ({ next_run_at }) => next_run_at !== null);
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'up')");
		await pair.cloud.connection.query("INSERT INTO item VALUES (2, 'down')");
		await engine.force('pair', ['cloud_to_local']);
		const [afterDown] = await pair.local.connection.query('SELECT id FROM item ORDER BY id');
		expect(afterDown).toEqual([{ id: 1 }, { id: 2 }]);
		const [notYet] = await pair.cloud.connection.query('SELECT id FROM item');
		expect(notYet).toEqual([{ id: 2 }]);
		await engine.force('pair', directions);
		expect(only(engine)).toMatchObject({
			moved: { local_to_cloud: 1, cloud_to_local: 1 },
			directions: { local_to_cloud: { last_batch: { applied: 1 } } },
		});
	});

	it('moves at most one batch each way on request, and reports what is left', async () => {
		const config = { batch_size: 2, max_batch_size: 2 };
		const [pair, engine] = await started({ config });
		await shows(engine, 'the first run to end', ({ next_run_at }) => next_run_at !== null);
		for (const id of [1, 2, 3]) {
			await pair.local.connection.query("INSERT INTO item VALUES (?, 'up')", [id]);
		}
		await pair.cloud.connection.query("INSERT INTO item VALUES (4, 'down')");
		expect(await engine.force('pair', directions, true)).toBe(
			'sync finished: 2 to cloud, 1 to local; more is pending',
		);
		const [arrived] = await pair.cloud.connection.query('SELECT id FROM item ORDER BY id');
		expect(arrived).toEqual([{ id: 1 }, { id: 2 }, { id: 4 }]);
		expect(await engine.force('pair', directions)).toBe('sync finished: 1 to cloud, 0 to local');
	});

	it('shows pending changes and trigger states as somebody else changes them', async () => {
		const [pair, engine] = await started();
		await shows(
			engine,
			'the triggers to be installed',
			({ tables, next_run_at }) =>
				next_run_at !== null && tables[0]?.triggers.cloud === 'installed',
		);
		await pair.cloud.connection.query("INSERT INTO item VALUES (1, 'x'), (2, 'y')");
		await shows(
			engine,
			'two pending changes',
			({ directions, tables }) =>
				directions.cloud_to_local.pending === 2 && tables[0]?.pending.cloud_to_local === 2,
		);
		await pair.run('uninstall');
		await shows(
			engine,
			'missing triggers',
			({ tables }) =>
				tables[0]?.triggers.local === 'missing' && tables[0]?.triggers.cloud === 'missing',
		);
		await expect(engine.install('pair', 'item')).resolves.toBe(
			'local: 1 installed; cloud: 1 installed',
		);
		await shows(
			engine,
			'installed triggers',
			({ tables }) =>
				tables[0]?.triggers.local === 'installed' && tables[0]?.triggers.cloud === 'installed',
		);
		await expect(engine.uninstall('pair')).resolves.toBe(
			'local: 1 uninstalled; cloud: 1 uninstalled',
		);
	});

	it('lists the pending changes of the pair that is watched', async () => {
		const [pair, engine] = await started();
		await shows(engine, 'the first run to end', ({ next_run_at }) => next_run_at !== null);
		engine.watch('pair');
		await pair.local.connection.query("INSERT INTO item VALUES (7, 'x')");
		await shows(engine, 'the change', ({ changes }) => changes.local_to_cloud.length === 1);
		expect(only(engine).changes.local_to_cloud[0]).toMatchObject({
			table: 'item',
			operation: 'INSERT',
			key: 'id=7',
			source_node: 'site',
			changed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
		});
	});

	it('does nothing by itself while it is paused, and catches up when it is resumed', async () => {
		const [pair, engine] = await started({ config: { interval: '200ms' } });
		await shows(
			engine,
			'the first run to end',
			({ tables }) => tables[0]?.triggers.cloud === 'installed',
		);
		await engine.pause('pair');
		await shows(
			engine,
			'the pause',
			({ state, next_run_at }) => state === 'paused' && next_run_at === null,
		);
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'waits')");
		await shows(
			engine,
			'the pending change',
			({ directions }) => directions.local_to_cloud.pending === 1,
		);
		expect(only(engine).state).toBe('paused');
		await engine.resume('pair');
		await shows(engine, 'the change to be moved', ({ moved }) => moved.local_to_cloud === 1);
	});

	it('changes nothing on a read-only pair, and says why', async () => {
		const [pair, engine] = await started({ config: { read_only: true } });
		await shows(engine, 'the first look', ({ looked_at }) => looked_at !== null);
		expect(only(engine)).toMatchObject({ state: 'paused', read_only: true });
		const refusal = { code: 'usage', message: 'the pair is read-only' };
		await expect(engine.force('pair', directions)).rejects.toMatchObject(refusal);
		await expect(engine.install('pair')).rejects.toMatchObject(refusal);
		await expect(engine.uninstall('pair')).rejects.toMatchObject(refusal);
		await expect(engine.resume('pair')).rejects.toMatchObject(refusal);
		const [tables] = await pair.local.connection.query('SHOW TABLES');
		expect(tables).toHaveLength(1);
	});

	it('is blocked by a change log that is somebody else’s, says so, and goes on once it is gone', async () => {
		const [pair, engine] = await started({
			schema: [...schema, 'CREATE TABLE change_log (version VARCHAR(10), notes TEXT)'],
			config: { interval: '300ms' },
		});
		await shows(engine, 'the block', ({ state }) => state === 'blocked');
		expect(only(engine).problem).toMatch(
			/^(local|cloud), table change_log: .*not this program's.*\n {2}It was left untouched/,
		);
		await pair.local.connection.query('DROP TABLE change_log');
		await pair.cloud.connection.query('DROP TABLE change_log');
		await shows(
			engine,
			'work to begin',
			({ state, problem }) => state === 'idle' && problem === null,
		);
	});

	it('shows a read-only pair as offline while an end of it cannot be reached', async () => {
		const pair = await testPair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema, config: { refresh: '200ms', read_only: true } },
		);
		const config = await loadConfig({ path: pair.configPath });
		const nowhere = { endpoints: [{ host: '127.0.0.1', port: 1 }] };
		const engine = new Engine({
			...config,
			pairs: config.pairs.map((each) => ({ ...each, cloud: { ...each.cloud, ...nowhere } })),
		});
		engine.start();
		onTestFinished(() => engine.stop());
		await shows(
			engine,
			'one end to be down, and the other one reached',
			({ local, cloud }) => cloud.reachable === false && local.reachable === true,
		);
		expect(only(engine).state).toBe('offline');
	});

	it('leaves a pair that is not enabled untouched', async () => {
		const [, engine] = await started({ pair: { enabled: false } });
		await expect(engine.force('pair', directions)).rejects.toMatchObject({ code: 'usage' });
		expect(only(engine)).toMatchObject({
			state: 'paused',
			local: { reachable: null },
			problem: 'the pair is not enabled in the configuration',
		});
	});
});
