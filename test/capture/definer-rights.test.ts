import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { type Product, products } from '../../source/demo/servers/product.ts';
import type { Server } from '../../source/demo/servers/server.ts';
import { startOwnServer } from '../support/databases.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { type Result, runProgram, writeConfig } from '../support/program.ts';
import { lookCounter, looksToKnow, runningEngine, startEngine } from '../support/running-engine.ts';
import { describeOn, everyday } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE line (id INT PRIMARY KEY, item INT, FOREIGN KEY (item) REFERENCES item (id) ON DELETE CASCADE)',
];

const everything = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, TRIGGER';

interface FewRights {
	pair: TestPair;
	configPath: string;
	/** The user of the cloud as SQL names it. */
	account: string;
	role: string;
	/** Runs statements as the cloud's administrator; $ stands for the database. */
	root: (...statements: string[]) => Promise<void>;
	run: (...args: string[]) => Promise<Result>;
	/** The GRANT statements that a text names. */
	grantsIn: (text: string) => string[];
}

/** A pair whose cloud is reached by a user that was given what the statements give it, and no more. */
async function pairOf(
	on: Product | Server,
	given: (names: { account: string; role: string }) => readonly string[],
	{ user = `few_${randomBytes(4).toString('hex')}`, config = {} } = {},
): Promise<FewRights> {
	const pair = await testPair({ local: 'mariadb', cloud: on }, { schema });
	const { connection, name, end } = pair.cloud;
	const account = `'${user.replaceAll("'", "''")}'@'127.0.0.%'`;
	const role = `role_${randomBytes(4).toString('hex')}`;
	const root = async (...statements: string[]) => {
		for (const statement of statements) await connection.query(statement.replaceAll('$', name));
	};
	await root(`CREATE USER ${account} IDENTIFIED BY 'few'`, `CREATE ROLE ${role}`);
	onTestFinished(async () => {
		await root(`DROP USER IF EXISTS ${account}`, `DROP ROLE ${role}`).catch(() => undefined);
	});
	if (pair.cloud.product === 'mysql') {
		// Whoever may write to the binary log by triggers must be trusted.
		await root('SET GLOBAL log_bin_trust_function_creators = 1');
	}
	await root(...given({ account, role }));
	const configPath = await writeConfig({
		...{ node_id: 'site', interval: '1h', refresh: '200ms', ...config },
		sync_pairs: [
			{
				...{ name: 'pair', tables: 'all', local: pair.local.end },
				cloud: { ...end, user, password: 'few' },
			},
		],
	});
	const run = (...args: string[]) => runProgram(args, { config: configPath });
	const grantsIn = (text: string) =>
		[...text.matchAll(/GRANT .*? TO '(?:[^']|'')*'@'[^']*'/g)].map(([statement]) => statement);
	return { pair, configPath, account, role, root, run, grantsIn };
}

async function tablesOf(connection: Connection): Promise<number> {
	const [rows] = await connection.query<RowDataPacket[]>('SHOW TABLES');
	return rows.length;
}

async function expectRefusedAndMended(few: FewRights): Promise<void> {
	const { pair, run, root, grantsIn } = few;
	const refused = await run('install');
	expect(refused.code).toBe(1);
	expect(refused.stderr).toMatch(
		/^pair pair, cloud: triggers would run as .*, which lacks TRIGGER on item/,
	);
	expect(refused.stderr).toContain('every write of the application would fail (1142)');
	for (const side of ['local', 'cloud'] as const) {
		expect(await tablesOf(pair[side].connection)).toBe(2);
	}
	const grants = grantsIn(refused.stderr);
	expect(grants.length).toBeGreaterThan(0);
	await root(...grants);
	await expectWorking(few);
}

async function expectWorking({ pair, run }: FewRights): Promise<void> {
	const installed = await run('install');
	expect(installed).toMatchObject({ code: 0, stderr: '' });
	await pair.cloud.connection.query("INSERT INTO item VALUES (1, 'works')");
	await pair.cloud.connection.query('INSERT INTO line VALUES (1, 1)');
	await pair.cloud.connection.query('UPDATE item SET name = 2');
	await pair.cloud.connection.query('DELETE FROM item');
	expect(await run('sync')).toMatchObject({ code: 0 });
	expect((await run('status')).code).toBe(0);
}

describeOn(['mariadb', 'mysql'], 'rights that the user of an end has by a role', () => {
	it('do not count for triggers if it is the default role on MariaDB', async () => {
		const few = await pairOf('mariadb', ({ account, role }) => [
			`GRANT ${everything} ON \`$\`.* TO ${role}`,
			`GRANT ${role} TO ${account}`,
			`SET DEFAULT ROLE ${role} FOR ${account}`,
		]);
		await expectRefusedAndMended(few);
	});

	it('do not count where all roles are active on MySQL', async () => {
		const server = await startOwnServer('mysql', { args: ['--activate-all-roles-on-login=ON'] });
		const few = await pairOf(server, ({ account, role }) => [
			`GRANT ${everything} ON \`$\`.* TO ${role}`,
			`GRANT ${role} TO ${account}`,
		]);
		await expectRefusedAndMended(few);
	});

	it('do not count where a mandatory role gives some of them on MySQL', async () => {
		const server = await startOwnServer('mysql', { args: ['--activate-all-roles-on-login=ON'] });
		const few = await pairOf(server, ({ account, role }) => [
			`GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON \`$\`.* TO ${account}`,
			`GRANT TRIGGER ON \`$\`.* TO ${role}`,
			`SET GLOBAL mandatory_roles = '${role}'`,
		]);
		await expectRefusedAndMended(few);
	});

	it('count if it is the default role on MySQL', async () => {
		await expectWorking(
			await pairOf('mysql', ({ account, role }) => [
				`GRANT ${everything} ON \`$\`.* TO ${role}`,
				`GRANT ${role} TO ${account}`,
				`ALTER USER ${account} DEFAULT ROLE ${role}`,
			]),
		);
	});

	it('count where MariaDB gives them to PUBLIC', async () => {
		const server = await startOwnServer('mariadb');
		await expectWorking(await pairOf(server, () => [`GRANT ${everything} ON \`$\`.* TO PUBLIC`]));
	});
});

describeOn(['mariadb', 'mysql'], 'rights that triggers need', () => {
	it.each<Product>(everyday(products, 1))(
		'are named for an account with quotes, on %s',
		async (on) => {
			await expectRefusedAndMended(
				await pairOf(
					on,
					({ account, role }) => [
						`GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON \`$\`.* TO ${account}`,
						`GRANT TRIGGER ON \`$\`.* TO ${role}`,
						`GRANT ${role} TO ${account}`,
						on === 'mariadb' ? `SET DEFAULT ROLE ${role} FOR ${account}` : 'SELECT 1',
					],
					{ user: `o'brien_${randomBytes(3).toString('hex')}` },
				),
			);
		},
	);

	it.each<Product>(everyday(products, 1))(
		'keep a single table without triggers if only that lacks them, on %s',
		async (on) => {
			const few = await pairOf(on, ({ account, role }) => [
				`GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON \`$\`.* TO ${account}`,
				`GRANT TRIGGER ON \`$\`.line TO ${account}`,
				`GRANT TRIGGER ON \`$\`.* TO ${role}`,
			]);
			const { run, root, grantsIn, pair } = few;
			const installed = await run('install');
			expect(installed.code).toBe(1);
			expect(installed.stdout).toMatch(/pair: cloud: no triggers on item: triggers would run as/);
			expect(installed.stdout).toContain('triggers installed on 1 table');
			await pair.cloud.connection.query("INSERT INTO item VALUES (5, 'not captured, but written')");
			const synced = await run('sync');
			expect(synced.code).toBe(1);
			expect(synced.stderr).toMatch(/cloud: no triggers on item: triggers would run as/);
			expect(synced.stderr).not.toContain('its triggers are gone');
			await pair.cloud.connection.query('DELETE FROM item');
			await root(...grantsIn(installed.stdout));
			await expectWorking(few);
		},
	);

	const revocations: [Product, string, RegExp][] = (['mariadb', 'mysql'] as const).flatMap(
		(on): [Product, string, RegExp][] => [
			[on, 'TRIGGER ON `$`.item', /lacks TRIGGER on item$/m],
			[on, 'INSERT ON `$`.change_log', /lacks INSERT on change_log$/m],
			[on, 'SELECT ON `$`.item', /lacks SELECT on item$/m],
			[on, 'SELECT ON `$`.line', /lacks SELECT on line$/m],
		],
	);
	it.each(everyday(revocations, 2))(
		'are reported within one look when they are revoked on %s: %s',
		async (on, right, words) => {
			const few = await pairOf(on, ({ account }) => [
				`GRANT CREATE, ALTER, DROP, INDEX ON \`$\`.* TO ${account}`,
				`GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON \`$\`.* TO ${account}`,
			]);
			const { pair, configPath, root, account, run, grantsIn } = few;
			await run('install');
			const [tables] = await pair.cloud.connection.query<RowDataPacket[]>('SHOW TABLES');
			for (const table of tables.flatMap((row) => Object.values(row))) {
				await root(`GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON \`$\`.${table} TO ${account}`);
			}
			await root(`REVOKE SELECT, INSERT, UPDATE, DELETE, TRIGGER ON \`$\`.* FROM ${account}`);
			expect(await run('sync')).toMatchObject({ code: 0 });
			const { engine, shown } = await runningEngine({ ...pair, configPath });
			await waitFor(() => shown().state === 'idle', { what: 'the first run to end' });

			const looks = lookCounter(engine);
			await root(`REVOKE ${right} FROM ${account}`);

			const told = () => words.test(`${shown().problem}`);
			await waitFor(told, { what: () => `word of it: ${shown().problem}` });
			expect(looks()).toBeLessThanOrEqual(looksToKnow);
			expect(shown().problem).toMatch(
				/^pair pair, cloud: the application's writes to .* fail \(114[23]\)/,
			);
			const failing = pair.cloud.connection.query("INSERT INTO item VALUES (7, 'x')");
			if (!right.endsWith('line'))
				await expect(failing).rejects.toMatchObject({
					errno: expect.toSatisfy((errno) => errno === 1142 || errno === 1143),
				});
			else {
				await failing;
				await expect(
					pair.cloud.connection.query('DELETE FROM item WHERE id = 7'),
				).rejects.toMatchObject({
					errno: expect.toSatisfy((errno) => errno === 1142 || errno === 1143),
				});
			}
			const status = await run('status');
			expect(status.code).toBe(1);
			expect(status.stderr).toMatch(words);
			await root(...grantsIn(`${shown().problem}`));
			await waitFor(() => shown().problem === null, { what: 'the problem to be gone' });
			await pair.cloud.connection.query("REPLACE INTO item VALUES (7, 'y')");
			expect((await run('status')).stderr).toBe('');
		},
	);

	it.each<Product>(everyday(products, 1))(
		'are gone with the account of the engine, which is reported, on %s',
		async (on) => {
			const few = await pairOf(on, ({ account }) => [
				`GRANT ${everything} ON \`$\`.* TO ${account}`,
			]);
			const { pair, configPath, root, account } = few;
			const { engine, shown } = await runningEngine({ ...pair, configPath });
			await waitFor(() => shown().state === 'idle', { what: 'the first run to end' });
			const looks = lookCounter(engine);
			await root(`DROP USER ${account}`);
			const told = () =>
				/the account .* was dropped: .* fail \(1449\)\n.*CREATE USER '/.test(`${shown().problem}`);
			await waitFor(told, { what: () => `word of it: ${shown().problem}` });
			expect(looks()).toBeLessThanOrEqual(looksToKnow);
			await expect(
				pair.cloud.connection.query('INSERT INTO item VALUES (1, 1)'),
			).rejects.toMatchObject({ errno: 1449 });
			await root(
				`CREATE USER ${account} IDENTIFIED BY 'few'`,
				`GRANT ${everything} ON \`$\`.* TO ${account}`,
			);
			await waitFor(() => shown().problem === null, { what: 'the problem to be gone' });
		},
	);

	it.each<Product>(everyday(products, 1))(
		'are gone with the account that created the triggers, which is reported if visible, on %s',
		async (on) => {
			const few = await pairOf(on, ({ account }) => [
				`GRANT ${everything}, CREATE ROUTINE ON \`$\`.* TO ${account}`,
			]);
			const { pair, root, account, run } = few;
			await run('install');
			// From now on as root.
			const { shown, engine } = await runningEngine(pair);
			await root(`DROP USER ${account}`);
			const told = () =>
				/cloud: the application's writes to item and line fail \(1449\)/.test(`${shown().problem}`);
			await waitFor(told, { what: 'word of it' });
			expect((await pair.run('status')).stderr).toMatch(/fail \(1449\).*\n.*press `i`/);
			await engine.install('pair');
			await waitFor(() => shown().problem === null, { what: 'the problem to be gone' });
			await pair.cloud.connection.query("INSERT INTO item VALUES (1, 'works')");
		},
	);

	it.each<Product>(everyday(products, 1))(
		'are gone with the account that created the triggers, and a trial shows that who may not look, on %s',
		async (on) => {
			const few = await pairOf(on, ({ account }) => [
				`GRANT ${everything}, CREATE ROUTINE ON \`$\`.* TO ${account}`,
			]);
			const { pair, configPath, root, run } = few;
			const { connection } = pair.cloud;
			const before = `old_${randomBytes(4).toString('hex')}`;
			await root(
				`CREATE USER ${before}@'127.0.0.%' IDENTIFIED BY 'old'`,
				`GRANT ${everything}, CREATE ROUTINE ON \`$\`.* TO ${before}@'127.0.0.%'`,
			);
			onTestFinished(() => root(`DROP USER IF EXISTS ${before}@'127.0.0.%'`));
			const config = JSON.parse(await readFile(configPath, 'utf8'));
			config.sync_pairs[0].cloud = { ...pair.cloud.end, user: before, password: 'old' };
			const old = await writeConfig(config);
			await runProgram(['install'], { config: old });
			await connection.query("INSERT INTO item VALUES (1, 'a'), (2, 'b')");
			expect(await run('sync')).toMatchObject({ code: 0, stderr: '' });
			const [log] = await connection.query('SELECT id, changed_at FROM change_log');

			await root(`DROP USER ${before}@'127.0.0.%'`);

			const failed = await run('sync');
			expect(failed.code).toBe(1);
			expect(failed.stderr).toMatch(
				/cloud: the application's writes to item and line fail \(1449\), as a test write showed: their triggers run as old_.*install pair/,
			);
			// Its first run finds the fault by itself.
			const { engine, shown } = await startEngine({ ...pair, configPath });
			const told = () => /fail \(1449\), as a test write showed/.test(`${shown().problem}`);
			await waitFor(told, { what: () => `word of it: ${shown().problem}` });
			await waitFor(() => shown().state === 'blocked', { what: 'the run to end as blocked' });
			// Nothing of the trial is left.
			expect((await connection.query('SELECT id, changed_at FROM change_log'))[0]).toEqual(log);
			await engine.install('pair');
			await waitFor(() => shown().problem === null, { what: 'the problem to be gone' });
			await connection.query('UPDATE item SET name = 3');
		},
	);
});

describeOn(
	['mariadb'],
	'an account that was dropped and created again with the rights of the readme',
	() => {
		it('may no longer call its procedure: the triggers are rewritten without it', async () => {
			const rights = `${everything}, CREATE ROUTINE`;
			const few = await pairOf('mariadb', ({ account }) => [
				`GRANT ${rights} ON \`$\`.* TO ${account}`,
			]);
			const { account, grantsIn, pair, root, run } = few;
			const application = pair.cloud.connection;
			await run('install');
			await root(
				`DROP USER ${account}`,
				`CREATE USER ${account} IDENTIFIED BY 'few'`,
				`GRANT ${rights} ON \`$\`.* TO ${account}`,
			);
			const write = () => application.query("INSERT INTO item VALUES (1, 'one')");
			await expect(write()).rejects.toMatchObject({ errno: 1370 });

			const installed = await run('install');

			expect(installed.code).toBe(0);
			await write();
			const [cure = ''] = grantsIn(installed.stdout);
			expect(cure).toMatch(/^GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE /);
			await root(cure);
			expect((await run('install')).stdout).not.toContain('1442');
			await application.query("INSERT INTO item VALUES (2, 'two')");
			expect(await run('uninstall', '--drop-log')).toMatchObject({ code: 0, stderr: '' });
		});
	},
);
