import { expect, it } from 'vitest';
import type { Product } from '../../source/demo/servers/product.ts';
import { compareTables } from '../support/compare-tables.ts';
import { freshDatabase } from '../support/databases.ts';
import { runProgram, writeConfig } from '../support/program.ts';
import { describeOn, everyday } from '../support/suites.ts';

const table =
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(60), touched INT NOT NULL DEFAULT 0)';

interface Moved {
	applied: number;
	errors: number;
}

interface Synced {
	pairs: { name: string; local_to_cloud: Moved; cloud_to_local: Moved }[];
}

/** Three sites on both products, and a hub; each site has its own pair with the hub. */
async function hubOf(hubProduct: Product) {
	const hub = await freshDatabase(hubProduct);
	const sites = [
		await freshDatabase('mariadb'),
		await freshDatabase('mysql'),
		await freshDatabase('mariadb'),
	];
	const pairs = sites.map((site, index) => ({
		name: `site${index + 1}`,
		local: { ...site.end, node_id: `site${index + 1}` },
		cloud: { ...hub.end, node_id: 'hub' },
		tables: 'all',
	}));
	const connections = [];
	for (const database of [hub, ...sites]) {
		const connection = await database.connect();
		await connection.query(table);
		connections.push(connection);
	}
	const [atHub, ...atSites] = connections;
	if (!atHub) throw new Error('no hub');
	return { pairs, atHub, atSites };
}

function movedBy({ pairs }: Synced): number {
	return pairs.reduce(
		(sum, pair) => sum + pair.local_to_cloud.applied + pair.cloud_to_local.applied,
		0,
	);
}

describeOn(['mariadb', 'mysql'], 'three sites and a hub', () => {
	it.each(everyday(['mysql', 'mariadb'] as const, 1))(
		'on %s converge in one sync',
		async (product) => {
			const { pairs, atHub, atSites } = await hubOf(product);
			const config = await writeConfig({ sync_pairs: pairs });
			await runProgram(['install'], { config });
			for (const [index, site] of atSites.entries()) {
				await site.query('INSERT INTO item (id, name) VALUES ?', [
					Array.from({ length: 50 }, (_, row) => [index * 1000 + row, `from site ${index + 1}`]),
				]);
			}
			await atHub.query("INSERT INTO item (id, name) VALUES (9000, 'from the hub')");

			const first = await runProgram(['sync', '--json'], { config });

			expect(first).toMatchObject({ code: 0, stderr: '' });
			for (const site of atSites) expect(await compareTables(atHub, site)).toEqual([]);
			const [rows] = await atHub.query('SELECT COUNT(*) AS n FROM item');
			expect(rows).toEqual([{ n: '151' }]);
			const second = await runProgram(['sync', '--json'], { config });
			expect(movedBy(second.json<Synced>())).toBe(0);
		},
	);

	it('pass a change on to the others but never back to where it was made', async () => {
		const { pairs, atHub, atSites } = await hubOf('mysql');
		const config = await writeConfig({ sync_pairs: pairs });
		await runProgram(['install'], { config });
		await atSites[0]?.query("INSERT INTO item (id, name) VALUES (1, 'once')");

		const synced = (await runProgram(['sync', '--json'], { config })).json<Synced>();

		expect(movedBy(synced)).toBe(3);
		const [log] = await atHub.query('SELECT source_node, applied_nodes FROM change_log');
		expect(log).toEqual([{ source_node: 'site1', applied_nodes: 'site1,site2,site3' }]);
	});

	it('converge when each site has its own engine and its own times', async () => {
		const { pairs, atHub, atSites } = await hubOf('mariadb');
		const configs = await Promise.all(
			pairs.map((pair) => writeConfig({ node_id: pair.name, sync_pairs: [pair] })),
		);
		for (const config of configs) await runProgram(['install'], { config });
		const work = async (round: number) => {
			for (const [index, site] of atSites.entries()) {
				const id = round * 100 + index;
				await site.query('INSERT INTO item (id, name) VALUES (?, ?)', [id, `round ${round}`]);
				await site.query('UPDATE item SET touched = touched + ? WHERE id % 3 = ?', [
					index + 1,
					round % 3,
				]);
				await site.query('DELETE FROM item WHERE id = ?', [id - 200]);
			}
		};
		const syncAll = () =>
			Promise.all(configs.map((config) => runProgram(['sync', '--json'], { config })));
		for (let round = 1; round <= 4; round += 1) {
			await work(round);
			const results = await syncAll();
			for (const result of results) expect(result.stderr).toBe('');
		}
		for (let pass = 1, moved = 1; moved > 0; pass += 1) {
			expect(pass).toBeLessThan(8);
			moved = 0;
			for (const result of await syncAll()) moved += movedBy(result.json<Synced>());
		}
		for (const site of atSites) expect(await compareTables(atHub, site)).toEqual([]);
	});
});
