import { expect, it } from 'vitest';
import { enginePair } from '../../support/engine-pair.ts';
import { someoneWaits } from '../../support/lock-waits.ts';
import { describeOneWay } from '../../support/suites.ts';

const schemas = {
	'loses rows and gets others': 'CREATE TABLE item (id INT PRIMARY KEY, n INT)',
	'refers to itself': `CREATE TABLE item (
		id INT PRIMARY KEY, n INT, parent INT, FOREIGN KEY (parent) REFERENCES item (id)
	)`,
};

describeOneWay('a batch of a table, between', (products) => {
	it.each(Object.entries(schemas))(
		'that %s locks rows in the order of their keys, as applications do',
		async (_, table) => {
			const pair = await enginePair(products, { schema: [table] });
			await pair.sync();
			const [local, cloud] = [pair.local.connection, pair.cloud.connection];
			await local.query('INSERT INTO item (id, n) VALUES (1, 0), (2, 0), (3, 0)');
			await pair.sync();
			await local.query('DELETE FROM item WHERE id = 3');
			await local.query('UPDATE item SET n = 1 WHERE id = 2');
			await local.query('UPDATE item SET n = 1 WHERE id = 1');
			await cloud.query('START TRANSACTION');
			await cloud.query('SELECT n FROM item WHERE id = 1 FOR UPDATE');
			const syncing = pair.sync();
			await someoneWaits(await pair.cloud.connect());
			for (const id of [2, 3]) {
				await cloud.query(`SELECT n FROM item WHERE id = ${id} FOR UPDATE NOWAIT`);
			}
			await cloud.query('COMMIT');
			await syncing;
			expect(await pair.differences()).toEqual([]);
		},
	);
});
