import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { type Side, sides } from '../../../source/config/types.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { atSuiteEnd, describeCombinations } from '../../support/suites.ts';
import { apart, type Step, schedules, schema, together } from './statements.ts';

/**
 * For a longer search: RANDOM_RUNS=200 RANDOM_SEED=7 npx vitest run test/transfer/random. A failure is
 * shown as it was found: to shrink schedules of a hundred steps takes minutes.
 */
const numRuns = Number(process.env.RANDOM_RUNS ?? 1);
const seed = Number(process.env.RANDOM_SEED ?? 1);

describeCombinations(
	'after any statements on both sides, between',
	(combination) => {
		const atEnd = atSuiteEnd();
		let pair: EnginePair;

		beforeAll(async () => {
			pair = await enginePair(combination, {
				schema,
				config: { batchSize: 3, maxBatchSize: 3 },
				atEnd,
			});
			await pair.sync();
		});

		/** The servers refuse what would break a constraint; the engine sees to the rest. */
		async function run(steps: readonly Step[]): Promise<string[]> {
			await empty(pair);
			for (const step of steps) {
				if (step === 'batch') {
					await pair.sync(true);
					continue;
				}
				const { connection } = pair[step.side];
				await connection.query(step.sql).catch(() => connection.query('ROLLBACK'));
			}
			await pair.sync();
			return errorsOf(await pair.sync());
		}

		it('both sides are equal, and nothing is transferred again, if each wrote different rows', async () => {
			await fc.assert(
				fc.asyncProperty(schedules(apart), async (steps) => {
					expect(await run(steps)).toEqual([]);
					await expectAtRest(pair);
				}),
				{ numRuns, seed, endOnFailure: true },
			);
		});

		it('both sides are equal if they wrote the same rows, or the blocking row is reported', async () => {
			await fc.assert(
				fc.asyncProperty(schedules(together), async (steps) => {
					const errors = await run(steps);
					if (errors.length === 0) await expectAtRest(pair);
					const told = errors.map((error) => /table (\w+)/.exec(error)?.[1] ?? '');
					const differ = (await pair.differences()).map((line) => /^\w+/.exec(line)?.[0] ?? line);
					expect(differ.filter((table) => !told.includes(table))).toEqual([]);
				}),
				{ numRuns, seed, endOnFailure: true },
			);
		});
	},
	'one way',
);

async function expectAtRest(pair: EnginePair): Promise<void> {
	expect(await pair.differences()).toEqual([]);
	const again = await pair.sync();
	expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
}

/** Both sides without a row and without a pending change, whatever an earlier schedule left. */
async function empty(pair: EnginePair): Promise<void> {
	const counterStart: Record<Side, number> = { local: 1, cloud: 1000 };
	for (const side of sides) {
		const { connection } = pair[side];
		await connection.query('SET foreign_key_checks = 0');
		const names = schema.flatMap((sql) => /^CREATE TABLE (\w+)/.exec(sql)?.[1] ?? []);
		for (const name of names) await connection.query(`TRUNCATE TABLE ${name}`);
		await connection.query('TRUNCATE TABLE change_log');
		await connection.query('SET foreign_key_checks = 1');
		await connection.query(`ALTER TABLE search_copy AUTO_INCREMENT = ${counterStart[side]}`);
	}
	await pair.local.connection.query('INSERT INTO total VALUES (1, 0)');
}
