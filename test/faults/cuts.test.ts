import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type ConflictPolicy, type Side, sides } from '../../source/config/types.ts';
import type { Product } from '../../source/demo/servers/product.ts';
import { asSyncError } from '../../source/errors.ts';
import { type EnginePair, enginePair } from '../support/engine-pair.ts';
import { type LineProxy, startProxy, type Way } from '../support/proxy.ts';
import { Chance, rounds, timeFor } from '../support/rounds.ts';
import { sharedServer } from '../support/servers.ts';
import { describeOneWay } from '../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, owner VARCHAR(5) NOT NULL, stamp INT NOT NULL, UNIQUE (owner, stamp))',
	`CREATE TABLE part (id INT PRIMARY KEY, item_id INT NOT NULL, text VARCHAR(2000),
		FOREIGN KEY (item_id) REFERENCES item (id) ON DELETE CASCADE)`,
];

/** Different rows on each side, so that the expected result is known. */
const rowsOfSide = 20;
const firstRow: Record<Side, number> = { local: 1, cloud: 1001 };

/** What each side last wrote to its own rows. */
type Expected = Record<Side, Map<number, number>>;

type Proxies = Record<Side, LineProxy>;

async function throughProxies(
	products: Record<Side, Product>,
	conflict: ConflictPolicy = 'newest',
): Promise<[EnginePair, Proxies]> {
	const proxies = {
		local: await startProxy(sharedServer(products.local).address),
		cloud: await startProxy(sharedServer(products.cloud).address),
	};
	const ports = { local: proxies.local.port, cloud: proxies.cloud.port };
	const pair = await enginePair(products, { schema, ports, config: { batchSize: 8, conflict } });
	return [pair, proxies];
}

/** Inserts, updates and deletes some rows of a side's own. */
async function write(
	connection: Connection,
	side: Side,
	expected: Map<number, number>,
	chance: Chance,
	round: number,
): Promise<void> {
	for (let count = 0; count < 15; count += 1) {
		const id = firstRow[side] + chance.below(rowsOfSide);
		const stamp = round * 1000 + count;
		if (expected.has(id) && chance.below(4) === 0) {
			await connection.query('DELETE FROM item WHERE id = ?', [id]);
			expected.delete(id);
			continue;
		}
		await connection.query(
			'INSERT INTO item VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE stamp = VALUES(stamp)',
			[id, side, stamp],
		);
		const text = 'x'.repeat(chance.below(2000));
		await connection.query(
			'INSERT INTO part VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE text = VALUES(text)',
			[id, id, text],
		);
		expected.set(id, stamp);
	}
}

/** The rows of a side, in the form of the expectation. */
async function standing(connection: Connection): Promise<Expected> {
	const [rows] = await connection.query('SELECT id, owner, stamp FROM item');
	const found: Expected = { local: new Map(), cloud: new Map() };
	for (const { id, owner, stamp } of rows as { id: number; owner: Side; stamp: number }[]) {
		found[owner].set(id, stamp);
	}
	return found;
}

/** Syncs; a connection that is cut must be reported as such. Resolves to true if one was. */
async function isCut(pair: EnginePair, words: string): Promise<boolean> {
	try {
		const { local_to_cloud, cloud_to_local } = await pair.sync();
		expect([...local_to_cloud.errors, ...cloud_to_local.errors], words).toEqual([]);
		return false;
	} catch (thrown) {
		expect(asSyncError(thrown), words).toMatchObject({ code: 'unreachable' });
		return true;
	}
}

async function isWhole(pair: EnginePair, expected: Expected, words: string): Promise<void> {
	await pair.sync();
	expect(await pair.differences(), words).toEqual([]);
	const found = await standing(pair.local.connection);
	for (const side of sides) {
		expect([...found[side]].sort(), words).toEqual([...expected[side]].sort());
	}
	const again = await pair.sync();
	expect(again.local_to_cloud.batches + again.cloud_to_local.batches, words).toBe(0);
}

const runs = rounds(6);

describeOneWay('lines that are cut, between', (products) => {
	it(
		'at any byte cost nothing but another run',
		async () => {
			const chance = new Chance(products.label);
			const [pair, proxies] = await throughProxies(products);
			await pair.sync();
			const expected: Expected = { local: new Map(), cloud: new Map() };
			const writeAll = async (round: number) => {
				for (const side of sides) {
					await write(pair[side].connection, side, expected[side], chance, round);
				}
			};
			await writeAll(1);
			const before = sides.map((side) => ({ ...proxies[side].passed }));
			await isWhole(pair, expected, chance.words);
			// Two runs went through, and the second had nothing to move.
			const span = sides.map((side, index) => ({
				up: (proxies[side].passed.up - (before[index]?.up ?? 0)) * 0.7,
				down: (proxies[side].passed.down - (before[index]?.down ?? 0)) * 0.7,
			}));
			let cuts = 0;
			for (let round = 2; round < 2 + runs; round += 1) {
				await writeAll(round);
				const side = chance.pick(sides);
				const way = chance.pick<Way>(['up', 'down']);
				const bytes = chance.below(span[sides.indexOf(side)]?.[way] ?? 0);
				const words = `${side}, ${way}, after ${bytes} bytes; ${chance.words}`;
				proxies[side].cutAfter(way, bytes);
				if (await isCut(pair, words)) cuts += 1;
				proxies[side].mend();
				await isWhole(pair, expected, words);
			}
			expect(cuts, chance.words).toBeGreaterThan(runs / 2);
		},
		timeFor(runs),
	);

	it.each(sides)(
		'with the answer to a COMMIT on %s lost, nothing is applied a second time, nor contested',
		async (side) => {
			const source: Side = side === 'local' ? 'cloud' : 'local';
			const [pair, proxies] = await throughProxies(products, source);
			await pair.sync();
			await pair[source].connection.query(`INSERT INTO item VALUES (1, 'local', 1)`);
			// The first COMMIT on a target is that of the batch.
			proxies[side].swallowReply('COMMIT', side === 'cloud' ? 1 : 2);
			expect(await isCut(pair, 'the run')).toBe(true);
			expect(proxies[side].struck).toBe(1);
			// The row is there, and goes on living there before the next run.
			await pair[side].connection.query('UPDATE item SET stamp = 2 WHERE id = 1');
			await isWhole(pair, { local: new Map([[1, 2]]), cloud: new Map() }, 'afterwards');
			const [conflicts] = await pair[side].connection.query('SELECT * FROM change_log_conflicts');
			expect(conflicts).toEqual([]);
		},
	);

	it('half closed, end a run with an error that says so', async () => {
		const [pair, proxies] = await throughProxies(products);
		await pair.sync();
		await pair.local.connection.query(`INSERT INTO item VALUES (1, 'local', 1)`);
		proxies.cloud.onStatement('START TRANSACTION', () => proxies.cloud.halfClose());
		expect(await isCut(pair, 'the run')).toBe(true);
		await isWhole(pair, { local: new Map([[1, 1]]), cloud: new Map() }, 'afterwards');
	});
});
