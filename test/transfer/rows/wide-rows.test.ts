import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { compareTables } from '../../support/compare-tables.ts';
import { freshDatabase, startOwnServer } from '../../support/databases.ts';
import { type PairEnd, testPair } from '../../support/pair.ts';
import { runProgram } from '../../support/program.ts';
import { describeInFull, describeOneWay } from '../../support/suites.ts';

/** One digest a row: the values themselves would not fit into one answer. */
async function digests({ connection }: PairEnd, columns: string[]): Promise<RowDataPacket[]> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT id, ${columns.map((name) => `CAST(LENGTH(${name}) AS CHAR) AS ${name}, SHA2(${name}, 256) AS ${name}_sum`).join(', ')}
		FROM wide ORDER BY id`,
	);
	return rows;
}

describeOneWay('wide rows between', (products) => {
	it('arrive whole when they are larger than a statement may be', async () => {
		const pair = await testPair(products, {
			schema: [
				`CREATE TABLE wide (id INT PRIMARY KEY, a LONGBLOB, b LONGTEXT NOT NULL,
					c MEDIUMBLOB NOT NULL, d VARCHAR(20))`,
			],
		});
		await pair.run('install');
		const { connection } = pair.local;
		// Column by column: the server takes no statement as large as the whole row.
		await connection.query(
			"INSERT INTO wide VALUES (1, NULL, '', '', 'small'), (2, x'00ff', 'b', 'c', NULL)",
		);
		await connection.query("UPDATE wide SET a = REPEAT(x'00ff5c27', 3900000) WHERE id = 1");
		await connection.query("UPDATE wide SET b = REPEAT('ü''\\\\\\n', 2600000) WHERE id = 1");
		await connection.query("UPDATE wide SET c = REPEAT(x'0a', 15000000) WHERE id = 1");

		const moved = await pair.sync();

		expect(moved.local_to_cloud).toMatchObject({ applied: 5, errors: 0 });
		const columns = ['a', 'b', 'c', 'd'];
		expect(await digests(pair.cloud, columns)).toEqual(await digests(pair.local, columns));
	});

	it('of a thousand columns arrive', async () => {
		const columns = Array.from({ length: 999 }, (_, index) => `c${index} INT`);
		const pair = await testPair(products, {
			schema: [`CREATE TABLE many (id INT PRIMARY KEY, ${columns.join(', ')})`],
		});
		await pair.run('install');
		await pair.local.connection.query('INSERT INTO many VALUES ?', [
			Array.from({ length: 50 }, (_, id) => [id, ...columns.map((_, index) => id * index)]),
		]);
		const moved = await pair.sync();
		expect(moved.local_to_cloud).toMatchObject({ applied: 50, errors: 0 });
		expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
	});
});

describeInFull(['mariadb', 'mysql'], 'wide rows', () => {
	it('are spread over batches by their bytes', async () => {
		const pair = await testPair(
			{ local: 'mysql', cloud: 'mysql' },
			{ schema: ['CREATE TABLE wide (id INT PRIMARY KEY, a LONGBLOB)'] },
		);
		await pair.run('install');
		for (let id = 0; id < 10; id += 1) {
			await pair.local.connection.query("INSERT INTO wide VALUES (?, REPEAT('x', 15000000))", [id]);
		}
		const moved = await pair.sync();
		expect(moved.local_to_cloud).toMatchObject({ applied: 10, batches: 3, errors: 0 });
		expect(await digests(pair.cloud, ['a'])).toEqual(await digests(pair.local, ['a']));
	});

	it('that the target cannot take are refused with the limit and its cure, and the rest goes on', async () => {
		const small = await startOwnServer('mariadb', { args: ['--max-allowed-packet=1M'] });
		const local = await freshDatabase('mysql');
		const cloud = await freshDatabase(small);
		const source = await local.connect();
		const target = await cloud.connect();
		for (const connection of [source, target]) {
			await connection.query('CREATE TABLE wide (id INT PRIMARY KEY, a LONGTEXT)');
		}
		const config = {
			sync_pairs: [
				{ name: 'p', local: { ...local.end, node_id: 'a' }, cloud: cloud.end, tables: 'all' },
			],
		};
		await runProgram(['install'], { config });
		await source.query(
			"INSERT INTO wide VALUES (1, 'small'), (2, REPEAT('x', 3000000)), (3, REPEAT('y', 800000))",
		);
		const result = await runProgram(['sync', '--json'], { config });
		expect(result.code).toBe(1);
		expect(result.json()).toMatchObject({
			pairs: [{ local_to_cloud: { applied: 2, errors: 1 } }],
		});
		expect(result.stderr).toMatch(
			/cloud, table wide, row id=2: the value of a has 3000000 bytes; .* at most 1048576 per packet\n {2}Raise max_allowed_packet on cloud above 3065536/,
		);
		const [rows] = await target.query(
			'SELECT id, CAST(LENGTH(a) AS CHAR) AS bytes FROM wide ORDER BY id',
		);
		expect(rows).toEqual([
			{ id: 1, bytes: '5' },
			{ id: 3, bytes: '800000' },
		]);
	});
});
