import { expect, it } from 'vitest';
import { compareTables } from '../../support/compare-tables.ts';
import { type TestPair, testPair } from '../../support/pair.ts';
import { type Combination, describeCombinations } from '../../support/suites.ts';

const schema = [
	`CREATE TABLE item (
		id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
		name VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci,
		amount DECIMAL(12, 3)
	)`,
	`CREATE TABLE place (
		shelf INT NOT NULL,
		slot VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
		batch BIGINT UNSIGNED NOT NULL,
		note TEXT,
		PRIMARY KEY (shelf, slot, batch)
	)`,
	'CREATE TABLE loose (words VARCHAR(20))',
];

async function fresh(combination: Combination): Promise<TestPair> {
	const pair = await testPair(combination, { schema });
	await pair.run('install');
	return pair;
}

/** Syncs, and expects both sides equal and a second pass to move nothing. */
async function expectInSync(pair: TestPair): Promise<void> {
	const first = await pair.sync();
	expect(first.local_to_cloud.errors + first.cloud_to_local.errors).toBe(0);
	expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
	const second = await pair.sync();
	expect(second.local_to_cloud.applied + second.cloud_to_local.applied).toBe(0);
}

describeCombinations(
	'changes between',
	(combination) => {
		it('arrive from both sides: inserts, updates and deletes', async () => {
			const pair = await fresh(combination);
			const { local, cloud } = pair;
			await local.connection.query(
				"INSERT INTO item VALUES (1, 'one', 1.5), (2, 'two', 2), (3, 'drei ü 😀', NULL)",
			);
			await local.connection.query(
				"INSERT INTO place VALUES (1, 'a', 18446744073709551615, 'x'), (1, 'b', 0, NULL)",
			);
			await expectInSync(pair);
			await cloud.connection.query("UPDATE item SET name = 'zwei', amount = -0.001 WHERE id = 2");
			await cloud.connection.query('DELETE FROM item WHERE id = 1');
			await cloud.connection.query("INSERT INTO item VALUES (10, 'zehn', 10)");
			await local.connection.query("UPDATE place SET note = 'changed' WHERE slot = 'a'");
			await local.connection.query("DELETE FROM place WHERE slot = 'b'");
			await expectInSync(pair);
			const [rows] = await local.connection.query('SELECT id, name, amount FROM item ORDER BY id');
			expect(rows).toEqual([
				{ id: 2, name: 'zwei', amount: '-0.001' },
				{ id: 3, name: 'drei ü 😀', amount: null },
				{ id: 10, name: 'zehn', amount: '10.000' },
			]);
		});

		it('of the key take the old row away and bring the new one', async () => {
			const pair = await fresh(combination);
			const { local, cloud } = pair;
			await local.connection.query("INSERT INTO item VALUES (1, 'one', 1), (2, 'two', 2)");
			await local.connection.query("INSERT INTO place VALUES (1, 'a', 7, 'x')");
			await expectInSync(pair);
			await local.connection.query('UPDATE item SET id = id + 100 ORDER BY id DESC');
			await cloud.connection.query("UPDATE place SET shelf = 2, slot = 'A', batch = 8");
			await expectInSync(pair);
			const [items] = await cloud.connection.query('SELECT id FROM item ORDER BY id');
			expect(items).toEqual([{ id: 101 }, { id: 102 }]);
			const [places] = await local.connection.query('SELECT shelf, slot, batch FROM place');
			expect(places).toEqual([{ shelf: 2, slot: 'A', batch: '8' }]);
		});

		it('of the letters of a key alone arrive too', async () => {
			const pair = await fresh(combination);
			await pair.local.connection.query("INSERT INTO place VALUES (1, 'abc', 1, 'x')");
			await expectInSync(pair);
			await pair.local.connection.query("UPDATE place SET slot = 'ABC'");
			await expectInSync(pair);
			const [rows] = await pair.cloud.connection.query('SELECT slot FROM place');
			expect(rows).toEqual([{ slot: 'ABC' }]);
		});

		it('by REPLACE, ON DUPLICATE KEY UPDATE, INSERT IGNORE and INSERT … SELECT arrive', async () => {
			const pair = await fresh(combination);
			const { local } = pair;
			await local.connection.query("INSERT INTO item (name) VALUES ('one'), ('two')");
			await expectInSync(pair);
			await local.connection.query("REPLACE INTO item VALUES (1, 'replaced', 9)");
			await local.connection.query(
				"INSERT INTO item VALUES (2, 'x', 1), (3, 'new', 1) ON DUPLICATE KEY UPDATE name = 'met'",
			);
			await local.connection.query("INSERT IGNORE INTO item VALUES (3, 'ignored', 1)");
			await local.connection.query('INSERT INTO item (name, amount) SELECT name, id FROM item');
			await expectInSync(pair);
			const [rows] = await pair.cloud.connection.query('SELECT name FROM item ORDER BY id');
			expect(rows).toEqual(
				['replaced', 'met', 'new', 'replaced', 'met', 'new'].map((name) => ({ name })),
			);
		});

		it('of a transaction arrive when it commits, and those of a rollback never', async () => {
			const pair = await fresh(combination);
			const { local } = pair;
			await local.connection.beginTransaction();
			await local.connection.query("INSERT INTO item VALUES (1, 'kept', 1), (2, 'kept too', 2)");
			await local.connection.query('UPDATE item SET amount = amount * 2');
			const early = await pair.sync();
			expect(early.local_to_cloud.applied).toBe(0);
			await local.connection.commit();
			await local.connection.beginTransaction();
			await local.connection.query("INSERT INTO item VALUES (3, 'given up', 1)");
			await local.connection.query('DELETE FROM item WHERE id = 1');
			await local.connection.rollback();
			await expectInSync(pair);
			const [rows] = await pair.cloud.connection.query('SELECT id FROM item ORDER BY id');
			expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
		});

		it('of a table without a primary key stay where they are', async () => {
			const pair = await fresh(combination);
			await pair.local.connection.query("INSERT INTO loose VALUES ('here')");
			const moved = await pair.sync();
			expect(moved.local_to_cloud.applied).toBe(0);
			const [rows] = await pair.cloud.connection.query('SELECT * FROM loose');
			expect(rows).toEqual([]);
		});
	},
	'one way',
);
