import { expect, it } from 'vitest';
import { acknowledge } from '../../source/changelog/log/acknowledge.ts';
import { fetchPending } from '../../source/changelog/log/pending.ts';
import type { Connection } from '../../source/database/connection/connection.ts';
import { products } from '../../source/demo/servers/product.ts';
import { openEnd } from '../support/ends.ts';
import { enginePair } from '../support/engine-pair.ts';
import { describeOn } from '../support/suites.ts';

/** Rows and index entries that a session has read so far. */
async function rowsRead(connection: Connection): Promise<number> {
	const counters = await connection.rows<{ Value: string }>(
		"SHOW SESSION STATUS LIKE 'Handler_read_%'",
	);
	return counters.reduce((sum, { Value }) => sum + Number(Value), 0);
}

const schema = ['CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20))'];

for (const product of products) {
	describeOn([product], `changes that are being marked on ${product}`, () => {
		it('keep no application from writing, before them, among them or after them', async () => {
			const pair = await enginePair({ local: product, cloud: product }, { schema });
			await pair.sync();
			const application = pair.local.connection;
			await application.query('SET innodb_lock_wait_timeout = 1');
			await application.query("INSERT INTO item (name) VALUES ('a'), ('b'), ('c')");
			const engine = await openEnd(pair.local, { nodeId: 'site' });
			await engine.transaction(async () => {
				const pending = { peer: 'cloud', tables: ['item'], limit: 100 };
				await acknowledge(engine, await fetchPending(engine, pending), 'cloud');
				await application.query("INSERT INTO item (name) VALUES ('d')");
				await application.query("UPDATE item SET name = 'e'");
				await application.query('DELETE FROM item WHERE id = 2');
			});
			await pair.sync();
			expect(await pair.differences()).toEqual([]);
		});

		it('with a low id that comes late, after higher ones were marked, are delivered', async () => {
			const pair = await enginePair({ local: product, cloud: product }, { schema });
			await pair.sync();
			const late = await pair.local.connect();
			await late.beginTransaction();
			await late.query("INSERT INTO item VALUES (1, 'late')");
			for (let id = 2; id < 30; id += 1) {
				await pair.local.connection.query(`INSERT INTO item VALUES (${id}, 'on time')`);
				if (id % 10 === 0) await pair.sync();
			}
			await pair.sync();
			await late.commit();
			expect((await pair.sync()).local_to_cloud).toMatchObject({ applied: 1, errors: [] });
			expect(await pair.differences()).toEqual([]);
		});

		it('are found without a look at the history', async () => {
			const pair = await enginePair({ local: product, cloud: product }, { schema });
			await pair.sync();
			const engine = await openEnd(pair.local, { nodeId: 'site' });
			await engine.run(
				`INSERT INTO change_log (table_name, operation, row_key, source_node, applied_nodes, changed_at)
				SELECT 'item', 'INSERT', CONCAT('x', a.n, b.n, c.n), 'site', 'cloud', UTC_TIMESTAMP(6)
				FROM (${digits}) AS a, (${digits}) AS b, (${digits}) AS c`,
			);
			await pair.local.connection.query("INSERT INTO item (name) VALUES ('new')");
			const before = await rowsRead(engine);
			const found = await fetchPending(engine, { peer: 'cloud', tables: ['item'], limit: 100 });
			expect(found).toHaveLength(1);
			expect((await rowsRead(engine)) - before).toBeLessThan(50);
		});
	});
}

const digits = Array.from({ length: 10 }, (_, n) => `SELECT ${n} AS n`).join(' UNION ALL ');
