import fc from 'fast-check';
import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { directions, type PairConfig } from '../../source/config/types.ts';
import { syncPair } from '../../source/engine/run/sync-pair.ts';
import { compareTables } from '../support/compare-tables.ts';
import { freshDatabase } from '../support/databases.ts';
import { engineEnd } from '../support/ends.ts';
import { pairDefaults } from '../support/engine-pair.ts';
import { describeInFull } from '../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE note (id INT PRIMARY KEY, written_at VARCHAR(10))',
];

const names = Array.from({ length: 10 }, (_, index) => `site${index}`);

const seed = Number(process.env.RANDOM_SEED ?? 1);

/** What one site does in a round: twelve rows, so that sites often change the same one. */
const turn = fc.record({
	what: fc.constantFrom('insert', 'update', 'delete'),
	id: fc.integer({ min: 1, max: 12 }),
});

/** In each round every site changes a row, and then some of them are there, in any order. */
const schedule = fc.array(
	fc.record({
		turns: fc.array(turn, { minLength: names.length, maxLength: names.length }),
		present: fc.shuffledSubarray(names.map((_, index) => index)),
	}),
	{ minLength: 6, maxLength: 6, size: 'max' },
);

function statement({ what, id }: { what: string; id: number }, name: string): string {
	switch (what) {
		case 'insert':
			return `INSERT INTO item VALUES (${id}, '${name}') ON DUPLICATE KEY UPDATE name = VALUES(name)`;
		case 'update':
			return `UPDATE item SET name = '${name}' WHERE id = ${id}`;
		default:
			return `DELETE FROM item WHERE id = ${id}`;
	}
}

/** Ten sites on both products, and a hub in the cloud that each has a pair with. */
async function tenSites() {
	const open = async (product: 'mariadb' | 'mysql') => {
		const database = await freshDatabase(product);
		const connection = await database.connect();
		for (const statement of schema) await connection.query(statement);
		return { database, connection };
	};
	const hub = await open('mysql');
	const sites = await Promise.all(
		names.map(async (node, index) => {
			const { database, connection } = await open(index % 2 === 0 ? 'mariadb' : 'mysql');
			const config: PairConfig = {
				...pairDefaults,
				name: node,
				local: engineEnd(database, { side: 'local', nodeId: node }),
				cloud: engineEnd(hub.database, { side: 'cloud', nodeId: 'hub' }),
			};
			const sync = () =>
				syncPair(config, { directions, once: false, stopped: () => false, say: () => {} });
			return { node, connection, sync };
		}),
	);
	return { hub: hub.connection, sites };
}

describeInFull(['mariadb', 'mysql'], 'ten sites and a hub', () => {
	it('all end with the same rows, each change once, whichever sites are offline meanwhile', async () => {
		const note = `RANDOM_SEED=${seed}`;
		const [rounds = []] = fc.sample(schedule, { numRuns: 1, seed });
		const { hub, sites } = await tenSites();
		for (const { sync } of sites) await sync();
		let notes = 0;
		for (const [round, { turns, present }] of rounds.entries()) {
			for (const [index, { node, connection }] of sites.entries()) {
				const change = turns[index] ?? { what: 'delete', id: 1 };
				await connection.query(statement(change, `${node} ${round}`));
				await connection.query('INSERT INTO note VALUES (?, ?)', [notes, node]);
				notes += 1;
			}
			for (const index of present) await sites[index]?.sync();
		}
		for (let pass = 0, moved = 1; moved > 0; pass += 1) {
			expect(pass, note).toBeLessThan(4);
			moved = 0;
			for (const { sync } of sites) {
				const { local_to_cloud, cloud_to_local } = await sync();
				moved += local_to_cloud.applied + cloud_to_local.applied;
			}
		}
		for (const { connection, node } of sites) {
			expect(await compareTables(hub, connection), `${node}, ${note}`).toEqual([]);
		}
		const [rows] = await hub.query<RowDataPacket[]>(
			`SELECT
				COUNT(*) AS entries,
				COUNT(DISTINCT row_key) AS changes,
				MIN(applied_nodes) AS least,
				MAX(applied_nodes) AS most
			FROM change_log
			WHERE table_name = 'note'`,
		);
		const everyone = names.join();
		expect(rows[0], note).toMatchObject({
			entries: String(notes),
			changes: String(notes),
			least: everyone,
			most: everyone,
		});
	});
});
