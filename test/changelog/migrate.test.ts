import type { Connection as Application, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { changeLogState, ensureChangeLog } from '../../source/changelog/log/migrate.ts';
import { products } from '../../source/demo/servers/product.ts';
import { freshDatabase } from '../support/databases.ts';
import { openEnd } from '../support/ends.ts';
import { testPair } from '../support/pair.ts';
import { describeOn } from '../support/suites.ts';

const wanted = [
	'id',
	'table_name',
	'operation',
	'row_key',
	'source_node',
	'applied_nodes',
	'changed_at',
];

for (const product of products) {
	describeOn([product], `the change log on ${product}`, () => {
		it('is created where there is none, and left alone after that', async () => {
			const database = await freshDatabase(product);
			const application = await database.connect();
			const connection = await openEnd(database);
			expect(await changeLogState(connection)).toBe('missing');
			expect(await ensureChangeLog(connection)).toBe('created');
			expect(await ensureChangeLog(connection)).toBe('present');
			expect(await columnsOf(application)).toEqual(wanted);
		});

		it.each(wanted.filter((name) => name !== 'table_name'))(
			'of an older kind without %s gets that column and keeps its rows',
			async (absent) => {
				const database = await freshDatabase(product);
				const application = await database.connect();
				const older: Record<string, string> = {
					id: 'BIGINT AUTO_INCREMENT PRIMARY KEY',
					table_name: 'VARCHAR(100) NOT NULL',
					operation: 'VARCHAR(10) NOT NULL',
					row_key: 'VARCHAR(255) NOT NULL',
					source_node: 'VARCHAR(50) NULL',
					applied_nodes: 'TEXT NULL',
					changed_at: 'TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP',
				};
				delete older[absent];
				const columns = Object.entries(older).map(([name, type]) => `${name} ${type}`);
				await application.query(`CREATE TABLE change_log (${columns.join(', ')})`);
				await application.query(`INSERT INTO change_log ${twoRows(Object.keys(older))}`);
				const connection = await openEnd(database);
				// Triggers do not write the id.
				expect(await changeLogState(connection)).toBe(absent === 'id' ? 'outdated' : 'incomplete');

				expect(await ensureChangeLog(connection)).toBe('completed');

				expect((await columnsOf(application)).toSorted()).toEqual(wanted.toSorted());
				const [rows] = await application.query('SELECT table_name FROM change_log');
				expect(rows).toEqual([{ table_name: 't' }, { table_name: 't' }]);
				expect(await ensureChangeLog(connection)).toBe('present');
			},
		);

		it('of an older kind without a primary key gets one and keeps its rows', async () => {
			const database = await freshDatabase(product);
			const application = await database.connect();
			await application.query(
				`CREATE TABLE change_log (id BIGINT AUTO_INCREMENT UNIQUE, table_name VARCHAR(64) NOT NULL,
					operation VARCHAR(10) NOT NULL, row_key VARCHAR(255) NOT NULL)`,
			);
			await application.query(
				"INSERT INTO change_log (table_name, operation, row_key) VALUES ('t', 'INSERT', '1')",
			);
			const connection = await openEnd(database);

			expect(await ensureChangeLog(connection)).toBe('completed');

			const [rows] = await application.query(
				'SELECT table_name FROM change_log FORCE INDEX (PRIMARY) WHERE id IN (1)',
			);
			expect(rows).toEqual([{ table_name: 't' }]);
			expect(await ensureChangeLog(connection)).toBe('present');
		});

		it.each([
			['a list of releases', 'TABLE change_log (version VARCHAR(10) PRIMARY KEY, notes TEXT)'],
			[
				'an audit table that shares a few names',
				'TABLE change_log (id INT PRIMARY KEY, table_name TEXT, operation TEXT, user TEXT, at DATETIME)',
			],
			['a view', 'VIEW change_log AS SELECT 1 AS id'],
			[
				'one that demands a value of its own',
				`TABLE change_log (id INT AUTO_INCREMENT PRIMARY KEY, table_name TEXT, operation TEXT,
					row_key TEXT, source_node TEXT, tenant INT NOT NULL)`,
			],
		])('that is something else is refused and left untouched: %s', async (_, definition) => {
			const database = await freshDatabase(product);
			const application = await database.connect();
			await application.query(`CREATE ${definition}`);
			const before = await columnsOf(application);
			const connection = await openEnd(database);

			await expect(ensureChangeLog(connection)).rejects.toMatchObject({
				code: 'foreign_change_log',
				message: expect.stringContaining(`the database ${database.name} has a change_log`),
				place: { side: 'local', table: 'change_log' },
			});

			expect(await columnsOf(application)).toEqual(before);
		});
	});
}

describeOn(['mariadb'], 'an older change log', () => {
	it('with keys written plainly still has its changes delivered', async () => {
		const pair = await testPair(
			{ local: 'mariadb', cloud: 'mariadb' },
			{ schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20))'] },
		);
		const { connection } = pair.local;
		await connection.query("INSERT INTO item VALUES (42, 'old'), (43, 'old too')");
		await connection.query(
			`CREATE TABLE change_log (id INT AUTO_INCREMENT PRIMARY KEY, table_name VARCHAR(64),
				operation VARCHAR(10), row_key VARCHAR(255), source_node VARCHAR(64))`,
		);
		await connection.query(
			`INSERT INTO change_log (table_name, operation, row_key, source_node)
			VALUES ('item', 'INSERT', '42', 'somebody'), ('item', 'INSERT', '43', NULL)`,
		);
		const moved = await pair.sync();
		expect(moved.local_to_cloud).toMatchObject({ applied: 2, errors: 0 });
		const [rows] = await pair.cloud.connection.query('SELECT id FROM item ORDER BY id');
		expect(rows).toEqual([{ id: 42 }, { id: 43 }]);
	});

	it('on one side is not touched where the other side has a foreign one', async () => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mariadb' }, { schema: [] });
		await pair.cloud.connection.query('CREATE TABLE change_log (notes TEXT)');
		const installed = await pair.run('install');
		expect(installed.code).toBe(1);
		expect(installed.stderr).toContain("has a change_log that is not this program's");
		const [tables] = await pair.local.connection.query('SHOW TABLES');
		expect(tables).toEqual([]);
	});
});

async function columnsOf(connection: Application): Promise<string[]> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT column_name AS name FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = 'change_log'
		ORDER BY ordinal_position`,
	);
	return rows.map(({ name }) => String(name));
}

function twoRows(columns: readonly string[]): string {
	const values: Record<string, string> = {
		table_name: "'t'",
		operation: "'INSERT'",
		row_key: "'1'",
	};
	const given = columns.filter((name) => name in values);
	const row = `(${given.map((name) => values[name]).join(', ')})`;
	return `(${given.join(', ')}) VALUES ${row}, ${row}`;
}
