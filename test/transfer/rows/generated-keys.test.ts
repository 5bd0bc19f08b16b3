import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Side, sides } from '../../../source/config/types.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeOn } from '../../support/suites.ts';

const partOfKey = `CREATE TABLE part_of_key (id INT, k VARCHAR(20) GENERATED ALWAYS AS (CONCAT('k', id MOD 3)) STORED NOT NULL,
	v INT, PRIMARY KEY (id, k))`;

const computed = [
	partOfKey,
	`CREATE TABLE of_another (id INT, k VARCHAR(20) GENERATED ALWAYS AS (CONCAT('k', v MOD 3)) STORED NOT NULL,
		v INT, PRIMARY KEY (k, id))`,
	`CREATE TABLE alone (id INT, k VARCHAR(20) GENERATED ALWAYS AS (CONCAT('k', id)) STORED NOT NULL,
		v INT, PRIMARY KEY (k))`,
	`CREATE TABLE beside_unique (id INT, k BIGINT UNSIGNED GENERATED ALWAYS AS (id * 1000000007) STORED NOT NULL PRIMARY KEY,
		v INT, UNIQUE (v))`,
];
const names = ['part_of_key', 'of_another', 'alone', 'beside_unique'];

const mysqlOnly = { local: 'mysql', cloud: 'mysql' } as const;

/** Runs a statement for each of the tables, which it calls `g`. */
async function write(pair: EnginePair, side: Side, statement: string): Promise<void> {
	for (const name of names) await pair[side].connection.query(statement.replace(/\bg\b/, name));
}

/** Syncs, and expects each table's rows to be the same on both sides, and so many of them. */
async function expectSame(pair: EnginePair, count: number): Promise<void> {
	expect(errorsOf(await pair.sync())).toEqual([]);
	for (const name of names) {
		const read = async (side: Side) => {
			const [rows] = await pair[side].connection.query<RowDataPacket[]>(
				`SELECT CONCAT_WS(' ', k, id, v) AS whole FROM ${name} ORDER BY id`,
			);
			return rows.map(({ whole }) => whole);
		};
		const here = await read('local');
		expect(await read('cloud'), name).toEqual(here);
		expect(here, name).toHaveLength(count);
	}
	const again = await pair.sync();
	expect(again.local_to_cloud.applied + again.cloud_to_local.applied).toBe(0);
}

describeOn(['mysql'], 'a primary key of which MySQL computes a part, or all', () => {
	it('has its rows inserted, changed, re-keyed and deleted both ways', async () => {
		const pair = await enginePair(mysqlOnly, { schema: computed });
		await pair.sync();
		await write(pair, 'local', 'INSERT INTO g (id, v) VALUES (1, 1), (2, 2), (3, 3), (4, 4)');
		await write(pair, 'cloud', 'INSERT INTO g (id, v) VALUES (11, 11), (12, 12), (13, 13)');
		await expectSame(pair, 7);
		// Rows that are there already, by the side that they came to.
		await write(pair, 'cloud', 'UPDATE g SET v = v + 100 WHERE id IN (1, 2)');
		await write(pair, 'local', 'UPDATE g SET v = v + 100 WHERE id IN (11, 12)');
		await expectSame(pair, 7);
		await write(pair, 'local', 'UPDATE g SET id = 21 WHERE id = 1');
		await write(pair, 'cloud', 'UPDATE g SET id = 31 WHERE id = 11');
		await expectSame(pair, 7);
		await write(pair, 'local', 'DELETE FROM g WHERE id IN (2, 31)');
		await write(pair, 'cloud', 'DELETE FROM g WHERE id IN (12, 21)');
		await expectSame(pair, 3);
		// The same row on both sides, its key left as it is.
		await write(pair, 'local', 'UPDATE g SET v = 1002 WHERE id = 3');
		await write(pair, 'cloud', 'UPDATE g SET v = 2001 WHERE id = 3');
		await expectSame(pair, 3);
		const [found] = await pair.local.connection.query('SELECT v FROM alone WHERE id = 3');
		expect(found).toEqual([{ v: 2001 }]);
	});

	it('has values of a UNIQUE key handed on between its rows', async () => {
		const pair = await enginePair(mysqlOnly, { schema: computed });
		await pair.sync();
		await write(pair, 'local', 'INSERT INTO g (id, v) VALUES (1, 1), (2, 2), (3, 3)');
		await expectSame(pair, 3);
		await pair.local.connection.query(
			`UPDATE beside_unique SET v = NULL WHERE id = 1; UPDATE beside_unique SET v = 1 WHERE id = 2;
			UPDATE beside_unique SET v = 2 WHERE id = 1`,
		);
		await expectSame(pair, 3);
	});

	it('is not carried over where the two sides compute it differently, and that is told', async () => {
		const other = partOfKey.replace('MOD 3', 'MOD 5');
		const pair = await enginePair(mysqlOnly, { schema: { local: [partOfKey], cloud: [other] } });
		const { said } = await pair.sync();
		expect(said.join('\n')).toMatch(
			/part_of_key is skipped: the key column k is computed differently: .*3.* on local, .*5.* on cloud/,
		);
	});
});

describeOn(['mariadb', 'mysql'], 'a key that MySQL computes and MariaDB stores', () => {
	it.each(sides)('is not carried over, and that is told: computed on %s', async (side) => {
		const stored =
			'CREATE TABLE part_of_key (id INT, k VARCHAR(20) NOT NULL, v INT, PRIMARY KEY (id, k))';
		const isLocal = side === 'local';
		const pair = await enginePair(
			{ local: isLocal ? 'mysql' : 'mariadb', cloud: isLocal ? 'mariadb' : 'mysql' },
			{
				schema: {
					local: [isLocal ? partOfKey : stored],
					cloud: [isLocal ? stored : partOfKey],
				},
			},
		);
		const { said } = await pair.sync();
		expect(said.join('\n')).toContain(`the column k is a generated column on ${side}`);
	});
});
