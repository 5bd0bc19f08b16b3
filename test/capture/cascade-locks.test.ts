import { expect, it } from 'vitest';
import { products } from '../../source/demo/servers/product.ts';
import { enginePair } from '../support/engine-pair.ts';
import { describeOn } from '../support/suites.ts';

const schemas = {
	path: `CREATE TABLE child (
		id INT PRIMARY KEY, parent INT, n INT,
		FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE
	)`,
	circle: `CREATE TABLE child (
		id INT PRIMARY KEY, parent INT, n INT, above INT,
		FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE,
		FOREIGN KEY (above) REFERENCES child (id) ON DELETE CASCADE
	)`,
};

/** Of a table whose rows nearly all refer to one row an optimizer likes to read the whole. */
const children = [9, 900];

for (const product of products) {
	describeOn([product], `an application's deletion that cascades on ${product}`, () => {
		it.each(
			Object.entries(schemas).flatMap(([shape, schema]) =>
				children.map((count) => ({ shape, schema, count })),
			),
		)('waits for no child of another row: $count by a $shape', async (one) => {
			const pair = await enginePair(
				{ local: product, cloud: product },
				{ schema: ['CREATE TABLE parent (id INT PRIMARY KEY)', one.schema] },
			);
			await pair.sync();
			const application = pair.local.connection;
			await application.query('INSERT INTO parent VALUES (1), (2), (3)');
			const rows = Array.from({ length: one.count }, (_, index) => `(${index + 10}, 2)`);
			await application.query(`INSERT INTO child (id, parent) VALUES ${rows.join(', ')}`);
			await application.query('INSERT INTO child (id, parent) VALUES (1, 1), (5000, 3)');
			await application.query('ANALYZE TABLE parent, child');
			const other = await pair.local.connect();
			await other.query('START TRANSACTION');
			await other.query('UPDATE child SET n = 1 WHERE id = 1');
			await other.query('UPDATE child SET n = 1 WHERE id = 5000');
			await application.query('SET innodb_lock_wait_timeout = 1');
			await application.query('DELETE FROM parent WHERE id = 2');
			await other.query('ROLLBACK');
			await pair.sync();
			expect(await pair.differences()).toEqual([]);
		});

		// A tree whose roots refer to nothing: for a NULL, MariaDB can read and lock all of them.
		it.each(children)('waits for none of %i rows that refer to no row', async (count) => {
			const pair = await enginePair(
				{ local: product, cloud: product },
				{
					schema: [
						`CREATE TABLE tree (
							id INT PRIMARY KEY, above INT,
							FOREIGN KEY (above) REFERENCES tree (id) ON DELETE CASCADE
						)`,
						`CREATE TABLE leaf (
							id INT PRIMARY KEY, tree INT, code INT UNIQUE,
							FOREIGN KEY (tree) REFERENCES tree (id) ON DELETE SET NULL
						)`,
						`CREATE TABLE note (
							id INT PRIMARY KEY, code INT, tree INT,
							FOREIGN KEY (code) REFERENCES leaf (code) ON DELETE CASCADE,
							FOREIGN KEY (tree) REFERENCES tree (id) ON DELETE CASCADE
						)`,
					],
				},
			);
			await pair.sync();
			const application = pair.local.connection;
			const rootless = Array.from({ length: count }, (_, index) => `(${index + 10}, NULL)`);
			for (const table of ['tree (id, above)', 'leaf (id, tree)', 'note (id, tree)']) {
				await application.query(`INSERT INTO ${table} VALUES ${rootless.join(', ')}`);
			}
			await application.query('INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2)');
			await application.query('INSERT INTO leaf VALUES (1, 2, 7), (2, 3, NULL)');
			await application.query('INSERT INTO note VALUES (1, 7, NULL), (2, NULL, 3)');
			await application.query('ANALYZE TABLE tree, leaf, note');
			const other = await pair.local.connect();
			await other.query('START TRANSACTION');
			for (const table of ['note', 'leaf', 'tree']) {
				await other.query(`DELETE FROM ${table} WHERE id = 11`);
			}
			await application.query('SET innodb_lock_wait_timeout = 1');
			await application.query('DELETE FROM tree WHERE id = 1');
			await other.query('COMMIT');
			await pair.sync();
			expect(await pair.differences()).toEqual([]);
		});
	});
}
