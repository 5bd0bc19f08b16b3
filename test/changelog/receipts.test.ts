import { expect, it } from 'vitest';
import { products } from '../../source/demo/servers/product.ts';
import { compareTables } from '../support/compare-tables.ts';
import { testPair } from '../support/pair.ts';
import { startProgram } from '../support/program.ts';
import { describeOn } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

for (const product of products) {
	describeOn([product], `a batch on ${product} that was applied and not marked`, () => {
		const cutOff = async () => {
			const pair = await testPair(
				{ local: product, cloud: product },
				{
					schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20))'],
					pair: { conflict: 'local' },
				},
			);
			await pair.sync();
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'from local'), (2, 'stays')");
			const blocker = await pair.local.connect();
			await blocker.beginTransaction();
			await blocker.query('SELECT id FROM change_log FOR UPDATE');
			const program = await startProgram(['sync'], { config: pair.configPath });
			await waitFor(
				async () => {
					const [rows] = await pair.cloud.connection.query('SELECT id FROM item');
					return (rows as unknown[]).length === 2;
				},
				{ what: 'the rows in the cloud' },
			);
			program.signal('SIGKILL');
			await program.exited;
			await blocker.rollback();
			return pair;
		};

		it('is not applied a second time over what the application did since', async () => {
			const pair = await cutOff();
			await pair.cloud.connection.query("UPDATE item SET name = 'newer' WHERE id = 1");
			const moved = await pair.sync();
			expect(moved.local_to_cloud).toMatchObject({ applied: 0, conflicts: 0 });
			expect(moved.cloud_to_local).toMatchObject({ applied: 1, conflicts: 0 });
			const [rows] = await pair.local.connection.query('SELECT name FROM item ORDER BY id');
			expect(rows).toEqual([{ name: 'newer' }, { name: 'stays' }]);
			expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
		});

		it('does not match if the log was recreated and counts from 1 again', async () => {
			const pair = await cutOff();
			await pair.local.connection.query('TRUNCATE TABLE change_log');
			await pair.local.connection.query("UPDATE item SET name = 'after' WHERE id = 1");
			await pair.local.connection.query("UPDATE item SET name = 'after too' WHERE id = 2");
			const moved = await pair.sync();
			expect(moved.local_to_cloud).toMatchObject({ applied: 2, conflicts: 0 });
			expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
		});
	});
}
