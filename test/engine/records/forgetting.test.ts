import { expect, it, onTestFinished } from 'vitest';
import type { PairConfig } from '../../../source/config/types.ts';
import type { LivePair } from '../../../source/engine/api/snapshot.ts';
import { Engine } from '../../../source/engine/engine.ts';
import { enginePair } from '../../support/engine-pair.ts';
import { describeOn } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY)'];

/** An engine whose next scheduled run is an hour away. */
function started(pair: PairConfig): Engine {
	const config = { path: '', nodeId: 'site', refresh: 200, readOnly: pair.readOnly, pairs: [pair] };
	const engine = new Engine(config);
	engine.start();
	onTestFinished(() => engine.stop());
	return engine;
}

function only(engine: Engine): LivePair {
	const [pair] = engine.snapshot().pairs;
	if (!pair) throw new Error('the engine has no pair');
	return pair;
}

const shows = (engine: Engine, what: string, holds: (pair: LivePair) => boolean) =>
	waitFor(() => holds(only(engine)), { what });

/** True if a log of the pair is retained for a node, with its pending changes. */
function waiting({ logs }: LivePair, node: string): number | null | undefined {
	return logs.cloud?.nodes.find(({ node_id }) => node_id === node)?.waiting;
}

describeOn(['mariadb', 'mysql'], 'what an engine keeps for others', () => {
	it('is shown by node, and ends when that is forgotten, but not for a node of the pair', async () => {
		const near = await enginePair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema, config: { interval: 3_600_000, retention: 1 } },
		);
		const far = await enginePair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema: { local: schema, cloud: [] }, cloud: near.cloud, node: 'far' },
		);
		await near.sync();
		await far.sync();
		await near.local.connection.query('INSERT INTO item VALUES (1), (2)');
		const engine = started(near.config);
		await shows(engine, 'what waits for far', (pair) => waiting(pair, 'far') === 2);
		expect(waiting(only(engine), 'site')).toBeNull();

		await expect(engine.forget('pair', 'site')).rejects.toMatchObject({ code: 'usage' });
		await expect(engine.forget('pair', 'nobody')).rejects.toMatchObject({
			code: 'usage',
			message: 'no log of the pair is retained for a node nobody',
		});
		expect(await engine.forget('pair', 'far')).toBe(
			'changes are no longer retained for far on cloud',
		);
		await shows(
			engine,
			'a shorter log',
			(pair) => waiting(pair, 'far') === undefined && pair.logs.cloud?.changes === 0,
		);

		await engine.pause('pair');
		await engine.resume('pair');
		expect(await engine.dropLog('pair')).toBe(
			'local: 1 uninstalled, change log dropped; cloud: 1 uninstalled, change log dropped; paused',
		);
		const tables = await Promise.all(
			[near.local, near.cloud].map(({ connection }) =>
				connection.query("SHOW TABLES LIKE 'change_log%'"),
			),
		);
		expect(tables.map(([rows]) => rows)).toEqual([[], []]);
		expect(only(engine)).toMatchObject({ state: 'paused', held_here: false });
		await shows(
			engine,
			'no fault in it that the tables are gone',
			({ problem, logs }) => problem === null && logs.local?.changes === 0,
		);

		// The next run starts over.
		await engine.force('pair', ['local_to_cloud']);
		await shows(
			engine,
			'new triggers',
			({ tables: [table] }) => table?.triggers.cloud === 'installed',
		);
	});

	it('is left alone on a read-only pair; an engine on standby forgets, and drops nothing', async () => {
		const pair = await enginePair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema, config: { interval: 3_600_000 } },
		);
		const first = started(pair.config);
		await shows(first, 'the first run to end', ({ next_run_at }) => next_run_at !== null);
		const second = started(pair.config);
		await shows(second, 'standby', ({ state }) => state === 'standby');
		await expect(second.dropLog('pair')).rejects.toMatchObject({ code: 'held' });
		await pair.cloud.connection.query("INSERT INTO change_log_nodes (node_id) VALUES ('gone')");
		await shows(first, 'the node', (shown) => waiting(shown, 'gone') === 0);
		expect(await second.forget('pair', 'gone')).toMatch(/no longer retained for gone on cloud$/);
		expect(only(second).state).toBe('standby');
		const reader = started({ ...pair.config, readOnly: true });
		const refusal = { code: 'usage', message: 'the pair is read-only' };
		await expect(reader.forget('pair', 'cloud')).rejects.toMatchObject(refusal);
		await expect(reader.dropLog('pair')).rejects.toMatchObject(refusal);
		expect(only(first).held_here).toBe(true);
	});
});
