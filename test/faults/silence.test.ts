import { readFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import type { LivePair } from '../../source/engine/api/snapshot.ts';
import type { Engine } from '../../source/engine/engine.ts';
import { compareTables } from '../support/compare-tables.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { startProgram } from '../support/program.ts';
import { type LineProxy, startProxy } from '../support/proxy.ts';
import { runningEngine } from '../support/running-engine.ts';
import { sharedServer } from '../support/servers.ts';
import { describeInFull } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

/** What the readme says: milliseconds after which a silent server is told as such, at most. */
const noticed = 15_000;
/** What the readme says: milliseconds after which a server that answers again is at work, at most. */
const recovered = 12_000;
/** What the readme says: milliseconds after which a pair whose holder's host is gone is taken over, at most. */
const takenOver = 30_000;
/** Milliseconds for a machine that is busy. */
const grace = 2_000;

interface Behind {
	pair: TestPair;
	proxy: LineProxy;
	engine: Engine;
	shown: () => LivePair;
}

/** An engine at work on a pair, one side of which it reaches through a proxy. */
async function behindProxy(side: Side): Promise<Behind> {
	const proxy = await startProxy(sharedServer(side === 'local' ? 'mariadb' : 'mysql').address);
	const pair = await testPair(
		{ local: 'mariadb', cloud: 'mysql' },
		{
			schema: watchedSchema,
			config: { interval: '200ms', refresh: '1s' },
			ends: { [side]: { port: proxy.port } },
		},
	);
	onTestFinished(() => proxy.cut());
	const { engine, shown } = await runningEngine(pair);
	await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
	await waitFor(async () => (await names(pair, 'cloud')).length > 0, { what: 'the first row' });
	return { pair, proxy, engine, shown };
}

async function names(pair: TestPair, side: Side): Promise<string[]> {
	const [rows] = await pair[side].connection.query('SELECT name FROM item ORDER BY id');
	return (rows as { name: string }[]).map(({ name }) => name);
}

/** Its trigger is watched: a batch does not travel whole, and the line can be cut in the middle of it. */
const watchedSchema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TRIGGER item_seen AFTER INSERT ON item FOR EACH ROW SET @seen = 1',
];

async function timed(what: string, condition: () => unknown): Promise<number> {
	const start = performance.now();
	await waitFor(condition, { what, timeout: 60_000 });
	return performance.now() - start;
}

/** Cuts a side off in the middle of a batch, without a word; and mends the line. */
async function goesSilent(side: Side): Promise<[silent: number, back: number]> {
	const { pair, proxy, engine, shown } = await behindProxy(side);
	const source: Side = side === 'local' ? 'cloud' : 'local';
	// The batch has written its rows, and they are locked; the order to commit never arrives.
	proxy.onStatement('UPDATE `item`', () => proxy.silence());
	await pair[source].connection.query("UPDATE item SET name = 'two'");
	await waitFor(() => proxy.isSilent, { what: 'the line to be cut' });
	const silent = await timed('offline', () => shown().state === 'offline');
	expect(shown()).toMatchObject({
		problem: expect.stringContaining(`${side}: no response from server (timeout)`),
		[side]: { reachable: false },
	});
	// The server still believes in the session, and keeps the row for it.
	await pair[side].connection.query('SET innodb_lock_wait_timeout = 1');
	await expect(pair[side].connection.query("UPDATE item SET name = 'x'")).rejects.toThrow(
		/Lock wait timeout/,
	);
	proxy.mend();
	const back = await timed('the row to arrive', async () =>
		(await names(pair, side)).includes('two'),
	);
	await pair[side].connection.query("UPDATE item SET name = 'three'");
	await waitFor(async () => (await names(pair, source)).includes('three'), { what: 'an answer' });
	expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
	await engine.stop();
	const again = await pair.sync();
	expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
	return [silent, back];
}

/** Lets the host of an engine vanish in the middle of a batch while another engine stands by. */
async function hostVanishes(): Promise<number> {
	const products = { local: 'mariadb', cloud: 'mysql' } as const;
	const pair = await testPair(products, {
		schema: watchedSchema,
		config: { interval: '200ms' },
	});
	const proxies = await Promise.all(
		sides.map((side) => startProxy(sharedServer(products[side]).address)),
	);
	const config = JSON.parse(await readFile(pair.configPath, 'utf8'));
	for (const [index, side] of sides.entries())
		config.sync_pairs[0][side].port = proxies[index]?.port;
	const holder = await startProgram(['run'], { config });
	await holder.waitForOutput('cloud: triggers installed', { stream: 'stderr' });
	const standby = await startProgram(['run'], { config: pair.configPath });
	await standby.waitForOutput('on standby', { stream: 'stderr' });
	const vanish = () => {
		for (const proxy of proxies) proxy.silence();
		holder.signal('SIGKILL');
	};
	// The servers still believe in its sessions, and one of them has rows locked.
	proxies[1]?.onStatement('INSERT INTO `item`', vanish);
	await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
	await holder.exited;
	const taken = await timed(
		'the row to arrive',
		async () => (await names(pair, 'cloud')).length > 0,
	);
	await standby.waitForOutput('nobody holds the pair any more: took it over', { stream: 'stderr' });
	for (const proxy of proxies) proxy.cut();
	standby.signal('SIGTERM');
	await standby.exited;
	return taken;
}

describeInFull(['mariadb', 'mysql'], 'what falls silent in the middle of a batch', () => {
	it('is told, or taken over from, within the times that the readme promises, and nobody has to help', async () => {
		// Side by side, for most of it is waiting.
		const lines = Promise.all(sides.map(goesSilent));
		const [times, taken] = await Promise.all([lines, hostVanishes()]);
		for (const [silent, back] of times) {
			expect(silent).toBeLessThan(noticed + grace);
			expect(back).toBeLessThan(recovered + grace);
		}
		expect(taken).toBeLessThan(takenOver);
	}, 120_000);
});
