import { expect, test } from 'vitest';
import { compareTables } from './compare-tables.ts';
import { freshDatabase } from './databases.ts';
import { describeCombinations } from './suites.ts';

const kinds = `CREATE TABLE kinds (
	a BIGINT UNSIGNED, b VARCHAR(20), i INT, d DECIMAL(20,6), f FLOAT, g DOUBLE, t DATETIME(6),
	z TIMESTAMP NULL, y YEAR, h TIME(3), s TEXT, e ENUM('x','ü'), m SET('p','q'), n BIT(10),
	v VARBINARY(20), o BLOB, p POINT, j JSON, c INT AS (i + 1) VIRTUAL, PRIMARY KEY (a, b))`;

const row = `INSERT INTO kinds (a, b, i, d, f, g, t, z, y, h, s, e, m, n, v, o, p, j) VALUES
	(18446744073709551615, 'ü😀', -1, 3.1, 0.1, 1e-300, '2024-02-29 12:00:00.123456',
	'2024-07-01 00:00:00', 2024, '-12:30:00.5', 'Zeile\\n', 'ü', 'p,q', b'1010101010', x'00ff',
	x'0001', ST_GeomFromText('POINT(1 2)'), '{"b": [1, 2.5], "a": null}'),
	(1, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	NULL, NULL)`;

describeCombinations('comparing two databases', ({ local, cloud }) => {
	async function twoDatabases(...statements: string[]) {
		const [first, second] = [await freshDatabase(local), await freshDatabase(cloud)];
		const [a, b] = [await first.connect(), await second.connect()];
		for (const statement of statements) {
			await a.query(statement);
			await b.query(statement);
		}
		return { a, b };
	}

	test('finds nothing where the rows are the same, of whatever type', async () => {
		const { a, b } = await twoDatabases(kinds, row);
		expect(await compareTables(a, b)).toEqual([]);
	});

	test.each([
		['i', '-2'],
		['d', '3.100001'],
		['f', '0.1000001'],
		['g', '1.0000000000000002e-300'],
		['t', "'2024-02-29 12:00:00.123457'"],
		['z', "'2024-07-01 00:00:01'"],
		['h', "'-12:30:00.501'"],
		['s', "'zeile\\n'"],
		['e', "'x'"],
		['m', "'q'"],
		['n', "b'1010101011'"],
		['v', "x'00fe'"],
		['o', "x'000100'"],
		['p', "ST_GeomFromText('POINT(1 3)')"],
		['j', `'{"a": null, "b": [1, 2.6]}'`],
		['s', 'NULL'],
	])('finds a change of column %s to %s', async (column, value) => {
		const { a, b } = await twoDatabases(kinds, row);
		await b.query(`UPDATE kinds SET ${column} = ${value} WHERE a <> 1`);
		const [difference, ...others] = await compareTables(a, b);
		expect(difference).toMatch(`kinds[a=18446744073709551615,b=ü😀].${column}: `);
		expect(others).toEqual([]);
	});

	test('finds rows and tables that one side lacks, and columns that differ', async () => {
		const { a, b } = await twoDatabases(kinds, row);
		await a.query("DELETE FROM kinds WHERE a = 1; INSERT INTO kinds (a, b) VALUES (2, 'A')");
		await b.query("INSERT INTO kinds (a, b) VALUES (2, 'B')");
		await a.query('CREATE TABLE lone (id INT PRIMARY KEY)');
		await a.query('CREATE TABLE wide (id INT PRIMARY KEY, x INT)');
		await b.query('CREATE TABLE wide (id INT PRIMARY KEY)');
		expect(await compareTables(a, b)).toEqual([
			'kinds[a=2,b=A]: only in the first database',
			'kinds[a=1,b=]: only in the second database',
			'kinds[a=2,b=B]: only in the second database',
			'lone: only in the first database',
			'wide: columns id,x and id',
		]);
	});

	test('passes over the change log and tables without a primary key unless they are named', async () => {
		const { a, b } = await twoDatabases(
			'CREATE TABLE change_log (id INT PRIMARY KEY)',
			'CREATE TABLE change_log_lease (id INT PRIMARY KEY)',
			'CREATE TABLE heap (x INT)',
			'INSERT INTO heap VALUES (1), (1)',
		);
		await a.query('INSERT INTO change_log VALUES (1); INSERT INTO change_log_lease VALUES (1)');
		await b.query('INSERT INTO heap VALUES (1)');
		expect(await compareTables(a, b)).toEqual([]);
		expect(await compareTables(a, b, ['heap'])).toEqual([
			'heap[x=1 #3]: only in the second database',
		]);
	});
});
