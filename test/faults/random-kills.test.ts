import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { compareTables } from '../support/compare-tables.ts';
import { testPair } from '../support/pair.ts';
import { startProgram } from '../support/program.ts';
import { rounds, timeFor } from '../support/rounds.ts';
import { describeOneWay } from '../support/suites.ts';
import { lostVersions, versionSchema, versionWriters } from '../support/versions.ts';

/** Engines that are killed. */
const kills = rounds(4);

describeOneWay('while engines are killed at random moments, between', (combination) => {
	it(
		'no version of a row is lost that is not on record',
		async () => {
			const pair = await testPair(combination, {
				schema: versionSchema,
				config: { interval: '200ms', batch_size: 5 },
			});
			await pair.sync();
			const writers = versionWriters(pair);
			for (const writer of writers) writer.start();
			for (let kill = 0; kill < kills; kill += 1) {
				const engine = await startProgram(['run'], { config: pair.configPath });
				await engine.waitForOutput(/applied/, { stream: 'stderr' });
				await pause(Math.random() * 600);
				engine.signal('SIGKILL');
				await engine.exited;
			}
			for (const writer of writers) await writer.stop();

			expect((await pair.run('sync')).code).toBe(0);

			expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
			const written = writers.reduce((sum, { confirmed }) => sum + confirmed, 0);
			expect(await lostVersions(pair, writers), `of ${written} versions`).toEqual([]);
			const again = await pair.sync();
			expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
		},
		timeFor(kills),
	);
});
