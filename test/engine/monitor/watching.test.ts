import type { Connection } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../source/config/load.ts';
import type { LivePair } from '../../../source/engine/api/snapshot.ts';
import { Engine } from '../../../source/engine/engine.ts';
import { type TestPairOptions, testPair } from '../../support/pair.ts';
import { startProxy } from '../../support/proxy.ts';
import { sharedServer } from '../../support/servers.ts';
import { describeOn } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40), picture BLOB)',
	'CREATE TABLE maker (id INT PRIMARY KEY)',
	'CREATE TABLE part (id INT PRIMARY KEY, maker INT, FOREIGN KEY (maker) REFERENCES maker (id) ON DELETE CASCADE)',
];

describeOn(['mariadb', 'mysql'], 'a pair that is watched', () => {
	it('is offline while an end is down, however long until the next run', async () => {
		const proxy = await startProxy(sharedServer('mysql').address);
		const { shows } = await started({}, { cloud: { port: proxy.port } });
		proxy.refuse();
		const isDown = ({ state, cloud }: LivePair) => state === 'offline' && cloud.reachable === false;
		await shows('that an end is down', isDown);
		proxy.mend();
		await shows(
			'that it is back',
			({ state, cloud }) => state === 'idle' && cloud.reachable === true,
		);
	});

	it('lists conflicts with their two versions, and carries a decision out', async () => {
		const { local, cloud, engine, shows } = await started({ conflict: 'manual' });
		engine.watch('pair');
		await local.query("INSERT INTO item VALUES (1, 'here', NULL)");
		await cloud.query("INSERT INTO item VALUES (1, 'there', x'00ff')");
		await engine.force('pair', ['local_to_cloud']);
		await shows('the conflict', ({ conflict_list }) => conflict_list?.length === 1);
		const [conflict] = only(engine).conflict_list ?? [];
		expect(conflict).toMatchObject({
			id: 'C1',
			table: 'item',
			key: 'id=1',
			kept: null,
			open: true,
		});
		const query = { table: 'item', row_key: conflict?.row_key ?? null, conflict: 'C1' };
		const { now, conflict: then } = await engine.inspect('pair', query);
		const value = (text: string | null) => ({ text, cut: 0 });
		const columns = [
			{ name: 'id', in_key: true, local: value('1'), cloud: value('1'), same: true },
			{ name: 'name', local: value('here'), cloud: value('there'), same: false },
			{ name: 'picture', local: value(null), cloud: value('0x00ff'), same: false },
		];
		expect(now).toMatchObject({ there: { local: true, cloud: true }, columns });
		expect(then).toMatchObject({ there: { local: true, cloud: true }, columns });

		await expect(engine.resolve('pair', 'C1', 'cloud')).resolves.toBe('C1: resolved, winner cloud');

		const [rows] = await local.query('SELECT name FROM item');
		expect(rows).toEqual([{ name: 'there' }]);
		await expect(engine.resolve('pair', 'C1', 'local')).rejects.toMatchObject({
			code: 'usage',
			message: 'conflict C1 is already resolved: cloud won',
		});
		await shows('the decision', ({ conflict_list }) => conflict_list?.[0]?.kept === 'cloud');
		expect(only(engine).state).toBe('idle');
	});

	it('lists parked changes with their error, and tries them again on request', async () => {
		const { local, cloud, engine, shows } = await started();
		await cloud.query(
			"CREATE TRIGGER no BEFORE INSERT ON item FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'",
		);
		engine.watch('pair');
		await local.query("INSERT INTO item VALUES (7, 'x', NULL)");
		await engine.force('pair', ['local_to_cloud']);
		await shows('the parked change', ({ parked_list }) => parked_list?.length === 1);
		expect(only(engine).parked_list).toMatchObject([
			{
				id: 'L1',
				direction: 'local_to_cloud',
				table: 'item',
				key: 'id=7',
				row_key: 'x37',
				message: expect.stringContaining('not today'),
			},
		]);
		expect(only(engine).batches.local_to_cloud[0]).toMatchObject({ applied: 0, refused: 1 });
		const said: string[] = [];
		engine.onNotice(({ detail }) => said.push(detail ?? ''));
		expect(said).toContain('1 refused');
		await expect(engine.retry('pair', 'L1')).resolves.toBe(
			'1 parked change retried; 1 still parked',
		);
		await cloud.query('DROP TRIGGER no');
		await expect(engine.retry('pair')).resolves.toBe('1 parked change retried; none parked');
		expect(said).toContain('1 upsert');
		await expect(engine.retry('pair', 'L1')).rejects.toMatchObject({
			message: 'change L1 is no longer parked',
		});
		const { now } = await engine.inspect('pair', { table: 'item', row_key: 'x37' });
		expect(now.columns.map(({ same }) => same)).toEqual([true, true, true]);

		const typed = (key: string) =>
			engine.inspect('pair', { table: 'item', row_key: null, typed: key });
		expect((await typed('7')).now).toEqual(now);
		expect((await typed('id=7')).history.length).toBeGreaterThan(0);
		expect((await typed('8')).now.there).toEqual({ local: false, cloud: false });
		await expect(typed('seven')).rejects.toMatchObject({ code: 'usage' });
	});

	it('shows the last change of each table, lists a single table, and knows its individual triggers', async () => {
		const { local, cloud, engine, shows } = await started();
		engine.watch('pair');
		await local.query('INSERT INTO maker VALUES (1)');
		await cloud.query("INSERT INTO item VALUES (2, 'x', NULL)");
		await shows(
			'both changes',
			({ last_changes }) => 'item' in last_changes && 'maker' in last_changes,
		);
		expect(only(engine).last_changes).toMatchObject({
			item: { side: 'cloud', operation: 'INSERT', source_node: 'cloud' },
			maker: { side: 'local', operation: 'INSERT', source_node: 'site' },
		});
		engine.watch('pair', { table: 'item' });
		await shows(
			'the changes of one table',
			({ changes }) => changes.local_to_cloud.length === 0 && changes.cloud_to_local.length === 1,
		);
		await dropTrigger(cloud, 'item', 'UPDATE');
		await shows(
			'the missing trigger',
			({ event_triggers }) => event_triggers.item?.cloud?.UPDATE === 'missing',
		);
		const installed = { INSERT: 'installed', UPDATE: 'installed', DELETE: 'installed' };
		expect(only(engine).event_triggers).toMatchObject({
			item: {
				local: { ...installed, cascades: null },
				cloud: { ...installed, UPDATE: 'missing', cascades: null },
			},
			maker: { local: { ...installed, cascades: 'installed' } },
			part: { cloud: { ...installed, cascades: null } },
		});
	});

	it('that is read-only has its rows inspected, and nothing decided or tried again', async () => {
		const { engine, local, shows } = await started({ read_only: true });
		await local.query("INSERT INTO item VALUES (3, '', NULL)");
		await shows('the first look', ({ looked_at }) => looked_at !== null);
		const refusal = { code: 'usage', message: 'the pair is read-only' };
		await expect(engine.retry('pair')).rejects.toMatchObject(refusal);
		await expect(engine.resolve('pair', 'L1', 'local')).rejects.toMatchObject(refusal);
		const { now } = await engine.inspect('pair', { table: 'item', row_key: 'x33' });
		expect(now.there).toEqual({ local: true, cloud: false });
		expect(now.columns[1]).toMatchObject({ local: { text: '' }, cloud: null, same: null });
		await expect(engine.inspect('pair', { table: 'gone', row_key: 'x33' })).rejects.toMatchObject({
			code: 'usage',
		});
	});
});

interface Started {
	local: Connection;
	cloud: Connection;
	engine: Engine;
	shows: (what: string, holds: (pair: LivePair) => boolean) => Promise<void>;
}

/** An engine whose next scheduled run is an hour away, after its first run and look. */
async function started(config: object = {}, ends: TestPairOptions['ends'] = {}): Promise<Started> {
	const pair = await testPair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema, config: { interval: '1h', refresh: '200ms', ...config }, ends },
	);
	const engine = new Engine(await loadConfig({ path: pair.configPath }));
	engine.start();
	onTestFinished(() => engine.stop());
	const shows: Started['shows'] = async (what, holds) => {
		await waitFor(() => holds(only(engine)), { what });
	};
	await shows(
		'the first run and look',
		({ state, next_run_at, looked_at }) =>
			looked_at !== null && (next_run_at !== null || state === 'paused'),
	);
	return { local: pair.local.connection, cloud: pair.cloud.connection, engine, shows };
}

function only(engine: Engine): LivePair {
	const [pair] = engine.snapshot().pairs;
	if (!pair) throw new Error('the engine has no pair');
	return pair;
}

async function dropTrigger(connection: Connection, table: string, event: string): Promise<void> {
	const [rows] = await connection.query(
		`SELECT trigger_name AS name FROM information_schema.triggers
		WHERE event_object_schema = DATABASE() AND event_object_table = ? AND event_manipulation = ?`,
		[table, event],
	);
	for (const { name } of rows as { name: string }[]) {
		await connection.query(`DROP TRIGGER \`${name}\``);
	}
}
