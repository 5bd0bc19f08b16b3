import { expect, it } from 'vitest';
import { enginePair, errorsOf } from '../support/engine-pair.ts';
import { describeOnGalera, type GaleraNode, startGalera } from '../support/galera.ts';
import { atSuiteEnd } from '../support/suites.ts';
import { beforeAll } from 'vitest';

describeOnGalera('a Galera node that takes no large transactions', () => {
	const atEnd = atSuiteEnd();
	let node: GaleraNode;
	beforeAll(async () => {
		[node] = (await startGalera(1, { atEnd })) as [GaleraNode];
	});

	it('gets 20,000 rows in transactions of at most 1,000', async () => {
		const pair = await enginePair(
			{ local: 'mariadb', cloud: node },
			{ schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'] },
		);
		await pair.sync();
		await pair.local.connection.query(
			"INSERT INTO item SELECT seq, CONCAT('row ', seq) FROM seq_1_to_20000",
		);
		await node.run('SET GLOBAL wsrep_max_ws_rows = 1000');
		const moved = await pair.sync();
		console.log(moved.said, moved.local_to_cloud.batches, errorsOf(moved));
		expect(errorsOf(moved)).toEqual([]);
		expect(moved.local_to_cloud.applied).toBe(20000);
		expect(await pair.differences()).toEqual([]);
	}, 120_000);
});
