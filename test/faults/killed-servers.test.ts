import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import type { Server } from '../../source/demo/servers/server.ts';
import { compareTables } from '../support/compare-tables.ts';
import { startOwnServer } from '../support/databases.ts';
import { testPair } from '../support/pair.ts';
import { startProgram } from '../support/program.ts';
import { rounds, timeFor } from '../support/rounds.ts';
import { describeCrossed, describeInFull } from '../support/suites.ts';
import { lostVersions, versionSchema, versionWriters } from '../support/versions.ts';
import { waitFor } from '../support/wait.ts';

/** Servers that are killed, the two of the pair in turn. */
const kills = rounds(2);

/** Most milliseconds until syncing resumes with a restarted server: the longest pause, and a margin. */
const back = 30_000;

describeInFull(
	['mariadb', 'mysql'],
	'while servers are killed at random moments and come back',
	() => {
		describeCrossed('between', (products) => {
			it(
				'the engine goes on by itself, and no version of a row is lost that is not on record',
				async () => {
					const [local, cloud] = await Promise.all(
						sides.map((side) => startOwnServer(products[side], { durable: true })),
					);
					const servers = { local, cloud } as Record<Side, Server>;
					const pair = await testPair(servers, {
						schema: versionSchema,
						config: { interval: '200ms', batch_size: 5 },
					});
					const engine = await startProgram(['run'], { config: pair.configPath });
					await engine.waitForOutput('cloud: triggers installed', { stream: 'stderr' });
					const writers = versionWriters(pair);
					for (let kill = 0; kill < kills; kill += 1) {
						const side = sides[kill % 2] ?? 'local';
						for (const writer of writers) writer.start();
						const said = engine.stderr.length;
						await waitFor(() => engine.stderr.slice(said).includes('applied'), { what: 'a batch' });
						await pause(Math.random() * 600);
						await servers[side].kill('SIGKILL');
						await servers[side].restart();
						pair[side].connection = await pair[side].connect();
						const before = writers.map(({ confirmed }) => confirmed);
						const written = () =>
							writers.every(({ confirmed }, index) => confirmed > (before[index] ?? 0) + 5);
						await waitFor(written, { what: 'both sides to be written to' });
						await Promise.all(writers.map((writer) => writer.stop()));
						let differences: string[] = [];
						const equal = async () => {
							differences = await compareTables(pair.local.connection, pair.cloud.connection);
							return differences.length === 0;
						};
						await waitFor(equal, { what: 'both sides to be equal', timeout: back }).catch(
							(error) => {
								const words = `after kill ${kill + 1}, of ${side}: ${differences.join('; ')}`;
								throw new Error(`${words}${engine.said()}`, { cause: error });
							},
						);
					}
					expect(engine.running).toBe(true);
					engine.signal('SIGTERM');
					expect(await engine.exited).toMatchObject({ code: 0 });

					expect((await pair.run('sync')).code).toBe(0);
					expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
					expect(await lostVersions(pair, writers)).toEqual([]);
					const again = await pair.sync();
					expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
				},
				timeFor(kills),
			);
		});
	},
);
