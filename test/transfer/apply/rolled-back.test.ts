import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { enginePair } from '../../support/engine-pair.ts';
import { startProxy } from '../../support/proxy.ts';
import { sharedServer } from '../../support/servers.ts';
import { describeCrossed } from '../../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE part (id INT PRIMARY KEY, name VARCHAR(40))',
];

/** What makes a batch go over statement by statement. */
const triggers = ['item', 'part'].map(
	(table) => `CREATE TRIGGER own_${table} BEFORE INSERT ON ${table}
		FOR EACH ROW SET NEW.name = UPPER(NEW.name)`,
);

describeCrossed('a transaction that the server rolls back without a word, on', (products) => {
	it.each([
		// In the place of the rows of a table, after those of another.
		{
			way: 'statement by statement',
			own: triggers,
			beginning: 'INSERT INTO `part`',
		},
		// Before the changes of the batch are entered, after all rows.
		{ way: 'in one packet', own: [], beginning: 'INSERT INTO change_log_receipts' },
	])('is never committed in part: $way', async ({ own, beginning }) => {
		const proxy = await startProxy(sharedServer(products.cloud).address);
		const pair = await enginePair(products, {
			schema: { local: schema, cloud: [...schema, ...own] },
			ports: { cloud: proxy.port },
		});
		await pair.sync();
		for (const table of ['item', 'part']) {
			await pair.local.connection.query(`INSERT INTO ${table} VALUES (1, 'ONE'), (2, 'TWO')`);
		}
		const entries = async () => {
			const [[found]] = await pair.cloud.connection.query<RowDataPacket[]>(
				`SELECT
					(SELECT COUNT(*) FROM item) AS items,
					(SELECT COUNT(*) FROM part) AS parts,
					(SELECT COUNT(*) FROM change_log) AS changes`,
			);
			return Object.values(found ?? {}).map(Number);
		};

		proxy.replaceStatements(beginning, 'ROLLBACK');
		await expect(pair.sync()).rejects.toMatchObject({
			code: 'busy',
			message: 'the server rolled back the whole transaction without reporting an error',
		});
		expect(await entries()).toEqual([0, 0, 0]);

		proxy.mend();
		const moved = await pair.sync();
		expect(moved.local_to_cloud).toMatchObject({ applied: 4, errors: [] });
		expect(await entries()).toEqual([2, 2, 4]);
		expect(await pair.differences()).toEqual([]);
	});
});
