import { expect, it } from 'vitest';
import type { ConflictPolicy, Side } from '../../../source/config/types.ts';
import type { Product } from '../../../source/demo/servers/product.ts';
import { enginePair } from '../../support/engine-pair.ts';
import { type LineProxy, startProxy } from '../../support/proxy.ts';
import { sharedServer } from '../../support/servers.ts';
import { describeCrossed } from '../../support/suites.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, n INT NOT NULL)'];

/** Two rows on their way to the cloud, and what counts the packets to it. */
async function onTheWay(
	products: Record<Side, Product>,
	tables: readonly string[] = schema,
	conflict: ConflictPolicy = 'newest',
) {
	const proxy = await startProxy(sharedServer(products.cloud).address);
	const pair = await enginePair(products, {
		schema: tables,
		ports: { cloud: proxy.port },
		config: { conflict },
	});
	await pair.sync();
	await pair.local.connection.query('INSERT INTO item VALUES (1, 1), (2, 2)');
	return { proxy, pair };
}

/** Calls back with the packets from now until a COMMIT is sent, the first and the last counted. */
function untilCommit(proxy: LineProxy, tell: (packets: number) => void): void {
	const first = proxy.packets;
	proxy.onStatement('COMMIT', () => tell(proxy.packets - first + 1));
}

describeCrossed('an application that waits for rows of a batch, between', (products) => {
	it('waits for no round trip: the rows are written and committed in one packet', async () => {
		const { proxy, pair } = await onTheWay(products);
		let packets = 0;
		proxy.onStatement('INSERT INTO `item`', () => {
			untilCommit(proxy, (count) => {
				packets = count;
			});
		});
		expect((await pair.sync(true)).local_to_cloud.applied).toBe(2);
		expect(packets).toBe(1);
	});

	it('waits for none where rows are contested: the conflict is decided before they are locked', async () => {
		const { proxy, pair } = await onTheWay(products);
		await pair.cloud.connection.query('INSERT INTO item VALUES (1, 10)');
		let packets = 0;
		// The first one ends before it has locked a row, and nobody waits for its ROLLBACK.
		proxy.onStatement(
			'INSERT INTO `item`',
			() => {
				untilCommit(proxy, (count) => {
					packets = count;
				});
			},
			2,
		);
		expect((await pair.sync(true)).local_to_cloud).toMatchObject({ applied: 2, conflicts: 1 });
		expect(packets).toBe(1);
	});

	it('waits for one if it writes them faster than they can be resolved', async () => {
		const { proxy, pair } = await onTheWay(products, schema, 'local');
		let packets = 0;
		let overtaken = 0;
		const overtake = async () => {
			await pair.cloud.connection.query(`REPLACE INTO item VALUES (1, ${100 + overtaken})`);
			overtaken += 1;
			if (overtaken < 3) proxy.onStatement('INSERT INTO `item`', overtake);
			else {
				proxy.onStatement('START TRANSACTION', () => {
					untilCommit(proxy, (count) => {
						packets = count;
					});
				});
			}
		};
		proxy.onStatement('INSERT INTO `item`', overtake);
		expect((await pair.sync(true)).local_to_cloud).toMatchObject({ applied: 2, conflicts: 1 });
		// START TRANSACTION, which locks nothing; the locks; all the rest.
		expect(packets).toBe(3);
	});

	it('waits for none where a row is deleted with those that refer to it', async () => {
		const { proxy, pair } = await onTheWay(products, [
			...schema,
			`CREATE TABLE part (id INT PRIMARY KEY, item INT NOT NULL,
				FOREIGN KEY (item) REFERENCES item (id) ON DELETE CASCADE ON UPDATE CASCADE)`,
		]);
		await pair.local.connection.query('INSERT INTO part VALUES (1, 1), (2, 1)');
		await pair.sync(true);
		await pair.local.connection.query('DELETE FROM item WHERE id = 1');
		let packets = 0;
		proxy.onStatement('DELETE t FROM `part`', () => {
			untilCommit(proxy, (count) => {
				packets = count;
			});
		});
		expect((await pair.sync(true)).local_to_cloud.applied).toBe(3);
		expect(packets).toBe(1);
	});
});
