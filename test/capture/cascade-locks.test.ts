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
	});
}
