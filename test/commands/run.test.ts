import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { freshDatabase, startOwnServer } from '../support/databases.ts';
import { testPair } from '../support/pair.ts';
import { type Program, startProgram } from '../support/program.ts';
import { describeOn } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const table = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))';

async function countIn(connection: Connection): Promise<number> {
	const [rows] = await connection.query('SELECT COUNT(*) AS n FROM item');
	return Number((rows as { n: string }[])[0]?.n);
}

async function arrives(connection: Connection, count: number): Promise<void> {
	await waitFor(async () => (await countIn(connection)) === count, {
		what: `${count} rows to arrive`,
	});
}

async function ended(program: Program): Promise<void> {
	program.signal('SIGTERM');
	expect(await program.exited).toMatchObject({ code: 0 });
}

describeOn(['mariadb', 'mysql'], 'run', () => {
	it('moves what is pending at once, and then at every interval, both ways', async () => {
		const pair = await testPair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema: [table], config: { interval: '200ms' } },
		);
		await pair.run('install');
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'before the start')");
		const program = await startProgram(['run'], { config: pair.configPath });
		await arrives(pair.cloud.connection, 1);
		await pair.cloud.connection.query("INSERT INTO item VALUES (2, 'later')");
		await arrives(pair.local.connection, 2);
		// The row is there a moment before the batch is told.
		await program.waitForOutput('cloud-to-local: applied', { stream: 'stderr' });
		await ended(program);
		expect(program.stderr).toMatch(/^\S+Z info started, node site, pairs pair$/m);
		expect(program.stderr).toMatch(/^\S+Z info pair local-to-cloud: applied 1 change in \d+ ms$/m);
		expect(program.stderr).toMatch(/^\S+Z info pair cloud-to-local: applied 1 change in \d+ ms$/m);
		expect(program.stderr).toMatch(/info SIGTERM: finishing the batch in hand\n.*info stopped\n$/);
	});

	it('picks a new table up by itself', async () => {
		const pair = await testPair(
			{ local: 'mysql', cloud: 'mariadb' },
			{ schema: ['CREATE TABLE first (id INT PRIMARY KEY)'], config: { interval: '200ms' } },
		);
		const program = await startProgram(['run'], { config: pair.configPath });
		await program.waitForOutput('triggers installed on first', { stream: 'stderr' });
		await pair.cloud.connection.query(table);
		await program.waitForOutput('item is skipped: no such table (local)', { stream: 'stderr' });
		await pair.local.connection.query(table);
		await program.waitForOutput(/local: triggers installed on item/, { stream: 'stderr' });
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'x')");
		await arrives(pair.cloud.connection, 1);
		await ended(program);
	});

	it('says once that triggers are gone, and does not put back what somebody dropped', async () => {
		const pair = await testPair(
			{ local: 'mariadb', cloud: 'mysql' },
			{ schema: [table], config: { interval: '200ms' } },
		);
		const program = await startProgram(['run'], { config: pair.configPath });
		await program.waitForOutput('cloud: triggers installed on item', { stream: 'stderr' });
		await pair.run('uninstall', '--table', 'item');
		await program.waitForOutput(/warning pair: cloud, table item: its triggers are gone/, {
			stream: 'stderr',
		});
		const status = await pair.run('status');
		expect(status.stdout).toMatch(/item +id +missing +missing/);
		await ended(program);
		expect(program.stderr.match(/cloud, table item: its triggers are gone/g)).toHaveLength(1);
	});

	it('tries a server that is lost again while another pair goes on', async () => {
		const server = await startOwnServer('mysql');
		const here = await freshDatabase('mariadb');
		const there = await freshDatabase('mariadb');
		const lost = await freshDatabase(server);
		const local = await here.connect();
		const cloud = await there.connect();
		const atLost = await lost.connect();
		for (const connection of [local, cloud, atLost]) await connection.query(table);
		const program = await startProgram(['run'], {
			config: {
				node_id: 'here',
				interval: '1s',
				sync_pairs: [
					{
						name: 'steady',
						local: here.end,
						cloud: { ...there.end, node_id: 'there' },
						tables: 'all',
					},
					{
						name: 'shaky',
						local: here.end,
						cloud: { ...lost.end, node_id: 'lost' },
						tables: 'all',
					},
				],
			},
		});
		await program.waitForOutput('shaky: cloud: triggers installed', { stream: 'stderr' });
		await local.query("INSERT INTO item VALUES (1, 'both')");
		await arrives(cloud, 1);
		await arrives(atLost, 1);

		await server.kill('SIGKILL');
		await local.query("INSERT INTO item VALUES (2, 'while it was away')");
		await arrives(cloud, 2);
		await program.waitForOutput(/warning shaky: cloud: /, { stream: 'stderr' });
		await local.query("INSERT INTO item VALUES (3, 'later')");
		await arrives(cloud, 3);
		await server.restart();
		await program.waitForOutput('shaky: back online, sync resumed', {
			stream: 'stderr',
			timeout: 60_000,
		});
		const again = await lost.connect();
		await arrives(again, 3);
		await ended(program);
	}, 200_000);
});
