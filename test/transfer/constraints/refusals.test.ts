import { expect, it } from 'vitest';
import { compareTables } from '../../support/compare-tables.ts';
import { testPair } from '../../support/pair.ts';
import { describeCombinations, describeOn } from '../../support/suites.ts';

describeCombinations(
	'a row that the target refuses, between',
	(combination) => {
		it('stays pending with its reason while the others go on, and arrives once it is mended', async () => {
			const pair = await testPair(combination, {
				schema: ['CREATE TABLE item (id INT PRIMARY KEY, size INT, name VARCHAR(40))'],
			});
			await pair.cloud.connection.query(
				'ALTER TABLE item ADD CONSTRAINT small_sizes CHECK (size < 100)',
			);
			await pair.run('install');
			await pair.local.connection.query('INSERT INTO item (id, size) VALUES ?', [
				Array.from({ length: 40 }, (_, id) => [id, id === 17 ? 1000 : id]),
			]);

			const refused = await pair.run('sync', '--json');

			expect(refused.code).toBe(1);
			expect(refused.json()).toMatchObject({
				pairs: [{ local_to_cloud: { applied: 39, errors: 1 } }],
			});
			expect(refused.stderr).toMatch(/cloud, table item, row id=17: .*small_sizes/);
			await pair.cloud.connection.query('ALTER TABLE item DROP CONSTRAINT small_sizes');
			const mended = await pair.sync();
			expect(mended.local_to_cloud).toMatchObject({ applied: 1, errors: 0 });
			expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
		});

		it('stays pending by itself too where the reason is a number out of range', async () => {
			const pair = await testPair(combination, {
				schema: ['CREATE TABLE item (id INT PRIMARY KEY, size INT UNSIGNED NOT NULL)'],
			});
			// 1690: the same number as that of the statements by which a batch makes sure of itself.
			await pair.cloud.connection.query(
				'ALTER TABLE item ADD CONSTRAINT some_size CHECK (size - 1 >= 0)',
			);
			await pair.run('install');
			await pair.local.connection.query('INSERT INTO item VALUES (1, 1), (2, 0), (3, 3)');

			const refused = await pair.run('sync', '--json');

			expect(refused.code).toBe(1);
			expect(refused.json()).toMatchObject({
				pairs: [{ local_to_cloud: { applied: 2, errors: 1 } }],
			});
			expect(refused.stderr).toMatch(/cloud, table item, row id=2: /);
		});

		it('for the sake of a UNIQUE key does not change the row that has the value', async () => {
			const pair = await testPair(combination, {
				schema: ['CREATE TABLE item (id INT PRIMARY KEY, code INT UNIQUE, name VARCHAR(40))'],
			});
			await pair.run('install');
			await pair.local.connection.query("INSERT INTO item VALUES (1, 7, 'local')");
			await pair.cloud.connection.query("INSERT INTO item VALUES (2, 7, 'cloud')");

			const refused = await pair.run('sync', '--json');

			expect(refused.code).toBe(1);
			expect(refused.stderr).toContain(
				'row id=2 on the target has the same value in the UNIQUE key code',
			);
			const [cloud] = await pair.cloud.connection.query('SELECT * FROM item');
			expect(cloud).toEqual([{ id: 2, code: 7, name: 'cloud' }]);
			const [local] = await pair.local.connection.query('SELECT * FROM item');
			expect(local).toEqual([{ id: 1, code: 7, name: 'local' }]);
		});
	},
	'one way',
);

describeOn(['mariadb', 'mysql'], 'rows that refer to each other', () => {
	it('arrive across batch borders with the foreign keys checked', async () => {
		const pair = await testPair(
			{ local: 'mysql', cloud: 'mariadb' },
			{
				schema: [
					'CREATE TABLE parent (id INT PRIMARY KEY)',
					`CREATE TABLE child (
						id INT PRIMARY KEY, parent_id INT, child_id INT,
						FOREIGN KEY (parent_id) REFERENCES parent (id),
						FOREIGN KEY (child_id) REFERENCES child (id)
					)`,
				],
				pair: { batch_size: 1, max_batch_size: 1 },
			},
		);
		await pair.run('install');
		const { connection } = pair.local;
		// What is sent is the row as it is now, and it refers to rows that were logged after it.
		await connection.query('INSERT INTO child VALUES (1, NULL, NULL), (2, NULL, 1), (3, NULL, 2)');
		await connection.query('INSERT INTO parent VALUES (10), (11)');
		await connection.query('UPDATE child SET parent_id = 11, child_id = 3 WHERE id = 1');
		await connection.query('UPDATE child SET child_id = NULL WHERE id = 3');
		const first = await pair.sync();
		expect(first.local_to_cloud.errors).toBe(0);
		expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
		await connection.query('UPDATE child SET child_id = NULL');
		await connection.query('DELETE FROM child');
		await connection.query('DELETE FROM parent');
		const second = await pair.sync();
		expect(second.local_to_cloud.errors).toBe(0);
		expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
	});
});
