import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { products } from '../../source/demo/servers/product.ts';
import { type EnginePair, enginePair } from '../support/engine-pair.ts';
import { describeOn, everyday } from '../support/suites.ts';

const schema = [
	`CREATE TABLE item (
		id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
		name VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci,
		at TIMESTAMP(3) NULL
	)`,
	`CREATE TABLE event (
		at TIMESTAMP(3) NOT NULL,
		word VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
		PRIMARY KEY (at, word)
	)`,
];

async function logged(connection: Connection): Promise<string[]> {
	const [rows] = await connection.query<RowDataPacket[]>(
		'SELECT table_name, operation, row_key FROM change_log ORDER BY id',
	);
	return rows.map(({ table_name, operation, row_key }) => `${table_name} ${operation} ${row_key}`);
}

async function expectInSync(pair: EnginePair): Promise<void> {
	const moved = await pair.sync();
	expect(moved.local_to_cloud).toMatchObject({ errors: [], conflicts: 0 });
	for (const { connection } of [pair.local, pair.cloud]) {
		await connection.query("SET NAMES utf8mb4; SET time_zone = '+00:00', sql_mode = DEFAULT");
	}
	expect(await pair.differences()).toEqual([]);
	const again = await pair.sync();
	expect(again.local_to_cloud.applied + again.cloud_to_local.applied).toBe(0);
}

for (const product of products) {
	describeOn([product], `what is captured on ${product}`, () => {
		const installed = async () => {
			const pair = await enginePair({ local: product, cloud: product }, { schema });
			await pair.sync();
			return pair;
		};

		it.each(
			everyday(
				[
					['no sql_mode at all', "SET sql_mode = ''"],
					['ANSI quotes and no backslash escapes', "SET sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'"],
					['another time zone', "SET time_zone = '-11:00'"],
					['an old character set', 'SET NAMES latin1'],
					['READ UNCOMMITTED', 'SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED'],
					['SERIALIZABLE', 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE'],
					['autocommit off', 'SET autocommit = 0'],
				],
				3,
			),
		)('does not depend on the writer: %s', async (_, setting) => {
			const pair = await installed();
			const { connection } = pair.local;
			await connection.query(setting);
			await connection.query(
				"INSERT INTO item (id, name, at) VALUES (1, 'ä', '2024-07-01 12:00:00.5')",
			);
			await connection.query("INSERT INTO event VALUES ('2024-07-01 12:00:00.5', 'ö')");
			await connection.query("UPDATE event SET word = 'p'");
			await connection.query('COMMIT');
			expect(await logged(connection)).toHaveLength(4);
			await expectInSync(pair);
		});

		it('keeps instants apart that share a wall-clock time across a DST change', async () => {
			const pair = await installed();
			const { connection } = pair.local;
			for (const zone of ['+02:00', '+01:00']) {
				await connection.query(`SET time_zone = '${zone}'`);
				await connection.query("INSERT INTO event VALUES ('2024-10-27 02:30:00', 'same')");
			}
			expect(new Set(await logged(connection)).size).toBe(2);
			await expectInSync(pair);
		});

		it('is every row of LOAD DATA, of a multi-table statement and of a stored procedure', async () => {
			const pair = await installed();
			const { connection } = pair.local;
			await connection.query('SET GLOBAL local_infile = 1');
			await connection.query({
				sql: "LOAD DATA LOCAL INFILE 'rows' INTO TABLE item FIELDS TERMINATED BY ',' (id, name)",
				infileStreamFactory: () => Readable.from([Buffer.from('1,a\n2,b\n3,c\n')]),
			});
			await connection.query(
				"INSERT INTO event VALUES ('2024-01-01 00:00:00', 'a'), ('2024-01-01', 'b')",
			);
			await connection.query(
				"UPDATE item, event SET item.name = 'met', event.at = '2025-01-01' WHERE item.name = event.word",
			);
			await connection.query(
				"DELETE item, event FROM item JOIN event ON item.id = 1 AND word = 'a'",
			);
			await connection.query(
				"CREATE PROCEDURE work() BEGIN INSERT INTO item (id, name) VALUES (10, 'procedure'); DELETE FROM item WHERE id = 3; END",
			);
			await connection.query('CALL work()');
			await connection.query(
				"INSERT INTO item (id, name) VALUES (10, 'x'), (11, 'y') ON DUPLICATE KEY UPDATE name = 'twice'",
			);
			await expectInSync(pair);
			const [rows] = await pair.cloud.connection.query('SELECT id, name FROM item ORDER BY id');
			expect(rows).toEqual([
				{ id: 2, name: 'met' },
				{ id: 10, name: 'twice' },
				{ id: 11, name: 'y' },
			]);
		});

		it('is an XA transaction once it commits', async () => {
			const pair = await installed();
			const { connection } = pair.local;
			await connection.query("XA START 'one'");
			await connection.query("INSERT INTO item (id, name) VALUES (1, 'xa')");
			await connection.query("XA END 'one'");
			await connection.query("XA PREPARE 'one'");
			expect((await pair.sync()).local_to_cloud.applied).toBe(0);
			await connection.query("XA COMMIT 'one'");
			await expectInSync(pair);
			const [rows] = await pair.cloud.connection.query('SELECT name FROM item');
			expect(rows).toEqual([{ name: 'xa' }]);
		});

		it('leaves LAST_INSERT_ID, row counts and errors as the application knows them', async () => {
			const pair = await installed();
			const { connection } = pair.local;
			const [inserted] = await connection.query<ResultSetHeader>(
				"INSERT INTO item (name) VALUES ('a'), ('b'), ('c')",
			);
			expect(inserted).toMatchObject({ insertId: 1, affectedRows: 3 });
			const [updated] = await connection.query<ResultSetHeader>(
				"UPDATE item SET name = 'z' WHERE id > 1",
			);
			expect(updated).toMatchObject({ affectedRows: 2, changedRows: 2, warningStatus: 0 });
			const [results] = await connection.query<RowDataPacket[][]>(
				"UPDATE item SET name = 'y' WHERE id = 2; SELECT ROW_COUNT() AS n, LAST_INSERT_ID() AS id",
			);
			expect(results[1]).toEqual([{ n: '1', id: '1' }]);
			await expect(connection.query('INSERT INTO item (id) VALUES (1)')).rejects.toMatchObject({
				errno: 1062,
			});
			expect((await logged(connection)).filter((line) => line.includes('INSERT'))).toHaveLength(3);
		});

		it('is nothing of a statement that fails at one of its rows', async () => {
			const pair = await installed();
			const { connection } = pair.local;
			await connection.query("INSERT INTO item (id, name) VALUES (3, 'there')");
			await expect(
				connection.query("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')"),
			).rejects.toMatchObject({ errno: 1062 });
			expect(await logged(connection)).toHaveLength(1);
			await expectInSync(pair);
		});

		it('needs no new right of the writer', async () => {
			const pair = await installed();
			const { connection, name } = pair.local;
			const user = `w_${randomBytes(6).toString('hex')}`;
			await connection.query(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY 'writer'`);
			await connection.query(`GRANT INSERT, UPDATE, DELETE ON ${name}.item TO ${user}@'127.0.0.1'`);
			await connection.query(`GRANT SELECT ON ${name}.item TO ${user}@'127.0.0.1'`);
			const writer = await pair.local.connect({ user, password: 'writer' });
			await writer.query("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b')");
			await writer.query("UPDATE item SET name = 'c' WHERE id = 1");
			await writer.query('DELETE FROM item WHERE id = 2');
			await writer.end();
			await connection.query(`DROP USER ${user}@'127.0.0.1'`);
			await expectInSync(pair);
		});
	});
}
