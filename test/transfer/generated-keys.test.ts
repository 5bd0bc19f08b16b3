import { describe, expect, it } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import type { PairEnd } from '../support/pair.ts';
import { describeOn } from '../support/suites.ts';

interface Keyed {
	key: string;
	table: string;
}

const tables: readonly Keyed[] = [
	{
		key: 'a column and what is computed from it',
		table: `CREATE TABLE g (id INT, k VARCHAR(20) GENERATED ALWAYS AS (CONCAT('k', id MOD 3)) STORED NOT NULL,
			v INT, PRIMARY KEY (id, k))`,
	},
	{
		key: 'what is computed from another column, before it',
		table: `CREATE TABLE g (id INT, k VARCHAR(20) GENERATED ALWAYS AS (CONCAT('k', v MOD 3)) STORED NOT NULL,
			v INT, PRIMARY KEY (k, id))`,
	},
	{
		key: 'a computed column alone',
		table: `CREATE TABLE g (id INT, k VARCHAR(20) GENERATED ALWAYS AS (CONCAT('k', id)) STORED NOT NULL,
			v INT, PRIMARY KEY (k))`,
	},
	{
		key: 'a computed column alone, beside a UNIQUE key',
		table: `CREATE TABLE g (id INT, k BIGINT UNSIGNED GENERATED ALWAYS AS (id * 1000000007) STORED NOT NULL PRIMARY KEY,
			v INT, UNIQUE (v))`,
	},
];

async function rowsOf({ connection }: PairEnd): Promise<string[]> {
	const [rows] = await connection.query({
		sql: 'SELECT CAST(k AS CHAR), id, v FROM g ORDER BY id',
		rowsAsArray: true,
	});
	return (rows as unknown[][]).map((row) => row.join(' '));
}

async function expectSame(pair: EnginePair, count: number): Promise<void> {
	expect(errorsOf(await pair.sync())).toEqual([]);
	const [here, there] = [await rowsOf(pair.local), await rowsOf(pair.cloud)];
	expect(here).toEqual(there);
	expect(here).toHaveLength(count);
	const again = await pair.sync();
	expect(again.local_to_cloud.applied + again.cloud_to_local.applied).toBe(0);
}

describeOn(['mysql'], 'a primary key of which MySQL computes a part', () => {
	const between = { local: 'mysql', cloud: 'mysql' } as const;

	describe.each(tables)('$key', ({ table }) => {
		it('has its rows inserted, changed, re-keyed and deleted both ways', async () => {
			const pair = await enginePair(between, { schema: [table] });
			await pair.sync();
			const write = (side: Side, sql: string) => pair[side].connection.query(sql);
			await write('local', 'INSERT INTO g (id, v) VALUES (1, 1), (2, 2), (3, 3), (4, 4)');
			await write('cloud', 'INSERT INTO g (id, v) VALUES (11, 11), (12, 12), (13, 13)');
			await expectSame(pair, 7);
			// Rows that are there already, by the side that they came to.
			await write('cloud', 'UPDATE g SET v = v + 100 WHERE id IN (1, 2)');
			await write('local', 'UPDATE g SET v = v + 100 WHERE id IN (11, 12)');
			await expectSame(pair, 7);
			await write('local', 'UPDATE g SET id = 21 WHERE id = 1');
			await write('cloud', 'UPDATE g SET id = 31 WHERE id = 11');
			await expectSame(pair, 7);
			await write('local', 'DELETE FROM g WHERE id IN (2, 31)');
			await write('cloud', 'DELETE FROM g WHERE id IN (12, 21)');
			await expectSame(pair, 3);
			// The same row on both sides, its key left as it is.
			await write('local', 'UPDATE g SET v = 1002 WHERE id = 3');
			await write('cloud', 'UPDATE g SET v = 2001 WHERE id = 3');
			await expectSame(pair, 3);
			expect((await rowsOf(pair.local)).join('\n')).toMatch(/ 3 2001$/m);
		});
	});

	it('has values of a UNIQUE key handed on between its rows', async () => {
		const pair = await enginePair(between, { schema: [tables[3]?.table ?? ''] });
		await pair.sync();
		await pair.local.connection.query('INSERT INTO g (id, v) VALUES (1, 1), (2, 2), (3, 3)');
		await expectSame(pair, 3);
		await pair.local.connection.query(
			'UPDATE g SET v = NULL WHERE id = 1; UPDATE g SET v = 1 WHERE id = 2; UPDATE g SET v = 2 WHERE id = 1',
		);
		await expectSame(pair, 3);
	});

	it('is not carried over where the two sides compute it differently, and that is told', async () => {
		const other = (tables[0]?.table ?? '').replace('MOD 3', 'MOD 5');
		const pair = await enginePair(between, {
			schema: { local: [tables[0]?.table ?? ''], cloud: [other] },
		});
		const { said } = await pair.sync();
		expect(said.join('\n')).toMatch(
			/g is skipped: the key column k is computed differently: .*3.* on local, .*5.* on cloud/,
		);
	});
});

describeOn(['mariadb', 'mysql'], 'a key that one side computes and the other stores', () => {
	for (const side of sides) {
		it(`is not carried over, and that is told: computed on ${side}`, async () => {
			const plain = 'CREATE TABLE g (id INT, k VARCHAR(20) NOT NULL, v INT, PRIMARY KEY (id, k))';
			const other = side === 'local' ? 'cloud' : 'local';
			const pair = await enginePair(
				{ [side]: 'mysql', [other]: 'mariadb' } as Record<Side, 'mysql' | 'mariadb'>,
				{
					schema: { [side]: [tables[0]?.table ?? ''], [other]: [plain] } as Record<Side, string[]>,
				},
			);
			const { said } = await pair.sync();
			expect(said.join('\n')).toContain(`the column k is a generated one on ${side}`);
		});
	}
});
