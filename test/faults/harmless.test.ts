import { expect, it } from 'vitest';
import { sides } from '../../source/config/types.ts';
import { compareTables } from '../support/compare-tables.ts';
import { LoadConnection, type Met } from '../support/load.ts';
import { testPair } from '../support/pair.ts';
import { startProxy } from '../support/proxy.ts';
import { Chance, rounds, timeFor } from '../support/rounds.ts';
import { runningEngine } from '../support/running-engine.ts';
import { sharedServer } from '../support/servers.ts';
import { describeInFull } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const rows = 300;

/** Runs of the engine that the applications work through. */
const runs = rounds(3);

/** Milliseconds of a given share of the transactions, at most. */
function quantile(mets: readonly Met[], share: number): string {
	const times = mets.flatMap((met) => met.times).sort((a, b) => a - b);
	return (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(1);
}

describeInFull(
	['mariadb', 'mysql'],
	'applications that write on both sides while the engine works',
	() => {
		const products = { local: 'mariadb', cloud: 'mysql' } as const;
		it(
			'meet no deadlock and no lock wait that their own would not have',
			async () => {
				const proxy = await startProxy(sharedServer(products.cloud).address);
				// A round trip to the cloud of 20 ms: transactions there stay open for a while.
				proxy.delay = 10;
				const pair = await testPair(products, {
					schema: ['CREATE TABLE item (id INT PRIMARY KEY, n INT NOT NULL)'],
					config: { interval: '200ms' },
					ends: { cloud: { port: proxy.port } },
				});
				const { engine, shown } = await runningEngine(pair);
				/** Lets applications work on both sides meanwhile. */
				const load = async (meanwhile: (done: () => number) => Promise<void>) => {
					const loads = await Promise.all(
						sides.flatMap((side) =>
							[1, 2, 3].map(async (number) => {
								const chance = new Chance(`${side} ${number}`);
								return new LoadConnection(await pair[side].connect(), chance, rows);
							}),
						),
					);
					for (const one of loads) one.start();
					await meanwhile(() => Math.min(...loads.map(({ met }) => met.done)));
					return Promise.all(loads.map((one) => one.stop()));
				};
				const values = Array.from({ length: rows }, (_, index) => `(${index + 1}, 0)`).join();
				await pair.local.connection.query(`INSERT INTO item VALUES ${values}`);
				await waitFor(() => shown().moved.local_to_cloud === rows, { what: 'the rows' });
				await engine.pause('pair');
				const alone = await load((done) =>
					waitFor(() => done() >= 40 * runs, { what: 'work', timeout: timeFor(runs) }).then(
						() => undefined,
					),
				);
				await engine.resume('pair');
				const mets = await load(async () => {
					for (let run = 0; run < runs; run += 1) {
						const before = shown().moved;
						await waitFor(() => shown().moved.cloud_to_local > before.cloud_to_local, {
							what: 'another run',
							timeout: 60_000,
						});
					}
				});
				await engine.stop();
				const said = [alone, mets].flatMap((some, index) =>
					sides.map((side, at) => {
						const ofSide = some.slice(at * 3, at * 3 + 3);
						const shares = [0.5, 0.95, 0.99, 1].map((share) => quantile(ofSide, share));
						const count = ofSide.flatMap(({ times }) => times).length;
						const what = index === 0 ? 'alone' : 'with the engine';
						return `${side} ${what}: ${count} transactions, ms ${shares.join(' ')}`;
					}),
				);
				if (process.env.FAULT_ROUNDS) console.log(said.join('; '));
				const errors = mets.flatMap((met) => [...met.errors]);
				expect(errors, said.join('; ')).toEqual([]);
				expect(Number(quantile(mets, 1)), said.join('; ')).toBeLessThan(5000);

				await pair.sync();
				expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
				const again = await pair.sync();
				expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
			},
			timeFor(runs),
		);
	},
);
