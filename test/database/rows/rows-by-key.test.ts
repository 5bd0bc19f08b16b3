import { expect, it } from 'vitest';
import { readOnce } from '../../../source/database/catalogue/catalogue.ts';
import { readGrants } from '../../../source/database/rights/grants.ts';
import { formatRowKey } from '../../../source/database/rows/row-key.ts';
import { rowsByKey } from '../../../source/database/rows/rows-by-key.ts';
import { inspectTable, type TrackedTable } from '../../../source/database/rows/tracked-table.ts';
import type { Product } from '../../../source/demo/servers/product.ts';
import { products } from '../../../source/demo/servers/product.ts';
import { freshDatabase } from '../../support/databases.ts';
import { openEnd } from '../../support/ends.ts';
import { enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeCombinations, describeOn } from '../../support/suites.ts';

async function threeRows(product: Product) {
	const database = await freshDatabase(product);
	const application = await database.connect();
	await application.query('CREATE TABLE item (id INT PRIMARY KEY, n INT)');
	await application.query('INSERT INTO item VALUES (1, 10), (2, 20), (3, 30)');
	const connection = await openEnd(database);
	const { tables } = await readOnce(connection, readGrants(connection), 'item');
	return { connection, table: inspectTable(tables[0]).tracked as TrackedTable };
}

const wanted = ['1', '2', '3', '4'].map((id) => {
	const key = [Buffer.from(id)];
	return { rowKey: formatRowKey(key), key };
});
const all = [
	['x31', [10]],
	['x32', [20]],
	['x33', [30]],
];

for (const product of products) {
	describeOn([product], `rows by their keys, from ${product}`, () => {
		it('are all that there are', async () => {
			const { connection, table } = await threeRows(product);
			const reading = { table, select: ['t.n'] };
			expect([...(await rowsByKey(connection, reading, wanted))]).toEqual(all);
			expect([...(await rowsByKey(connection, reading, wanted.slice(3)))]).toEqual([]);
		});

		it.each([1, 2])('are all that there are where results are cut after %i', async (limit) => {
			const { connection, table } = await threeRows(product);
			await connection.run(`SET SESSION sql_select_limit = ${limit}`);
			const reading = { table, select: ['t.n'] };
			expect([...(await rowsByKey(connection, reading, wanted))]).toEqual(all);
		});

		it('are an error where the server does not say whether there are any', async () => {
			const { connection, table } = await threeRows(product);
			await connection.run('SET SESSION sql_select_limit = 0');
			const reading = { table, select: ['t.n'] };
			await expect(rowsByKey(connection, reading, wanted)).rejects.toMatchObject({
				code: 'busy',
				place: { side: 'local', table: 'item' },
			});
		});
	});
}

describeCombinations(
	'an entry of the log whose key is written otherwise than the server writes it, between',
	(combination) => {
		it('names its row all the same, and does not delete it on the other side', async () => {
			const pair = await enginePair(combination, {
				schema: [
					'CREATE TABLE price (amount DECIMAL(10, 3) PRIMARY KEY, n INT)',
					'CREATE TABLE hour (at DATETIME(6) PRIMARY KEY, n INT)',
				],
			});
			await pair.sync();
			const { connection } = pair.local;
			await connection.query(
				"INSERT INTO price VALUES (1.5, 1), (2, 2); INSERT INTO hour VALUES ('2024-01-01', 1)",
			);
			await pair.sync();
			// As a log has them that is older than this program's own.
			await connection.query(
				`INSERT INTO change_log (table_name, operation, row_key, source_node, applied_nodes, changed_at)
			VALUES ('price', 'UPDATE', '1.5', 'site', '', UTC_TIMESTAMP(6)),
				('price', 'UPDATE', 'x32', 'site', '', UTC_TIMESTAMP(6)),
				('hour', 'UPDATE', '2024-01-01 00:00:00', 'site', '', UTC_TIMESTAMP(6))`,
			);
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([]);
			expect(moved.local_to_cloud.applied).toBe(3);
			expect(await pair.differences()).toEqual([]);
			const [rows] = await pair.cloud.connection.query('SELECT COUNT(*) AS n FROM price');
			expect(rows).toEqual([{ n: '2' }]);
		});
	},
);
