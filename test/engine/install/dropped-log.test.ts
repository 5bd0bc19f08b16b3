import { expect, it } from 'vitest';
import { type Side, sides } from '../../../source/config/types.ts';
import type { LivePair, Notice } from '../../../source/engine/api/snapshot.ts';
import type { Engine } from '../../../source/engine/engine.ts';
import { compareTables } from '../../support/compare-tables.ts';
import { type TestPair, type TestPairOptions, testPair } from '../../support/pair.ts';
import { runProgram, writeConfig } from '../../support/program.ts';
import { lookCounter, looksToKnow, startEngine } from '../../support/running-engine.ts';
import { type Combination, describeOn, describeOneWay, everyday } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE line (id INT PRIMARY KEY, item INT)',
];

interface AtWork {
	pair: TestPair;
	engine: Engine;
	shown: () => LivePair;
	/** All notices, one per line. */
	told: () => string[];
	write: (side: Side, statement: string) => Promise<void>;
	has: (side: Side, table: string) => Promise<boolean>;
	inSync: () => Promise<void>;
}

/** An engine on a pair whose runs are an hour apart, so that what comes at once comes of a look. */
async function atWork(
	combination: Combination,
	{ config = {} }: Pick<TestPairOptions, 'config'> = {},
): Promise<AtWork> {
	const pair = await testPair(combination, {
		schema,
		config: { interval: '1h', refresh: '200ms', ...config },
	});
	await pair.run('install');
	const { engine, shown } = await startEngine(pair);
	const notices: Notice[] = [];
	engine.onNotice((notice) => notices.push(notice));
	const write = async (side: Side, statement: string) => {
		await pair[side].connection.query(statement);
	};
	const has = async (side: Side, table: string) => {
		const [rows] = await pair[side].connection.query(`SHOW TABLES LIKE '${table}'`);
		return (rows as unknown[]).length > 0;
	};
	const told = () => notices.map(({ level, message }) => `${level}: ${message}`);
	const idle = () => shown().state === 'idle' && shown().looked_at !== null;
	await waitFor(idle, { what: 'the first run to end' });
	const inSync = async () => {
		await waitFor(
			async () => {
				await engine.force('pair', ['local_to_cloud', 'cloud_to_local']).catch(() => undefined);
				return (await compareTables(pair.local.connection, pair.cloud.connection)).length === 0;
			},
			{ what: () => `both sides to be equal: ${told().join('\n')}` },
		);
	};
	return { pair, engine, shown, told, write, has, inSync };
}

const ownTables = [
	'change_log_receipts',
	'change_log_leases',
	'change_log_nodes',
	'change_log_parked',
	'change_log_conflicts',
	'change_log_conflict_rows',
	'change_log_batches',
	'change_log_requests',
	'change_log_tables',
	'change_log_marks',
];

describeOneWay('a change log that is dropped under a running engine, between', (combination) => {
	it.each<[string, readonly Side[]]>([
		['local', ['local']],
		['the cloud', ['cloud']],
		['both sides', ['local', 'cloud']],
	])('is restored on %s soon after the next look, and the loss is reported', async (_, on) => {
		const { pair, told, write, has, inSync, shown } = await atWork(combination);
		// The next run is an hour away: these two wait.
		for (const side of on) {
			await write(side, `INSERT INTO item VALUES (${side === 'local' ? 1 : 2}, 'waits')`);
		}
		const counted = () =>
			on.every(
				(side) =>
					shown().directions[side === 'local' ? 'local_to_cloud' : 'cloud_to_local'].pending === 1,
			);
		await waitFor(counted, { what: 'the change to be counted' });
		for (const side of on) await write(side, 'DROP TABLE change_log');
		const dropped = performance.now();
		await waitFor(
			async () => (await Promise.all(on.map((side) => has(side, 'change_log')))).every(Boolean),
			{
				what: 'the change log to be there again',
			},
		);
		expect(performance.now() - dropped).toBeLessThan(5000);
		for (const side of on) {
			await waitFor(
				() => told().some((line) => line.startsWith(`warning: ${side}: change_log was missing`)),
				{
					what: `word of the loss on ${side}: ${told().join('\n')}`,
				},
			);
			const line = told().find((words) =>
				words.startsWith(`warning: ${side}: change_log was missing`),
			);
			expect(line).toMatch(
				/at the last check \(\d\d:\d\d:\d\d UTC\) 1 change was pending for \w+ \(item 1\); later ones are not known/,
			);
			const statement = new RegExp(`same key \\(${side}\\): (UPDATE .*)$`).exec(line ?? '')?.[1];
			await write(side, statement ?? '');
			await write(side, `INSERT INTO line VALUES (${side === 'local' ? 1 : 2}, 1)`);
		}
		await inSync();
		const [rows] = await pair.cloud.connection.query('SELECT id FROM item');
		expect(rows).toHaveLength(on.length);
		await waitFor(() => shown().state === 'idle' && shown().problem === null, {
			what: () => `rest: ${shown().state}, ${shown().problem}`,
		});
	});

	it('is restored even while the pair is paused', async () => {
		const { engine, write, has, shown } = await atWork(combination);
		await engine.pause('pair');
		await write('cloud', 'DROP TABLE change_log');
		await waitFor(() => has('cloud', 'change_log'), { what: 'the change log to be there again' });
		await write('cloud', "INSERT INTO item VALUES (1, 'captured')");
		// The change log exists a moment before all of it is restored.
		const waits = () =>
			shown().directions.cloud_to_local.pending === 1 && shown().state === 'paused';
		await waitFor(waits, { what: () => `the change: ${shown().state}, ${shown().problem}` });
	});

	it('is restored after a column of it was dropped', async () => {
		const { write, has, inSync, told } = await atWork(combination);
		await write('local', 'ALTER TABLE change_log DROP COLUMN changed_at');
		await waitFor(
			() => told().some((line) => /local: change log completed; until now/.test(line)),
			{
				what: `the column to be put back: ${told().join('\n')}`,
			},
		);
		expect(await has('local', 'change_log')).toBe(true);
		await write('local', "INSERT INTO item VALUES (1, 'captured')");
		await inSync();
	});

	it('is altered where a column has another type, and nothing is said of failing writes', async () => {
		const { write, inSync, told, shown } = await atWork(combination);
		await write('local', 'ALTER TABLE change_log MODIFY changed_at DATETIME(3) NULL');
		await write('local', "INSERT INTO item VALUES (1, 'captured')");
		await waitFor(() => told().some((line) => /local: change log completed$/.test(line)), {
			what: `the column to be as before: ${told().join('\n')}`,
		});
		await inSync();
		expect(told().join('\n')).not.toMatch(/writes to .* fail|captured again/);
		expect(shown().problem).toBe(null);
	});

	it('that was renamed is reported with the statement that recovers its changes', async () => {
		const { write, has, inSync, told } = await atWork(combination);
		await write('local', "INSERT INTO item VALUES (1, 'waits')");
		await write('local', 'RENAME TABLE change_log TO change_log_before');
		await waitFor(() => has('local', 'change_log'), { what: 'the change log to be there again' });
		const said = () => told().find((line) => line.includes('restore its changes (local)'));
		await waitFor(said, { what: 'word of the old log' });
		await write('local', /\(local\): (INSERT INTO change_log .*?);/.exec(said() ?? '')?.[1] ?? '');
		await inSync();
	});

	it('with its triggers was uninstalled, and stays away', async () => {
		const { pair, engine, has, shown } = await atWork(combination, {
			config: { interval: '200ms' },
		});
		const removed = await pair.run('uninstall', '--drop-log');
		expect(removed.code).toBe(0);
		const said = () =>
			/the change log is missing\n.*press `i`/.test(`${shown().problem}`) &&
			shown().state === 'blocked';
		await waitFor(said, { what: () => `word of it: ${shown().state}, ${shown().problem}` });
		const looks = lookCounter(engine);
		// Long enough for a blocked pair to be tried again too.
		await waitFor(() => looks() > 8, { what: 'more looks' });
		for (const side of sides) {
			expect(await has(side, 'change_log%')).toBe(false);
		}
	});

	it('is restored without its dropped triggers, which are reported', async () => {
		const { pair, write, has, told } = await atWork(combination);
		const [triggers] = await pair.local.connection.query("SHOW TRIGGERS LIKE 'line'");
		for (const { Trigger } of triggers as { Trigger: string }[]) {
			await write('local', `DROP TRIGGER ${Trigger}`);
		}
		await write('local', 'DROP TABLE change_log');
		await waitFor(() => has('local', 'change_log'), { what: 'the change log to be there again' });
		await waitFor(
			() => told().some((line) => /local, table line: its triggers are gone/.test(line)),
			{
				what: `word of the triggers: ${told().join('\n')}`,
			},
		);
	});

	it.each(everyday(ownTables, 2))('is not the only table that comes back: %s', async (table) => {
		const { engine, write, has, inSync, told } = await atWork(combination);
		const looks = lookCounter(engine);
		await write('local', `DROP TABLE ${table}`);
		await waitFor(() => has('local', table), {
			what: () => `${table} to be there again: ${told().join('\n')}`,
		});
		expect(looks()).toBeLessThanOrEqual(looksToKnow);
		await write('local', "INSERT INTO item VALUES (1, 'one')");
		await write('cloud', 'INSERT INTO line VALUES (1, 1)');
		await inSync();
	});

	it('is reported without auto_install, with the key that fixes it', async () => {
		const { pair, engine, shown, write, told, inSync } = await atWork(combination, {
			config: { auto_install: false },
		});
		await write('cloud', 'DROP TABLE change_log');
		const problem = () =>
			/the application's writes to item and line fail: change_log, which their triggers write to, is missing\n.*press `i`/.test(
				`${shown().problem}`,
			);
		await waitFor(() => problem() && shown().state === 'blocked', {
			what: () => `word of it: ${shown().state}, ${shown().problem}`,
		});
		expect(told()).toContainEqual(
			expect.stringMatching(/^error: pair pair, cloud: the application's writes to/),
		);
		await expect(write('cloud', "INSERT INTO item VALUES (1, 'x')")).rejects.toMatchObject({
			errno: 1146,
		});
		const status = await pair.run('status');
		expect(status.code).toBe(1);
		expect(status.stderr).toContain("the application's writes to item and line fail");
		await engine.install('pair');
		await write('cloud', "INSERT INTO item VALUES (1, 'x')");
		await inSync();
		await waitFor(() => shown().problem === null, { what: 'the problem to be gone' });
	});
});

describeOneWay(
	'a change log that is dropped while a batch is under way, between',
	(combination) => {
		it('is restored, and the rest of the batch is not lost', async () => {
			const { pair, write, has, told } = await atWork(combination, {
				config: { interval: '200ms', batch_size: 50, max_batch_size: 50 },
			});
			const rows = Array.from({ length: 3000 }, (_, id) => `(${id}, 'x')`).join(',');
			await write('local', `INSERT INTO item VALUES ${rows}`);
			const count = async (side: Side) => {
				const [found] = await pair[side].connection.query('SELECT id FROM item');
				return (found as unknown[]).length;
			};
			await waitFor(async () => (await count('cloud')) > 0, { what: 'the first rows' });
			await write('cloud', 'DROP TABLE change_log');
			await waitFor(() => has('cloud', 'change_log'), { what: 'the change log to be there again' });
			await waitFor(async () => (await count('cloud')) === 3000, {
				what: `all rows: ${told().slice(-5).join('\n')}`,
			});
		});

		it('loses what waited on its own side, and says so', async () => {
			const { write, told, has } = await atWork(combination, {
				config: { interval: '200ms', batch_size: 50, max_batch_size: 50 },
			});
			const rows = Array.from({ length: 3000 }, (_, id) => `(${id}, 'x')`).join(',');
			await write('local', `INSERT INTO item VALUES ${rows}`);
			await write('local', 'DROP TABLE change_log');
			await waitFor(() => has('local', 'change_log'), { what: 'the change log to be there again' });
			await waitFor(
				() => told().some((line) => /^warning: local: change_log was missing/.test(line)),
				{
					what: 'word of the loss',
				},
			);
		});
	},
);

describeOneWay('a change log that is gone when a program starts, between', (combination) => {
	it('is restored by sync, which says that its pending changes are unknown', async () => {
		const pair = await testPair(combination, { schema });
		await pair.run('install');
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'lost')");
		await pair.local.connection.query('DROP TABLE change_log');
		const config = await writeConfig({
			node_id: 'site',
			sync_pairs: [{ name: 'pair', local: pair.local.end, cloud: pair.cloud.end, tables: 'all' }],
		});
		const synced = await runProgram(['sync'], { config });
		expect(synced.code).toBe(1);
		expect(synced.stderr).toMatch(
			/pair: local: change log created; until now the application's writes to item and line failed/,
		);
		expect(synced.stderr).toMatch(
			/pair: local: change_log was missing, and the changes in it are lost: how many were pending for cloud is not known/,
		);
		expect((await runProgram(['sync'], { config })).code).toBe(0);
	});
});

describeOn(['mariadb', 'mysql'], 'the procedure that triggers write through on MariaDB', () => {
	it('is restored soon after the next look when it was dropped', async () => {
		const { pair, write, told, inSync } = await atWork({
			...{ local: 'mariadb', cloud: 'mysql', label: '' },
		});
		const [rows] = await pair.local.connection.query(
			'SELECT routine_name AS name FROM information_schema.routines WHERE routine_schema = DATABASE()',
		);
		const [procedure] = rows as { name: string }[];
		await write('local', `DROP PROCEDURE ${procedure?.name}`);
		const dropped = performance.now();
		await waitFor(
			() =>
				write('local', 'REPLACE INTO item VALUES (1, 1)').then(
					() => true,
					() => false,
				),
			{ what: `writes to go on: ${told().join('\n')}` },
		);
		expect(performance.now() - dropped).toBeLessThan(5000);
		expect(told()).toContainEqual(
			expect.stringMatching(/fail \(1305\): their triggers call the procedure/),
		);
		await inSync();
	});
});
