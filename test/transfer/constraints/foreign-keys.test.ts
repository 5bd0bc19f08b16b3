import { expect, it } from 'vitest';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeCombinations } from '../../support/suites.ts';

async function expectInSync(pair: EnginePair): Promise<void> {
	expect(errorsOf(await pair.sync())).toEqual([]);
	expect(await pair.differences()).toEqual([]);
}

describeCombinations(
	'rows under foreign keys, between',
	(combination) => {
		it.each([1, 100])('arrive in a tree, whatever the order (batches of %i)', async (batchSize) => {
			const pair = await enginePair(combination, {
				schema: [
					'CREATE TABLE tree (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES tree (id))',
				],
				config: { batchSize, maxBatchSize: batchSize },
			});
			await pair.sync();
			const { connection } = pair.local;
			const ids = Array.from({ length: 40 }, (_, id) => id);
			await connection.query(`INSERT INTO tree VALUES ${ids.map((id) => `(${id}, NULL)`)}`);
			// Each refers to one that was made after it; the last one to itself.
			await connection.query('UPDATE tree SET parent = LEAST(id + 1, 39)');
			await expectInSync(pair);
			await connection.query('UPDATE tree SET parent = NULL');
			await connection.query('DELETE FROM tree WHERE id > 3');
			await connection.query('UPDATE tree SET parent = id - 1 WHERE id > 0');
			await expectInSync(pair);
			await connection.query('UPDATE tree SET parent = NULL');
			await connection.query('DELETE FROM tree');
			await expectInSync(pair);
		});

		it.each([1, 100])('arrive in a circle of tables (batches of %i)', async (batchSize) => {
			const pair = await enginePair(combination, {
				schema: [
					'CREATE TABLE team (id INT PRIMARY KEY, head INT, name VARCHAR(9) NOT NULL)',
					'CREATE TABLE person (id INT PRIMARY KEY, team INT NOT NULL, FOREIGN KEY (team) REFERENCES team (id))',
					'ALTER TABLE team ADD FOREIGN KEY (head) REFERENCES person (id)',
				],
				config: { batchSize, maxBatchSize: batchSize },
			});
			await pair.sync();
			const { connection } = pair.local;
			await connection.query("INSERT INTO team VALUES (1, NULL, 'a'), (2, NULL, 'b')");
			await connection.query('INSERT INTO person VALUES (10, 1), (11, 1), (20, 2)');
			await connection.query('UPDATE team SET head = id * 10');
			await expectInSync(pair);
			await connection.query('UPDATE person SET team = 3 - team WHERE id = 11');
			await connection.query('UPDATE team SET head = 11 WHERE id = 2');
			await connection.query('DELETE FROM person WHERE id = 20');
			await expectInSync(pair);
			await connection.query('UPDATE team SET head = NULL');
			await connection.query('DELETE FROM person');
			await connection.query('DELETE FROM team');
			await expectInSync(pair);
		});

		it('arrive although the row they refer to changed its key, or moved', async () => {
			const pair = await enginePair(combination, {
				schema: [
					'CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(9) NOT NULL UNIQUE)',
					'CREATE TABLE child (id INT PRIMARY KEY, code VARCHAR(9) NOT NULL, FOREIGN KEY (code) REFERENCES parent (code) ON UPDATE CASCADE ON DELETE CASCADE)',
					'CREATE TABLE grandchild (id INT PRIMARY KEY, child INT NOT NULL, FOREIGN KEY (child) REFERENCES child (id) ON DELETE CASCADE)',
				],
				config: { batchSize: 2, maxBatchSize: 2 },
			});
			await pair.sync();
			const { connection } = pair.local;
			await connection.query("INSERT INTO parent VALUES (1, 'one'), (2, 'two'), (3, 'three')");
			await connection.query("INSERT INTO child VALUES (1, 'one'), (2, 'two'), (3, 'three')");
			await connection.query('INSERT INTO grandchild VALUES (1, 1), (2, 2), (3, 3)');
			await expectInSync(pair);
			await connection.query("UPDATE child SET code = 'two' WHERE id = 1");
			await connection.query('DELETE FROM parent WHERE id = 1');
			await connection.query("UPDATE parent SET code = 'drei' WHERE id = 3");
			await connection.query("INSERT INTO parent VALUES (1, 'one'), (4, 'four')");
			await connection.query("INSERT INTO child VALUES (4, 'four')");
			await connection.query('DELETE FROM parent WHERE id = 2');
			await expectInSync(pair);
			const [rows] = await pair.cloud.connection.query('SELECT id FROM grandchild');
			expect(rows).toEqual([{ id: 3 }]);
		});

		it('that only one side has, end the same on both', async () => {
			const tables = (constraint: string) => [
				'CREATE TABLE parent (id INT PRIMARY KEY)',
				`CREATE TABLE child (id INT PRIMARY KEY, parent INT${constraint})`,
			];
			const pair = await enginePair(combination, {
				schema: {
					local: tables(''),
					cloud: tables(', FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE'),
				},
			});
			await pair.sync();
			const { connection } = pair.local;
			await connection.query('INSERT INTO parent VALUES (1), (2)');
			await connection.query('INSERT INTO child VALUES (1, 1), (2, 2), (3, 3)');
			expect(errorsOf(await pair.sync())).toEqual([
				expect.stringMatching(
					/cloud, table child, row id=3: .*foreign key(.|\n)*does not exist on the target/,
				),
			]);
			await connection.query('DELETE FROM child WHERE id = 3');
			await connection.query('DELETE FROM parent WHERE id = 1');
			await expectInSync(pair);
			const [rows] = await connection.query('SELECT id FROM child');
			expect(rows).toEqual([{ id: 2 }]);
		});

		it('that the first side alone has, travel back from it in the same run', async () => {
			const tables = (constraint: string) => [
				'CREATE TABLE parent (id INT PRIMARY KEY)',
				`CREATE TABLE child (id INT PRIMARY KEY, parent INT${constraint})`,
			];
			const pair = await enginePair(combination, {
				schema: {
					local: tables(', FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE'),
					cloud: tables(''),
				},
			});
			await pair.sync();
			const { connection } = pair.cloud;
			await connection.query('INSERT INTO parent VALUES (1), (2)');
			await connection.query('INSERT INTO child VALUES (1, 1), (2, 2)');
			await expectInSync(pair);
			await connection.query('DELETE FROM parent WHERE id = 1');
			await expectInSync(pair);
			const [rows] = await connection.query('SELECT id FROM child');
			expect(rows).toEqual([{ id: 2 }]);
		});
	},
	'one way',
);
