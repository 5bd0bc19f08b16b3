import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../source/config/load.ts';
import { directions, sides } from '../../source/config/types.ts';
import { type Product, products } from '../../source/demo/servers/product.ts';
import type { Server } from '../../source/demo/servers/server.ts';
import type { LivePair } from '../../source/engine/api/snapshot.ts';
import { Engine } from '../../source/engine/engine.ts';
import { compareTables } from '../support/compare-tables.ts';
import { startOwnServer } from '../support/databases.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { writeConfig } from '../support/program.ts';
import { rounds, timeFor } from '../support/rounds.ts';
import { describeInFull } from '../support/suites.ts';
import { lostVersions, versionSchema, versionWriters } from '../support/versions.ts';
import { waitFor } from '../support/wait.ts';

/** How often each server freezes. */
const freezes = rounds(1);

/** What the readme says: most milliseconds until a silent server is reported. */
const noticed = 15_000;
/** What the readme says: most milliseconds until syncing resumes with a server that answers again. */
const recovered = 12_000;
/** Milliseconds for a machine that is busy. */
const grace = 2_000;
/** Most milliseconds that a change of another pair takes meanwhile. */
const unhindered = 3_000;

async function timed(what: string, condition: () => unknown, timeout = 60_000): Promise<number> {
	const start = performance.now();
	await waitFor(condition, { what, timeout });
	return performance.now() - start;
}

/** One engine that runs several pairs, by name. Resolves to what it shows of a pair. */
async function engineOn(pairs: Record<string, TestPair>): Promise<(name: string) => LivePair> {
	const entries = Object.entries(pairs).map(async ([name, { configPath }]) => {
		const { sync_pairs, ...top } = JSON.parse(await readFile(configPath, 'utf8'));
		return { top, pair: { ...sync_pairs[0], name } };
	});
	const read = await Promise.all(entries);
	const config = { ...read[0]?.top, sync_pairs: read.map(({ pair }) => pair) };
	const engine = new Engine(await loadConfig({ path: await writeConfig(config) }));
	engine.start();
	onTestFinished(() => engine.stop());
	return (name) => {
		const shown = engine.snapshot().pairs.find((pair) => pair.name === name);
		if (!shown) throw new Error(`the engine has no pair ${name}`);
		return shown;
	};
}

/** Freezes one server of a pair again and again while both sides are written to. */
async function freezeAtWork(
	pair: TestPair,
	server: Server,
	shown: () => LivePair,
	steady: TestPair,
): Promise<void> {
	const { product } = server;
	const writers = versionWriters(pair);
	for (let freeze = 0; freeze < freezes; freeze += 1) {
		for (const writer of writers) writer.start();
		const { moved } = shown();
		await waitFor(() => directions.every((way) => shown().moved[way] > moved[way]), {
			what: `a batch each way: ${JSON.stringify(shown())}`,
		});
		await pause(Math.random() * 600);
		await server.kill('SIGSTOP');
		const [silent] = await Promise.all([
			timed('the pair to be offline', () => shown().state === 'offline'),
			goesOn(steady),
		]);
		expect(silent, product).toBeLessThan(noticed + grace);
		await server.kill('SIGCONT');
		const back = await timed('the pair to sync again', () => shown().problem === null);
		expect(back, product).toBeLessThan(recovered + grace);
		if (process.env.FAULT_ROUNDS)
			console.log(`${product}: ms ${silent.toFixed()} ${back.toFixed()}`);
		await Promise.all(writers.map((writer) => writer.stop()));
		let differences: string[] = [];
		const equal = async () => {
			differences = await compareTables(pair.local.connection, pair.cloud.connection);
			return differences.length === 0;
		};
		await waitFor(equal, { what: 'both sides to be equal' }).catch((error) => {
			throw new Error(`${product}: ${differences.join('; ')}`, { cause: error });
		});
	}
	expect(await lostVersions(pair, writers), product).toEqual([]);
	await waitFor(() => directions.every((way) => shown().directions[way].pending === 0), {
		what: 'nothing to be pending',
	});
}

/** Lets a change of a pair whose servers are well arrive in time. */
async function goesOn({ local, cloud }: TestPair): Promise<void> {
	const stamp = Math.floor(Math.random() * 1e12);
	await local.connection.query('INSERT INTO item SELECT COUNT(*), ? FROM item', [stamp]);
	const arrived = async () => {
		const [rows] = await cloud.connection.query('SELECT 1 FROM item WHERE stamp = ?', [stamp]);
		return (rows as object[]).length === 1;
	};
	expect(await timed('the other pair', arrived)).toBeLessThan(unhindered);
}

describeInFull(products, 'a server that freezes while both sides are written to', () => {
	it(
		'is reported in time, delays no other pair, and costs nothing once it continues',
		async () => {
			const options = { schema: versionSchema, config: { interval: '200ms', refresh: '1s' } };
			const both: Record<'local' | 'cloud', Product> = { local: 'mariadb', cloud: 'mysql' };
			const [mariadb, mysql] = await Promise.all([
				startOwnServer('mariadb'),
				startOwnServer('mysql'),
			]);
			const pairs = {
				steady: await testPair(both, options),
				mariadb: await testPair({ ...both, local: mariadb }, options),
				mysql: await testPair({ ...both, cloud: mysql }, options),
			};
			const shown = await engineOn(pairs);
			const installed = (name: string) =>
				sides.every((side) => shown(name).tables[0]?.triggers[side] === 'installed');
			await waitFor(() => Object.keys(pairs).every(installed), { what: 'the triggers' });
			// Side by side, for most of it is waiting.
			await Promise.all([
				freezeAtWork(pairs.mariadb, mariadb, () => shown('mariadb'), pairs.steady),
				freezeAtWork(pairs.mysql, mysql, () => shown('mysql'), pairs.steady),
			]);
		},
		timeFor(freezes * 3),
	);
});
