import { expect, it } from 'vitest';
import { enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeCombinations, describeOn } from '../../support/suites.ts';

describeCombinations('tables that cannot be captured, between', (combination) => {
	it('are told one by one with their reason, and the rest goes on', async () => {
		const pair = await enginePair(combination, {
			schema: [
				'CREATE TABLE steady (id INT PRIMARY KEY)',
				'CREATE TABLE keyless (id INT)',
				'CREATE TABLE flat (id INT PRIMARY KEY) ENGINE = MyISAM',
				'CREATE TABLE measured (at DOUBLE PRIMARY KEY)',
				'CREATE TABLE started (words VARCHAR(200), PRIMARY KEY (words(20)))',
				'CREATE TABLE change_log_notes (id INT PRIMARY KEY)',
				'CREATE VIEW seen AS SELECT id FROM steady',
			],
			config: {
				tables: [
					'steady',
					'keyless',
					'flat',
					'measured',
					'started',
					'change_log_notes',
					'seen',
					'absent',
				],
			},
		});
		const { said } = await pair.sync();
		const reasons = said.filter((line) => line.includes('is skipped')).sort();
		expect(reasons).toEqual([
			expect.stringMatching(/^pair: absent is skipped: no such table/),
			'pair: change_log_notes is skipped: it belongs to this program',
			expect.stringMatching(/^pair: flat is skipped: its engine is MyISAM, not InnoDB/),
			'pair: keyless is skipped: no primary key',
			expect.stringMatching(/^pair: measured is skipped: .*DOUBLE/i),
			'pair: seen is skipped: it is not a base table',
			'pair: started is skipped: the primary key contains only a prefix of a column',
		]);
		await pair.local.connection.query('INSERT INTO steady VALUES (1)');
		await pair.local.connection.query('INSERT INTO keyless VALUES (1)');
		expect(errorsOf(await pair.sync())).toEqual([]);
		const [rows] = await pair.cloud.connection.query(
			'SELECT (SELECT COUNT(*) FROM steady) AS steady, (SELECT COUNT(*) FROM keyless) AS keyless',
		);
		expect(rows).toEqual([{ steady: '1', keyless: '0' }]);
	});
});

describeOn(['mysql'], 'a primary key that MySQL makes by itself', () => {
	it('carries the rows of its table', async () => {
		const pair = await enginePair(
			{ local: 'mysql', cloud: 'mysql' },
			{
				schema: [
					'SET sql_generate_invisible_primary_key = ON',
					'CREATE TABLE item (name VARCHAR(20))',
				],
			},
		);
		await pair.sync();
		const { connection } = pair.local;
		await connection.query("INSERT INTO item VALUES ('a'), ('a'), ('b')");
		expect(errorsOf(await pair.sync())).toEqual([]);
		await connection.query("DELETE FROM item WHERE name = 'a' LIMIT 1");
		await pair.cloud.connection.query("UPDATE item SET name = 'c' WHERE name = 'b'");
		expect(errorsOf(await pair.sync())).toEqual([]);
		for (const side of [pair.local, pair.cloud]) {
			const [rows] = await side.connection.query('SELECT my_row_id, name FROM item ORDER BY name');
			expect(rows).toEqual([
				{ my_row_id: '2', name: 'a' },
				{ my_row_id: '3', name: 'c' },
			]);
		}
	});
});
