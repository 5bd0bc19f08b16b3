import { expect, it } from 'vitest';
import type { Product } from '../../../source/demo/servers/product.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeCombinations, describeOn, everyday } from '../../support/suites.ts';

const batchSizes = [1, 100];

async function started(
	combination: { local: Product; cloud: Product },
	schema: readonly string[],
	batchSize: number,
	rows: string,
): Promise<EnginePair> {
	const pair = await enginePair(combination, {
		schema,
		config: { batchSize, maxBatchSize: batchSize },
	});
	await pair.sync();
	await pair.local.connection.query(rows);
	await expectInSync(pair);
	return pair;
}

async function expectInSync(pair: EnginePair): Promise<void> {
	expect(errorsOf(await pair.sync())).toEqual([]);
	expect(await pair.differences()).toEqual([]);
}

describeCombinations(
	'values of a UNIQUE key, between',
	(combination) => {
		it.each(everyday(batchSizes, 1))(
			'arrive when rows swap them (batches of %i)',
			async (batchSize) => {
				const pair = await started(
					combination,
					[
						'CREATE TABLE item (id INT PRIMARY KEY, code VARCHAR(20) NOT NULL UNIQUE, place INT NOT NULL UNIQUE, tag CHAR(3) UNIQUE, kind ENUM("a", "b", "c") NOT NULL UNIQUE)',
					],
					batchSize,
					`INSERT INTO item VALUES (1, 'one', 1, 'x', 'a'), (2, 'two', 2, 'y', 'b'), (3, 'three', 3, 'z', 'c')`,
				);
				const { connection } = pair.local;
				const swap = async (column: string, aside: string, first = 1, second = 2) => {
					await connection.query(`SELECT ${column} INTO @a FROM item WHERE id = ${first}`);
					await connection.query(`SELECT ${column} INTO @b FROM item WHERE id = ${second}`);
					await connection.query(`UPDATE item SET ${column} = ${aside} WHERE id = ${first}`);
					await connection.query(`UPDATE item SET ${column} = @a WHERE id = ${second}`);
					await connection.query(`UPDATE item SET ${column} = @b WHERE id = ${first}`);
				};
				await swap('code', "'aside'");
				await expectInSync(pair);
				await swap('place', '-1');
				await swap('tag', 'NULL', 2, 3);
				await swap('code', "'aside'", 1, 3);
				await expectInSync(pair);
				await connection.query('DELETE FROM item WHERE id = 1');
				await connection.query("UPDATE item SET kind = 'a' WHERE id = 2");
				await connection.query("INSERT INTO item VALUES (1, 'again', 9, 'w', 'b')");
				await expectInSync(pair);
			},
		);

		it.each(everyday(batchSizes, 1))(
			'arrive when they are handed on (batches of %i)',
			async (batchSize) => {
				const pair = await started(
					combination,
					['CREATE TABLE line (id INT PRIMARY KEY, position INT NOT NULL UNIQUE)'],
					batchSize,
					`INSERT INTO line VALUES ${Array.from({ length: 30 }, (_, id) => `(${id}, ${id})`)}`,
				);
				const { connection } = pair.local;
				await connection.query('UPDATE line SET position = position + 1 ORDER BY position DESC');
				await expectInSync(pair);
				await connection.query('UPDATE line SET position = position - 5 ORDER BY position');
				await connection.query('DELETE FROM line WHERE id = 7');
				await connection.query('INSERT INTO line VALUES (100, 3)');
				await connection.query('UPDATE line SET id = 101 WHERE id = 9');
				await expectInSync(pair);
			},
		);

		it('arrive when rows that others refer to swap them, whatever their type', async () => {
			const swapped = [
				['VARCHAR(20)', "'a'", "'b'"],
				['VARBINARY(20)', "x'00'", "x'FF'"],
				['INT', '1', '2'],
				['BIGINT UNSIGNED', '1', '18446744073709551615'],
				['TINYINT UNSIGNED', '1', '2'],
				['DECIMAL(20, 4)', '1.5', '-99999.25'],
				['CHAR(3)', "'de'", "'fr'"],
				['DATE', "'2024-01-01'", "'2024-02-29'"],
				['DATETIME(6)', "'2024-01-01'", "'2024-02-29 01:02:03.000004'"],
			] as const;
			const pair = await enginePair(combination, {
				schema: swapped.flatMap(([type], index) => [
					`CREATE TABLE item_${index} (id INT PRIMARY KEY, code ${type} NOT NULL UNIQUE)`,
					`CREATE TABLE line_${index} (
					id INT PRIMARY KEY, item INT,
					FOREIGN KEY (item) REFERENCES item_${index} (id) ON DELETE CASCADE
				)`,
				]),
			});
			await pair.sync();
			const { connection } = pair.local;
			for (const [index, [, one, other]] of swapped.entries()) {
				await connection.query(`INSERT INTO item_${index} VALUES (1, ${one}), (2, ${other})`);
				await connection.query(`INSERT INTO line_${index} VALUES (1, 1), (2, 2)`);
			}
			await expectInSync(pair);
			for (const [index, [, one, other]] of swapped.entries()) {
				await connection.query(`DELETE FROM item_${index}`);
				await connection.query(`INSERT INTO item_${index} VALUES (1, ${other}), (2, ${one})`);
				await connection.query(`INSERT INTO line_${index} VALUES (1, 1), (2, 2)`);
			}
			await expectInSync(pair);
		});

		it.each(everyday(batchSizes, 1))(
			'arrive when they are computed (batches of %i)',
			async (batchSize) => {
				const pair = await started(
					combination,
					[
						`CREATE TABLE item (
					id INT PRIMARY KEY, code VARCHAR(20) NOT NULL, gone TINYINT NOT NULL DEFAULT 0,
					active VARCHAR(20) AS (IF(gone = 1, NULL, LOWER(code))) STORED UNIQUE
				)`,
					],
					batchSize,
					"INSERT INTO item (id, code) VALUES (1, 'One'), (2, 'Two'), (3, 'Three')",
				);
				const { connection } = pair.local;
				await connection.query("UPDATE item SET code = 'aside' WHERE id = 1");
				await connection.query("UPDATE item SET code = 'ONE' WHERE id = 2");
				await connection.query("UPDATE item SET code = 'two' WHERE id = 1");
				await connection.query('UPDATE item SET gone = 1 WHERE id = 3');
				await connection.query("INSERT INTO item (id, code) VALUES (4, 'THREE')");
				await expectInSync(pair);
			},
		);

		it('arrive when a row is deleted and another one takes its value', async () => {
			const pair = await started(
				combination,
				[
					'CREATE TABLE parent (id INT PRIMARY KEY, code INT NOT NULL UNIQUE)',
					'CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE SET NULL)',
				],
				100,
				'INSERT INTO parent VALUES (1, 10), (2, 20)',
			);
			const { connection } = pair.local;
			await connection.query('INSERT INTO child VALUES (1, 1), (2, 2)');
			await expectInSync(pair);
			await connection.query('UPDATE child SET parent = 2 WHERE id = 1');
			await connection.query('DELETE FROM parent WHERE id = 1');
			await connection.query('INSERT INTO parent VALUES (3, 10)');
			await expectInSync(pair);
			const [rows] = await pair.cloud.connection.query('SELECT * FROM child ORDER BY id');
			expect(rows).toEqual([
				{ id: 1, parent: 2 },
				{ id: 2, parent: 2 },
			]);
		});

		it('that two rows really have are reported, with nothing half written', async () => {
			const pair = await started(
				combination,
				[
					'CREATE TABLE item (id INT PRIMARY KEY, code INT NOT NULL, part INT NOT NULL, size INT, UNIQUE KEY of_part (code, part), CHECK (size < 100))',
				],
				100,
				'INSERT INTO item VALUES (1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3)',
			);
			await pair.cloud.connection.query('INSERT INTO item VALUES (9, 9, 9, 9)');
			await pair.local.connection.query('INSERT INTO item VALUES (8, 9, 9, 8), (7, 7, 7, 7)');
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([
				expect.stringMatching(
					/cloud, table item, row id=8: row id=[89] on the target has the same value in the UNIQUE key of_part \(code, part\)/,
				),
				expect.stringMatching(/local, table item, row id=9: row id=8 on the target/),
			]);
			expect(await pair.differences()).toEqual([
				expect.stringContaining('item'),
				expect.anything(),
			]);
			await pair.cloud.connection.query('UPDATE item SET part = 10 WHERE id = 9');
			await expectInSync(pair);
		});

		it('stay as they were where the row that would give one up is refused', async () => {
			const pair = await started(
				combination,
				['CREATE TABLE item (id INT PRIMARY KEY, code INT NOT NULL UNIQUE, size INT)'],
				100,
				'INSERT INTO item VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)',
			);
			await pair.cloud.connection.query('ALTER TABLE item ADD CONSTRAINT small CHECK (size < 100)');
			const { connection } = pair.local;
			await connection.query('UPDATE item SET code = -1 WHERE id = 1');
			await connection.query('UPDATE item SET code = 1, size = 1000 WHERE id = 2');
			await connection.query('UPDATE item SET code = 2 WHERE id = 1');
			await connection.query('UPDATE item SET size = 30 WHERE id = 3');
			expect(errorsOf(await pair.sync())).toHaveLength(2);
			const [rows] = await pair.cloud.connection.query('SELECT code, size FROM item ORDER BY id');
			expect(rows).toEqual([
				{ code: 1, size: 1 },
				{ code: 2, size: 2 },
				{ code: 3, size: 30 },
			]);
			await pair.cloud.connection.query('ALTER TABLE item DROP CONSTRAINT small');
			await expectInSync(pair);
		});
	},
	'one way',
);

describeOn(['mysql'], 'values of a UNIQUE key over an expression', () => {
	const tables = {
		'of text': {
			key: '((LOWER(code)))',
			clash:
				/row id=[89] on the target has the same value in the UNIQUE key folded \(lower\(`code`\)\)/,
		},
		'of JSON, beside a column': {
			key: "((CAST(CONCAT(JSON_UNQUOTE(JSON_EXTRACT(data, '$.code')), '\\\\ it''s') AS CHAR(40))), part)",
			clash: /row id=[89] on the target has the same value in the UNIQUE key folded/,
		},
		'of an array, which no SELECT can compute': {
			key: "((CAST(JSON_EXTRACT(data, '$.tags') AS CHAR(20) ARRAY)))",
			clash: /another row on the target has the same value in the UNIQUE key folded/,
		},
	};
	const all = Object.entries(tables);
	const cases = [...all, ...all].map(([of, { key, clash }], index) => {
		// Each table once before any of them comes a second time.
		const referred = (index % 2 === 1) !== index >= all.length;
		return { of, key, clash, referred, whom: referred ? 'others refer to' : 'no other refers to' };
	});

	it.each(everyday(cases, 3))(
		'$of, of rows that $whom, arrive when they are swapped',
		async ({ key, clash, referred }) => {
			for (const batchSize of [1, 100]) {
				const pair = await started(
					{ local: 'mysql', cloud: 'mysql' },
					[
						`CREATE TABLE item (
						id INT PRIMARY KEY, code VARCHAR(20), part INT NOT NULL DEFAULT 1,
						data JSON, UNIQUE KEY folded ${key}
					)`,
						...(referred
							? [
									'CREATE TABLE child (item INT PRIMARY KEY, FOREIGN KEY (item) REFERENCES item (id))',
								]
							: []),
					],
					batchSize,
					`INSERT INTO item (id, code, data) VALUES ${['one', 'two', 'three', 'nine'].map(itemWith).join(', ')}`,
				);
				const { connection } = pair.local;
				const set = (id: number, code: string) =>
					connection.query('UPDATE item SET code = ?, data = ? WHERE id = ?', [
						code,
						dataOf(code),
						id,
					]);
				if (referred) {
					await connection.query('INSERT INTO child VALUES (1), (2), (3)');
					await pair.sync();
				}
				await set(1, 'aside');
				await set(2, 'ONE');
				await set(3, 'two');
				await set(1, 'three');
				await expectInSync(pair);
				await pair.local.connection.query(
					`INSERT INTO item (id, code, data) VALUES ${itemWith('same', 7)}`,
				);
				await pair.cloud.connection.query(
					`INSERT INTO item (id, code, data) VALUES ${itemWith('same', 8)}`,
				);
				expect(errorsOf(await pair.sync())).toEqual([
					expect.stringMatching(clash),
					expect.stringMatching(clash),
				]);
			}
		},
	);
});

function dataOf(code: string): string {
	return JSON.stringify({ code, tags: [code, `${code}!`] });
}

function itemWith(code: string, index: number): string {
	return `(${index + 1}, '${code}', '${dataOf(code)}')`;
}
