import { expect, it } from 'vitest';
import { enginePair } from '../support/engine-pair.ts';
import { startProxy } from '../support/proxy.ts';
import { sharedServer } from '../support/servers.ts';
import { describeCrossed } from '../support/suites.ts';

describeCrossed('an application that waits for rows of a batch, between', ({ local, cloud }) => {
	it('waits for three round trips to the target', async () => {
		const proxy = await startProxy(sharedServer(cloud).address);
		const pair = await enginePair(
			{ local, cloud },
			{
				schema: ['CREATE TABLE item (id INT PRIMARY KEY, n INT NOT NULL)'],
				ports: { cloud: proxy.port },
			},
		);
		await pair.sync();
		await pair.local.connection.query('INSERT INTO item VALUES (1, 1), (2, 2)');
		let trips: number | undefined;
		proxy.onStatement('INSERT INTO `item`', () => {
			const first = proxy.packets;
			proxy.onStatement('COMMIT', () => {
				trips = proxy.packets - first + 1;
			});
		});
		const { local_to_cloud } = await pair.sync(true);
		expect(local_to_cloud.applied).toBe(2);
		expect(trips).toBe(3);
	});
});
