import { expect, it } from 'vitest';
import { enginePair, errorsOf } from '../../../support/engine-pair.ts';
import { describeCombinations, everyday } from '../../../support/suites.ts';
import { leftByUninstalling } from './installed.ts';

describeCombinations(
	'what foreign keys do, between',
	(combination) => {
		it.each(everyday(['t', 'R', 'one', 'f0', 'r'], 2))(
			'is captured in a tree that is called %s',
			async (name) => {
				const pair = await enginePair(combination, {
					schema: [
						`CREATE TABLE ${name} (id INT PRIMARY KEY, fate INT, row_key INT, c0_0 INT,
					FOREIGN KEY (c0_0) REFERENCES ${name} (id) ON DELETE CASCADE)`,
					],
				});
				await pair.sync();
				await pair.local.connection.query(
					`INSERT INTO ${name} VALUES (1, 1, 1, NULL), (2, 2, 2, 1), (3, 3, 3, 2), (4, 4, 4, NULL)`,
				);
				expect(errorsOf(await pair.sync())).toEqual([]);
				await pair.cloud.connection.query(`DELETE FROM ${name} WHERE id = 1`);
				const moved = await pair.sync();
				expect(errorsOf(moved)).toEqual([]);
				expect(moved.cloud_to_local.applied).toBe(3);
				expect(await pair.differences()).toEqual([]);
				expect(await leftByUninstalling(pair)).toEqual([]);
			},
		);

		it('is captured where they spell columns in another letter case', async () => {
			const pair = await enginePair(combination, {
				schema: [
					'CREATE TABLE parent (Id INT PRIMARY KEY, code INT UNIQUE)',
					`CREATE TABLE child (Id INT, Parent_Id INT, PRIMARY KEY (Parent_Id, Id),
					FOREIGN KEY (PARENT_ID) REFERENCES parent (ID) ON DELETE CASCADE ON UPDATE CASCADE)`,
					`CREATE TABLE grandchild (Id INT PRIMARY KEY, Parent_Id INT, Child_Id INT,
					FOREIGN KEY (parent_id, child_id) REFERENCES child (PARENT_id, ID)
					ON DELETE CASCADE ON UPDATE CASCADE)`,
					`CREATE TABLE tree (Id INT PRIMARY KEY, Up INT, Code INT,
					FOREIGN KEY (UP) REFERENCES tree (ID) ON DELETE CASCADE,
					FOREIGN KEY (CODE) REFERENCES parent (CODE) ON DELETE SET NULL ON UPDATE CASCADE)`,
				],
			});
			await pair.sync();
			await pair.local.connection.query(
				`INSERT INTO parent VALUES (1, 10), (2, 20), (3, 30);
			INSERT INTO child VALUES (1, 1), (2, 2), (3, 3);
			INSERT INTO grandchild VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3);
			INSERT INTO tree VALUES (1, NULL, 10), (2, 1, 20), (3, 2, 30), (4, NULL, 30)`,
			);
			expect(errorsOf(await pair.sync())).toEqual([]);
			await pair.cloud.connection.query('DELETE FROM parent WHERE id = 1');
			await pair.cloud.connection.query('UPDATE parent SET id = 20, code = 21 WHERE id = 2');
			await pair.cloud.connection.query('DELETE FROM tree WHERE id = 2');
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([]);
			expect(await pair.differences()).toEqual([]);
			// parent 1, 2, 20; child (1,1), (2,2), (20,2); grandchild 1, 2; tree 1, 2, 3
			expect(moved.cloud_to_local.applied).toBeGreaterThanOrEqual(11);
			await pair.local.connection.query('UPDATE parent SET id = 200 WHERE id = 20');
			await pair.local.connection.query('DELETE FROM parent WHERE id = 3');
			expect(errorsOf(await pair.sync())).toEqual([]);
			expect(await pair.differences()).toEqual([]);
		});
	},
	'one way',
);
