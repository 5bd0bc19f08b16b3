import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { directions } from '../../source/config/types.ts';
import type { Product } from '../../source/demo/servers/product.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { runningEngine } from '../support/running-engine.ts';
import {
	obtainFaketime,
	type ShiftedServer,
	startShiftedServer,
} from '../support/shifted-clock.ts';
import { describeInFull } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const hour = 3600;

/** Seconds within which something counts as just now, on a busy machine too. */
const justNow = 120;

interface Shifted {
	pair: TestPair;
	local: ShiftedServer;
	cloud: ShiftedServer;
}

/** A pair whose local server is an hour behind, and whose cloud is seven minutes ahead. */
async function shiftedPair(faketime: string): Promise<Shifted> {
	const folder = await mkdtemp(join(tmpdir(), 'clocks-'));
	const settings = { faketime, folder, atEnd: onTestFinished };
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	const start = (product: Product, seconds: number) =>
		startShiftedServer(product, seconds, settings);
	const [local, cloud] = await Promise.all([start('mariadb', -hour), start('mysql', 420)]);
	const pair = await testPair(
		{ local: local.server, cloud: cloud.server },
		{
			schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'],
			// Not so long that the engine closes its connections meanwhile.
			config: { interval: '55s', refresh: '200ms' },
		},
	);
	return { pair, local, cloud };
}

/** Seconds that a server is ahead of this machine. */
async function aheadBy(connection: Connection): Promise<number> {
	const [rows] = await connection.query('SELECT UNIX_TIMESTAMP(NOW(6)) AS now');
	return Number((rows as { now: string }[])[0]?.now) - Date.now() / 1000;
}

async function set(connection: Connection, server: ShiftedServer, to: number): Promise<void> {
	await server.shift(to);
	await waitFor(async () => Math.abs((await aheadBy(connection)) - to) < 5, {
		what: `a clock that is ${to} s ahead`,
	});
}

async function names(connection: Connection): Promise<string[]> {
	const [rows] = await connection.query('SELECT name FROM item ORDER BY id');
	return (rows as { name: string }[]).map(({ name }) => name);
}

/** Changes row 1 last in the cloud and row 2 last on local, on both sides while nothing moves. */
async function contest({ local, cloud }: TestPair, round: string): Promise<void> {
	await local.connection.query(`UPDATE item SET name = 'early ${round}' WHERE id = 1`);
	await cloud.connection.query(`UPDATE item SET name = 'early ${round}' WHERE id = 2`);
	await cloud.connection.query(`UPDATE item SET name = 'late ${round}' WHERE id = 1`);
	await local.connection.query(`UPDATE item SET name = 'late ${round}' WHERE id = 2`);
}

describeInFull(['mariadb', 'mysql'], 'servers whose clocks are wrong', () => {
	it('let the policy newest keep the newest version, give true ages, and may be set while an engine runs', async (test) => {
		const faketime = await obtainFaketime().catch((error) =>
			test.skip(`the package libfaketime cannot be had: ${error.message}`),
		);
		const { pair, local, cloud } = await shiftedPair(faketime);
		const atLocal = pair.local.connection;
		const atCloud = pair.cloud.connection;
		expect(await aheadBy(atLocal)).toBeCloseTo(-hour, -2);
		expect(await aheadBy(atCloud)).toBeCloseTo(420, -2);
		await pair.run('install');
		await atLocal.query("INSERT INTO item VALUES (1, 'a'), (2, 'a')");
		await pair.sync();
		await contest(pair, 'one');
		await pair.sync();
		const late = (round: string) => [`late ${round}`, `late ${round}`];
		expect(await names(atLocal)).toEqual(late('one'));
		expect(await names(atCloud)).toEqual(late('one'));

		const { engine, shown } = await runningEngine(pair);
		engine.watch('pair');
		const ages = () =>
			[
				shown().last_changes.item?.changed_at,
				...(shown().conflict_list ?? []).map(({ detected_at }) => detected_at),
			].map((at) => Math.abs(Date.now() - Date.parse(at ?? '')) / 1000);
		await waitFor(() => ages().length >= 3, { what: 'conflicts on the screen' });
		for (const age of ages()) expect(age).toBeLessThan(justNow);
		// Both are set while the engine runs.
		for (const [round, [toLocal, toCloud]] of Object.entries({
			two: [hour, -hour],
			three: [-hour, 0],
		} as const)) {
			await set(atLocal, local, toLocal);
			await set(atCloud, cloud, toCloud);
			await contest(pair, round);
			const pending = () => Object.values(shown().directions);
			await waitFor(() => pending().every((one) => (one.pending ?? 0) >= 2), {
				what: 'changes to be pending',
			});
			for (const one of pending()) expect(one.oldest_pending_seconds).toBeLessThan(justNow);
			await engine.force('pair', directions);
			expect(await names(atLocal)).toEqual(late(round));
			expect(await names(atCloud)).toEqual(late(round));
		}
		expect(shown()).toMatchObject({ state: expect.stringMatching(/idle|running/), problem: null });
	}, 120_000);
});
