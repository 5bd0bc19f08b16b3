import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import { compareTables } from '../support/compare-tables.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { type Program, startProgram, writeConfig } from '../support/program.ts';
import { type LineProxy, startProxy } from '../support/proxy.ts';
import { Chance, rounds, timeFor } from '../support/rounds.ts';
import { sharedServer } from '../support/servers.ts';
import { describeCrossed, describeInFull } from '../support/suites.ts';
import { lostVersions, versionSchema, versionWriters } from '../support/versions.ts';
import { waitFor } from '../support/wait.ts';

/** Engines that fall asleep in the middle of a batch. */
const sleeps = rounds(2);

/** The statement just sent by a batch when its engine falls asleep; its answer is never read. */
const moments = [
	'SET TRANSACTION',
	'START TRANSACTION',
	'INSERT INTO `item`',
	'UPDATE `item`',
	'INSERT INTO change_log\n',
	'INSERT INTO change_log_batches',
	'INSERT INTO change_log_conflicts',
	'SELECT token\n',
	'INSERT INTO change_log_receipts',
	'COMMIT',
	'UPDATE change_log\n',
	'DELETE FROM change_log_receipts',
];

/** Who takes the pair over: an engine that may end the sessions of the sleeper, or one that may not. */
const accounts = ['the same account', 'another account'] as const;

/** Most milliseconds until an engine on standby takes over from one that stops. */
const atOnce = 3_000;

/** Told of as the person who runs the engine that falls asleep. */
const sleeper = 'asleep';

/**
 * Lets the lease of the engine that falls asleep have run out whenever somebody looks, as though it had
 * slept for long.
 */
async function hurryLeases(pair: TestPair): Promise<void> {
	for (const event of ['INSERT', 'UPDATE']) {
		for (const side of sides) {
			await pair[side].connection.query(
				`CREATE TRIGGER hurry_${event} BEFORE ${event} ON change_log_leases FOR EACH ROW
				SET NEW.expires_at = IF(NEW.person LIKE '%${sleeper}', UTC_TIMESTAMP(6), NEW.expires_at)`,
			);
		}
	}
}

/** The configuration of an engine that reaches the same pair straight, as a user who may end no sessions of others. */
async function configOfAnother(pair: TestPair): Promise<string> {
	const user = `other_${randomBytes(4).toString('hex')}`;
	const account = `${user}@'127.0.0.1'`;
	const config = JSON.parse(await readFile(pair.configPath, 'utf8'));
	const [ends] = config.sync_pairs;
	for (const side of sides) {
		const { connection, end } = pair[side];
		await connection.query(
			`CREATE USER ${account} IDENTIFIED BY '${user}'; GRANT ALL ON ${end.database}.* TO ${account}`,
		);
		onTestFinished(async () => {
			await connection.query(`DROP USER ${account}`);
		});
		ends[side] = { ...end, user, password: user };
	}
	return writeConfig(config);
}

async function configOfTheSame(pair: TestPair): Promise<string> {
	const config = JSON.parse(await readFile(pair.configPath, 'utf8'));
	const [ends] = config.sync_pairs;
	for (const side of sides) ends[side] = pair[side].end;
	return writeConfig(config);
}

/** Lets a running engine fall asleep at a given moment; at any other if that does not occur. */
async function fallsAsleep(engine: Program, line: LineProxy, moment: string): Promise<void> {
	let asleep = false;
	line.onStatement(moment, () => {
		engine.signal('SIGSTOP');
		asleep = true;
	});
	await waitFor(() => asleep, { what: moment, timeout: 2_000 }).catch(() =>
		engine.signal('SIGSTOP'),
	);
}

async function isHeldBy(pair: TestPair, { pid }: Program): Promise<boolean> {
	const held = await Promise.all(
		sides.map(async (side) => {
			const [[lease]] = await pair[side].connection.query<RowDataPacket[]>(
				"SELECT process FROM change_log_leases WHERE holder <> ''",
			);
			return Number(lease?.process) === pid;
		}),
	);
	return held.every(Boolean);
}

/** The batches that an engine has applied, by side. */
async function appliedBy(pair: TestPair, { pid }: Program): Promise<Record<Side, number>> {
	const count = async (side: Side) => {
		const [[row]] = await pair[side].connection.query<RowDataPacket[]>(
			'SELECT COUNT(*) AS batches FROM change_log_batches WHERE process = ?',
			[pid],
		);
		return Number(row?.batches);
	};
	return { local: await count('local'), cloud: await count('cloud') };
}

async function becomeEqual(pair: TestPair, words: () => string): Promise<void> {
	let differences: string[] = [];
	const equal = async () => {
		differences = await compareTables(pair.local.connection, pair.cloud.connection);
		return differences.length === 0;
	};
	await waitFor(equal, { what: 'both sides to be equal' }).catch((error) => {
		throw new Error(`${differences.join('; ')}; ${words()}`, { cause: error });
	});
}

describeInFull(['mariadb', 'mysql'], 'an engine that falls asleep in the middle of a batch', () => {
	describeCrossed('between', (products) => {
		it.each([
			['whole', versionSchema],
			[
				'step by step',
				[
					...versionSchema,
					'CREATE TRIGGER item_seen AFTER INSERT ON item FOR EACH ROW SET @seen = 1',
				],
			],
		])(
			'that moves changes %s is taken over from, writes nothing when it wakes up, and goes on standby',
			async (_, schema) => {
				const chance = new Chance(products.label);
				const proxies = {
					local: await startProxy(sharedServer(products.local).address),
					cloud: await startProxy(sharedServer(products.cloud).address),
				};
				const pair = await testPair(products, {
					schema,
					config: { interval: '200ms', batch_size: 5 },
					ends: { local: { port: proxies.local.port }, cloud: { port: proxies.cloud.port } },
				});
				await pair.sync();
				await hurryLeases(pair);
				const configs = {
					'the same account': await configOfTheSame(pair),
					'another account': await configOfAnother(pair),
				};
				const writers = versionWriters(pair);
				for (let sleep = 0; sleep < sleeps; sleep += 1) {
					for (const writer of writers) writer.start();
					const asleep = await startProgram(['run'], {
						config: pair.configPath,
						env: { SSH_CONNECTION: sleeper },
					});
					await asleep.waitForOutput('applied', { stream: 'stderr' });
					const side = chance.pick(sides);
					const moment = chance.pick(moments);
					const account = accounts[sleep % 2] ?? chance.pick(accounts);
					await fallsAsleep(asleep, proxies[side], moment);
					const said = asleep.stderr.length;
					const awake = await startProgram(['run'], { config: configs[account] });
					const words = () =>
						`${side}, ${JSON.stringify(moment)}, ${account}; ${chance.words}${asleep.said()}${awake.said()}`;
					// One that may not end the sleeper's session waits for it, if that has proved its right already.
					const taken = await waitFor(() => isHeldBy(pair, awake), {
						what: 'the pair to be taken over',
						timeout: account === 'another account' ? 4_000 : 20_000,
					}).catch((error) => {
						if (account === 'another account') return false;
						throw new Error(words(), { cause: error });
					});
					const before = await appliedBy(pair, asleep);
					asleep.signal('SIGCONT');
					await waitFor(() => asleep.stderr.slice(said).includes('on standby: '), {
						what: 'the sleeper to stand by',
					}).catch((error) => {
						throw new Error(words(), { cause: error });
					});
					await Promise.all(writers.map((writer) => writer.stop()));
					await becomeEqual(pair, words);
					if (taken) expect(await appliedBy(pair, asleep), words()).toEqual(before);
					expect(awake.stderr, words()).not.toContain('closed the connection');

					awake.signal('SIGTERM');
					expect(await awake.exited, words()).toMatchObject({ code: 0 });
					const took = 'the active engine is gone: took over the pair';
					await asleep.waitForOutput(took, { stream: 'stderr', timeout: atOnce });
					asleep.signal('SIGTERM');
					expect(await asleep.exited, words()).toMatchObject({ code: 0 });
				}

				expect((await pair.run('sync')).code).toBe(0);
				expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
				expect(await lostVersions(pair, writers), chance.words).toEqual([]);
				const again = await pair.sync();
				expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
			},
			timeFor(sleeps),
		);
	});
});
