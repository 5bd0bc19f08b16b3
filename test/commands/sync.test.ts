import { expect, it } from 'vitest';
import { freshDatabase } from '../support/databases.ts';
import { testPair } from '../support/pair.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { describeOn } from '../support/suites.ts';

const products = { local: 'mariadb', cloud: 'mysql' } as const;
const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'];
const ids = (from: number, count: number) =>
	Array.from({ length: count }, (_, index) => [from + index, 'x']);

describeOn(['mariadb', 'mysql'], 'sync', () => {
	it('installs what is missing, moves both directions, and says so in the contract’s shape', async () => {
		const pair = await testPair(products, { schema });
		const empty = await pair.run('sync');
		expect(empty.stderr).toContain('pair: local: change log created');
		await pair.local.connection.query('INSERT INTO item VALUES ?', [ids(0, 250)]);
		await pair.cloud.connection.query('INSERT INTO item VALUES ?', [ids(1000, 30)]);
		const result = await pair.run('sync', '--json');
		expect(result).toMatchObject({ code: 0, stderr: '' });
		expect(result.json()).toEqual({
			pairs: [
				{
					name: 'pair',
					local_to_cloud: { applied: 250, batches: 1, conflicts: 0, errors: 0 },
					cloud_to_local: { applied: 30, batches: 1, conflicts: 0, errors: 0 },
				},
			],
		});
	});

	it('moves one direction alone with --direction, and one batch with --once', async () => {
		const pair = await testPair(products, { schema, pair: { batch_size: 10 } });
		await pair.run('install');
		await pair.local.connection.query('INSERT INTO item VALUES ?', [ids(0, 35)]);
		await pair.cloud.connection.query('INSERT INTO item VALUES ?', [ids(1000, 35)]);
		const once = await pair.sync('--once');
		expect(once.local_to_cloud).toMatchObject({ applied: 10, batches: 1 });
		expect(once.cloud_to_local).toMatchObject({ applied: 10, batches: 1 });
		const there = await pair.sync('--direction', 'local-to-cloud');
		expect(there.local_to_cloud.applied).toBe(25);
		expect(there.cloud_to_local.applied).toBe(0);
		const back = await pair.sync('--direction', 'cloud-to-local');
		expect(back.cloud_to_local.applied).toBe(25);
	});

	it('says that nothing is installed if it may not install', async () => {
		const pair = await testPair(products, { schema, config: { auto_install: false } });
		const result = await pair.run('sync');
		expect(result).toMatchObject({
			code: 1,
			stdout: '',
			stderr: expect.stringContaining('the change log is missing\n  Fix: press `i`, or run'),
		});
	});

	it('goes on with the other pairs when one is out of reach, and exits 3', async () => {
		const local = await freshDatabase('mariadb');
		const cloud = await freshDatabase('mysql');
		const application = await local.connect();
		for (const database of [local, cloud]) await (await database.connect()).query(schema[0] ?? '');
		const config = {
			node_id: 'here',
			sync_pairs: [
				{
					name: 'dead',
					local: local.end,
					cloud: { ...cloud.end, port: 1, node_id: 'far' },
					tables: 'all',
				},
				{ name: 'alive', local: local.end, cloud: cloud.end, tables: 'all' },
			],
		};
		await runProgram(['install', 'alive'], { config });
		await application.query("INSERT INTO item VALUES (1, 'x')");
		const result = await runProgram(['sync', '--json'], { config });
		expect(result.code).toBe(3);
		expect(result.json()).toMatchObject({
			pairs: [
				{ name: 'dead', error: expect.stringContaining('ECONNREFUSED') },
				{ name: 'alive', local_to_cloud: { applied: 1 } },
			],
		});
		expect(result.stderr).toMatch(/^pair dead, cloud: /m);
	});

	it('finishes the current batch when it is interrupted, and exits 130', async () => {
		const pair = await testPair(products, {
			schema,
			pair: { batch_size: 1, max_batch_size: 1 },
		});
		await pair.run('install');
		await pair.local.connection.query('INSERT INTO item VALUES ?', [ids(0, 2000)]);
		const program = await startProgram(['sync', '--json'], { config: pair.configPath });
		const arrived = async () => {
			const [rows] = await pair.cloud.connection.query('SELECT COUNT(*) AS n FROM item');
			return Number((rows as { n: string }[])[0]?.n);
		};
		while ((await arrived()) < 5) expect(program.running).toBe(true);
		program.signal('SIGINT');
		expect(await program.exited).toMatchObject({ code: 130 });
		expect(program.stderr).toContain('SIGINT: finishing the current batch');
		const [moved] = JSON.parse(program.stdout).pairs;
		expect(moved.local_to_cloud.applied).toBe(await arrived());
	});

	it('shows no secret and no stack trace when a log-in is refused', async () => {
		const pair = await testPair(products, { schema });
		const { end } = pair.local;
		const config = {
			sync_pairs: [
				{
					name: 'locked',
					local: { ...end, password: 'wrong-s3cret', node_id: 'here' },
					cloud: pair.cloud.end,
					tables: 'all',
				},
			],
		};
		for (const args of [['sync'], ['status'], ['install'], ['sync', '--json']]) {
			const { code, stdout, stderr } = await runProgram(args, { config });
			expect(code).toBe(3);
			expect(stderr).toMatch(
				/pair locked, local: Access denied .*\n {2}Check `user` and `password`/,
			);
			expect(stdout + stderr).not.toMatch(/wrong-s3cret|^\s+at /m);
		}
	});
});
