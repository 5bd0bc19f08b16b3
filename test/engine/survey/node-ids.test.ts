import { expect, it } from 'vitest';
import { type Database, freshDatabase } from '../../support/databases.ts';
import { runProgram, startProgram, writeConfig } from '../../support/program.ts';
import { describeOn } from '../../support/suites.ts';

const table = 'CREATE TABLE item (id INT PRIMARY KEY)';

const [local, cloud] = ['mariadb', 'mysql'] as const;

describeOn([local, cloud], 'two sites that go by one node id', () => {
	async function setUp() {
		const hub = await freshDatabase(cloud);
		const [first, second] = [await freshDatabase(local), await freshDatabase(cloud)];
		for (const database of [hub, first, second]) {
			await (await database.connect()).query(table);
		}
		const configOf = (site: Database, node = 'site') =>
			writeConfig({
				node_id: node,
				sync_pairs: [{ name: 'pair', local: site.end, cloud: hub.end, tables: 'all' }],
			});
		const program = async (site: Database, node?: string) => {
			const config = await configOf(site, node);
			return (...args: string[]) => runProgram(args, { config });
		};
		return { hub, first, second, program, configOf };
	}

	it('are refused before anything of the second is touched, with what to do', async () => {
		const { first, second, program } = await setUp();
		const runFirst = await program(first);
		const runSecond = await program(second);
		expect(await runFirst('sync')).toMatchObject({ code: 0 });

		for (const command of ['sync', 'install', 'status']) {
			const { code, stderr } = await runSecond(command);
			expect(code, command).toBe(2);
			expect(stderr).toMatch(
				/pair pair, local: the node id site belongs to another database, which cloud last saw at .* UTC on .*; this one is on /,
			);
			expect(stderr).toContain('mysql-sync-tui forget pair site');
		}
		const tables = await (await second.connect()).query("SHOW TABLES LIKE 'change_log%'");
		expect(tables[0]).toEqual([]);
		expect(await runFirst('sync')).toMatchObject({ code: 0, stderr: '' });

		const runOther = await program(second, 'other');
		expect(await runOther('sync')).toMatchObject({ code: 0 });
	});

	it('keep the engine of the second from moving anything, while the first goes on', async () => {
		const { hub, first, second, program, configOf } = await setUp();
		await (await program(first))('sync');
		const engine = await startProgram(['run'], { config: await configOf(second) });
		await engine.waitForOutput('belongs to another database', { stream: 'stderr' });
		await (await hub.connect()).query('INSERT INTO item VALUES (1)');
		expect(await (await program(first))('sync', '--json')).toMatchObject({ code: 0 });
		engine.signal('SIGTERM');
		await engine.exited;
		expect((await (await first.connect()).query('SELECT id FROM item'))[0]).toEqual([{ id: 1 }]);
		expect((await (await second.connect()).query('SELECT id FROM item'))[0]).toEqual([]);
	});

	it('may follow each other: one takes the place of the other once that is forgotten', async () => {
		const { first, second, program } = await setUp();
		await (await program(first))('sync');
		const runSecond = await program(second);
		expect((await runSecond('sync')).code).toBe(2);
		expect(await runSecond('forget', 'pair', 'site')).toMatchObject({
			code: 0,
			stdout: 'pair: changes are no longer retained for site on cloud\n',
		});
		const { code, stderr } = await runSecond('sync');
		expect(code).toBe(1);
		expect(stderr).toContain('Compare the two sides');
		expect((await runSecond('sync')).code).toBe(0);
		// Now the first one is the stranger.
		expect((await (await program(first))('sync')).code).toBe(2);
	});

	it('are one and the same where its tables of this program were dropped', async () => {
		const { first, program } = await setUp();
		const run = await program(first);
		await run('sync');
		const connection = await first.connect();
		await connection.query('DROP TABLE change_log_nodes, change_log_leases, change_log_receipts');
		expect((await run('sync')).code).toBe(0);
	});
});
