import { expect, it } from 'vitest';
import type { Side } from '../../source/config/types.ts';
import type { Product } from '../../source/demo/servers/product.ts';
import { enginePair } from '../support/engine-pair.ts';
import { startProxy } from '../support/proxy.ts';
import { sharedServer } from '../support/servers.ts';
import { describeCrossed } from '../support/suites.ts';

/** Packets to the target from a statement of a batch to its COMMIT, both of them counted. */
async function tripsFrom(
	statement: string,
	{ local, cloud }: Record<Side, Product>,
	atCloud: readonly string[] = [],
): Promise<number | undefined> {
	const proxy = await startProxy(sharedServer(cloud).address);
	const pair = await enginePair(
		{ local, cloud },
		{
			schema: ['CREATE TABLE item (id INT PRIMARY KEY, n INT NOT NULL)'],
			ports: { cloud: proxy.port },
		},
	);
	await pair.sync();
	for (const sql of atCloud) await pair.cloud.connection.query(sql);
	await pair.local.connection.query('INSERT INTO item VALUES (1, 1), (2, 2)');
	let trips: number | undefined;
	proxy.onStatement(statement, () => {
		const first = proxy.packets;
		proxy.onStatement('COMMIT', () => {
			trips = proxy.packets - first + 1;
		});
	});
	const { local_to_cloud } = await pair.sync(true);
	expect(local_to_cloud.applied).toBe(2);
	return trips;
}

describeCrossed('an application that waits for rows of a batch, between', (products) => {
	it('waits for three round trips to the target', async () => {
		expect(await tripsFrom('INSERT INTO `item`', products)).toBe(3);
	});

	it('waits for nine where rows are contested, after the batch was rolled back', async () => {
		const contested = ['INSERT INTO item VALUES (1, 10)'];
		// The ROLLBACK and the START TRANSACTION keep no row.
		expect(await tripsFrom('ROLLBACK', products, contested)).toBe(2 + 9);
	});
});
