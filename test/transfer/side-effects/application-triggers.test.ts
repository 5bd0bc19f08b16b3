import { expect, it } from 'vitest';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeCombinations, everyday } from '../../support/suites.ts';

async function expectInSync(pair: EnginePair): Promise<string[]> {
	const moved = await pair.sync();
	expect(errorsOf(moved)).toEqual([]);
	expect(await pair.differences()).toEqual([]);
	const again = await pair.sync();
	expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
	return moved.said;
}

async function rowsOf(pair: EnginePair, sql: string): Promise<unknown> {
	const [rows] = await pair.cloud.connection.query(sql);
	return rows;
}

describeCombinations(
	'triggers of the application’s own, between',
	(combination) => {
		it('that stamp rows as they are inserted do not change what arrives', async () => {
			const table = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20), made VARCHAR(20))';
			const stamp =
				"CREATE TRIGGER stamp BEFORE INSERT ON item FOR EACH ROW SET NEW.made = CONCAT('stamped ', NEW.name)";
			const pair = await enginePair(combination, {
				schema: { local: [table], cloud: [table, stamp] },
			});
			await pair.sync();
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'a', 'here'), (2, 'b', NULL)");
			await expectInSync(pair);
			await pair.local.connection.query("UPDATE item SET name = 'c'");
			await expectInSync(pair);
			expect(await rowsOf(pair, 'SELECT made FROM item ORDER BY id')).toEqual([
				{ made: 'here' },
				{ made: null },
			]);
		});

		it('that stamp rows at every write are told, and never make a row travel for ever', async () => {
			const pair = await enginePair(combination, {
				schema: [
					'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20), seen BIGINT NOT NULL DEFAULT 0)',
					'CREATE TRIGGER stamp BEFORE UPDATE ON item FOR EACH ROW SET NEW.seen = CONNECTION_ID()',
				],
			});
			await pair.sync();
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'a', 5)");
			await expectInSync(pair);
			await pair.local.connection.query("UPDATE item SET name = 'b'");
			const { said } = await pair.sync();
			expect(said).toEqual([
				'pair, local to cloud: item: on cloud the trigger stamp always overwrites `seen`, so the two sides keep different values there',
			]);
			expect(await rowsOf(pair, 'SELECT name FROM item')).toEqual([{ name: 'b' }]);
			const again = await pair.sync();
			expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
		});

		it('that count rows in another table do not count them twice', async () => {
			const pair = await enginePair(combination, {
				schema: [
					'CREATE TABLE purchase (id INT PRIMARY KEY, lines_made INT NOT NULL DEFAULT 0)',
					'CREATE TABLE line (id INT PRIMARY KEY, purchase INT NOT NULL, FOREIGN KEY (purchase) REFERENCES purchase (id))',
					'CREATE TABLE total (name VARCHAR(9) PRIMARY KEY, n INT NOT NULL)',
					'CREATE TRIGGER count_line AFTER INSERT ON line FOR EACH ROW BEGIN UPDATE purchase SET lines_made = lines_made + 1 WHERE id = NEW.purchase; UPDATE total SET n = n + 1; END',
					'CREATE TRIGGER count_less AFTER DELETE ON line FOR EACH ROW BEGIN UPDATE purchase SET lines_made = lines_made - 1 WHERE id = OLD.purchase; UPDATE total SET n = n - 1; END',
				],
				config: { batchSize: 3, maxBatchSize: 3 },
			});
			await pair.sync();
			const { connection } = pair.local;
			await connection.query("INSERT INTO total VALUES ('all', 0)");
			await connection.query('INSERT INTO purchase (id) VALUES (1), (2)');
			await connection.query('INSERT INTO line VALUES (1, 1), (2, 1), (3, 2), (4, 2), (5, 2)');
			await expectInSync(pair);
			expect(await rowsOf(pair, 'SELECT * FROM purchase')).toEqual([
				{ id: 1, lines_made: 2 },
				{ id: 2, lines_made: 3 },
			]);
			await pair.cloud.connection.query('DELETE FROM line WHERE id IN (1, 3)');
			await pair.cloud.connection.query('INSERT INTO line VALUES (6, 1)');
			await expectInSync(pair);
			expect(await rowsOf(pair, 'SELECT n FROM total')).toEqual([{ n: 4 }]);
		});

		it.each(everyday([1, 100], 1))(
			'that keep a copy in another table meet no duplicate (batches of %i)',
			async (batchSize) => {
				const pair = await enginePair(combination, {
					schema: [
						'CREATE TABLE doc (id INT PRIMARY KEY, text VARCHAR(40))',
						'CREATE TABLE search_copy (doc INT NOT NULL, part VARCHAR(4) NOT NULL, words VARCHAR(40), PRIMARY KEY (doc, part))',
						"CREATE TRIGGER copy_in AFTER INSERT ON doc FOR EACH ROW INSERT INTO search_copy VALUES (NEW.id, 'ab', UPPER(NEW.text))",
						'CREATE TRIGGER copy_on AFTER UPDATE ON doc FOR EACH ROW UPDATE search_copy SET words = UPPER(NEW.text), doc = NEW.id WHERE doc = OLD.id',
						'CREATE TRIGGER copy_out AFTER DELETE ON doc FOR EACH ROW DELETE FROM search_copy WHERE doc = OLD.id',
					],
					config: { batchSize, maxBatchSize: batchSize },
				});
				await pair.sync();
				const { connection } = pair.local;
				await connection.query("INSERT INTO doc VALUES (1, 'one'), (2, 'two'), (3, 'three')");
				await connection.query("UPDATE search_copy SET words = 'by hand' WHERE doc = 2");
				await expectInSync(pair);
				expect(await rowsOf(pair, 'SELECT words FROM search_copy ORDER BY doc')).toEqual([
					{ words: 'ONE' },
					{ words: 'by hand' },
					{ words: 'THREE' },
				]);
				await connection.query("UPDATE doc SET text = 'eins' WHERE id = 1");
				await connection.query('UPDATE doc SET id = 20 WHERE id = 2');
				await connection.query('DELETE FROM doc WHERE id = 3');
				await pair.cloud.connection.query("INSERT INTO doc VALUES (4, 'four')");
				await expectInSync(pair);
				expect(await rowsOf(pair, 'SELECT doc, words FROM search_copy ORDER BY doc')).toEqual([
					{ doc: 1, words: 'EINS' },
					{ doc: 4, words: 'FOUR' },
					{ doc: 20, words: 'TWO' },
				]);
			},
		);

		it('that keep a copy by way of a procedure, a function or another table meet no duplicate', async () => {
			const pair = await enginePair(combination, {
				schema: [
					'CREATE TABLE doc (id INT PRIMARY KEY, text VARCHAR(40))',
					'CREATE TABLE copy_of_doc (doc INT PRIMARY KEY, words VARCHAR(40))',
					'CREATE TABLE copy_of_copy (doc INT PRIMARY KEY, words VARCHAR(40))',
					'CREATE TABLE bystander (id INT PRIMARY KEY, text VARCHAR(40))',
					'CREATE TABLE unseen (id INT PRIMARY KEY)',
					'CREATE PROCEDURE keep (id INT, text VARCHAR(40)) MODIFIES SQL DATA INSERT INTO copy_of_doc VALUES (id, UPPER(text))',
					'CREATE FUNCTION again (id INT, text VARCHAR(40)) RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO copy_of_copy VALUES (id, text); RETURN 1; END',
					'CREATE TRIGGER copy_in AFTER INSERT ON doc FOR EACH ROW CALL keep(NEW.id, NEW.text)',
					'CREATE TRIGGER copy_again AFTER INSERT ON copy_of_doc FOR EACH ROW SET @done = again(NEW.doc, NEW.words)',
				],
				config: { batchSize: 1, maxBatchSize: 1 },
			});
			await pair.local.connection.query("INSERT INTO bystander VALUES (1, 'there before')");
			await pair.cloud.connection.query('INSERT INTO unseen VALUES (1)');
			await pair.sync();
			const { connection } = pair.local;
			await connection.query("INSERT INTO doc VALUES (1, 'one'), (2, 'two')");
			await connection.query("UPDATE copy_of_copy SET words = 'by hand' WHERE doc = 2");
			const moved = await pair.sync();
			expect(errorsOf(moved)).toEqual([]);
			expect(await rowsOf(pair, 'SELECT words FROM copy_of_doc ORDER BY doc')).toEqual([
				{ words: 'ONE' },
				{ words: 'TWO' },
			]);
			expect(await rowsOf(pair, 'SELECT words FROM copy_of_copy ORDER BY doc')).toEqual([
				{ words: 'ONE' },
				{ words: 'by hand' },
			]);
			expect(await rowsOf(pair, 'SELECT id FROM unseen')).toEqual([{ id: 1 }]);
			const again = await pair.sync();
			expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
		});

		it.each(everyday([1, 100], 1))(
			'that keep a copy under an id of its own leave one copy on both sides (batches of %i)',
			async (batchSize) => {
				const pair = await enginePair(combination, {
					schema: [
						'CREATE TABLE doc (id INT PRIMARY KEY, text VARCHAR(40))',
						'CREATE TABLE search_copy (id INT AUTO_INCREMENT PRIMARY KEY, doc INT NOT NULL UNIQUE, words VARCHAR(40))',
						'CREATE TRIGGER copy_in AFTER INSERT ON doc FOR EACH ROW INSERT INTO search_copy (doc, words) VALUES (NEW.id, UPPER(NEW.text))',
						'CREATE TRIGGER copy_out AFTER DELETE ON doc FOR EACH ROW DELETE FROM search_copy WHERE doc = OLD.id',
					],
					config: { batchSize, maxBatchSize: batchSize },
				});
				await pair.sync();
				await pair.cloud.connection.query('ALTER TABLE search_copy AUTO_INCREMENT = 1000');
				await pair.local.connection.query("INSERT INTO doc VALUES (1, 'one'), (2, 'two')");
				await pair.cloud.connection.query("INSERT INTO doc VALUES (3, 'three')");
				await expectInSync(pair);
				await pair.local.connection.query("REPLACE INTO doc VALUES (2, 'deux')");
				await pair.local.connection.query('DELETE FROM doc WHERE id = 3');
				await expectInSync(pair);
				expect(await rowsOf(pair, 'SELECT doc, words FROM search_copy ORDER BY doc')).toEqual([
					{ doc: 1, words: 'ONE' },
					{ doc: 2, words: 'DEUX' },
				]);
			},
		);

		it('that only one side has write changes of that side, which travel back', async () => {
			const tables = [
				'CREATE TABLE doc (id INT PRIMARY KEY, text VARCHAR(40))',
				'CREATE TABLE audit (id INT PRIMARY KEY, what VARCHAR(40))',
			];
			const pair = await enginePair(combination, {
				schema: {
					local: tables,
					cloud: [
						...tables,
						"CREATE TRIGGER note AFTER INSERT ON doc FOR EACH ROW INSERT INTO audit VALUES (NEW.id, CONCAT('seen ', NEW.text))",
					],
				},
			});
			await pair.sync();
			await pair.local.connection.query("INSERT INTO doc VALUES (1, 'one')");
			await pair.sync();
			await expectInSync(pair);
			const [rows] = await pair.local.connection.query('SELECT * FROM audit');
			expect(rows).toEqual([{ id: 1, what: 'seen one' }]);
		});

		it('that refuse a row make it stay pending with their reason', async () => {
			const table = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20))';
			const pair = await enginePair(combination, {
				schema: {
					local: [table],
					cloud: [
						table,
						"CREATE TRIGGER guard BEFORE INSERT ON item FOR EACH ROW BEGIN IF NEW.name = 'no' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not that name'; END IF; END",
					],
				},
			});
			await pair.sync();
			await pair.local.connection.query(
				"INSERT INTO item VALUES (1, 'yes'), (2, 'no'), (3, 'yes')",
			);
			expect(errorsOf(await pair.sync())).toEqual(['cloud, table item, row id=2: not that name']);
			expect(await rowsOf(pair, 'SELECT id FROM item ORDER BY id')).toEqual([{ id: 1 }, { id: 3 }]);
			await pair.local.connection.query("UPDATE item SET name = 'yes' WHERE id = 2");
			await expectInSync(pair);
		});
	},
	'one way',
);
