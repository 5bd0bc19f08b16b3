import { expect, it } from 'vitest';
import { products } from '../../source/demo/servers/product.ts';
import { freshDatabase, startOwnServer } from '../support/databases.ts';
import { enginePair } from '../support/engine-pair.ts';
import { describeOn } from '../support/suites.ts';

for (const product of products) {
	describeOn([product], `a ${product} server that writes a binary log`, () => {
		it('lets an ordinary user install no trigger, and the message names the variable', async () => {
			const server = await startOwnServer(product, { args: ['--log-bin=log', '--server-id=1'] });
			const pair = await enginePair(
				{ local: server, cloud: server },
				{ schema: ['CREATE TABLE item (id INT PRIMARY KEY)'] },
			);
			const admin = await (await freshDatabase(server)).connect();
			await admin.query("CREATE USER ordinary@'127.0.0.1' IDENTIFIED BY 'pass'");
			for (const { name } of [pair.local, pair.cloud]) {
				await admin.query(`GRANT ALL ON ${name}.* TO ordinary@'127.0.0.1'`);
			}
			for (const end of [pair.config.local, pair.config.cloud]) {
				Object.assign(end, { user: 'ordinary', password: 'pass' });
			}

			const { unsettled } = await pair.sync();

			expect(unsettled.join('\n')).toMatch(
				/item: .*set the global variable log_bin_trust_function_creators=1/s,
			);
			await admin.query('SET GLOBAL log_bin_trust_function_creators = 1');
			expect((await pair.sync()).unsettled).toEqual([]);
			await pair.local.connection.query('INSERT INTO item VALUES (1)');
			await pair.sync();
			expect(await pair.differences()).toEqual([]);
		});
	});
}
