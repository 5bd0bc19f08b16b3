import type { Connection } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { products } from '../../source/demo/servers/product.ts';
import { uninstallPair } from '../../source/engine/install/installation.ts';
import { closeBoth, openBoth } from '../../source/engine/shared/connections.ts';
import { freshDatabase, startOwnServer } from '../support/databases.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import { describeOn } from '../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, v INT)',
	'CREATE TABLE other (id INT PRIMARY KEY, v INT)',
	'CREATE TABLE part (id INT PRIMARY KEY, item INT, FOREIGN KEY (item) REFERENCES item (id) ON DELETE CASCADE ON UPDATE CASCADE)',
];

const statements = [
	'INSERT INTO item VALUES (1, 1)',
	'REPLACE INTO item VALUES (1, 2)',
	'INSERT INTO item VALUES (1, 1) ON DUPLICATE KEY UPDATE v = 3',
	'INSERT INTO item SELECT 5, 5',
	'UPDATE item SET v = v + 1',
	'UPDATE item SET id = id + 20 WHERE id > 6',
	'DELETE FROM item WHERE id > 25',
];

/** What makes MariaDB's fault show: several instances of the log in the table cache that were used before. */
async function fillTableCache(application: Connection): Promise<void> {
	const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
	const logs = names.map((name) => `change_log AS ${name}`).join(', ');
	await application.query(`FLUSH TABLES; SELECT 1 FROM ${logs} LIMIT 1`);
}

/** Runs each statement under LOCK TABLES. Resolves to the errors it got. */
async function underLocks(pair: EnginePair, locks: string): Promise<string[]> {
	const application = pair.local.connection;
	const errors: string[] = [];
	for (const statement of statements) {
		await fillTableCache(application);
		await application.query(`LOCK TABLES ${locks}`);
		await application
			.query(statement)
			.catch((error) => errors.push(`${statement}: ${error.message}`));
		await application.query('UNLOCK TABLES');
	}
	return errors;
}

async function proceduresOf({ local }: EnginePair): Promise<string[]> {
	const [rows] = await local.connection.query(
		'SELECT routine_name AS name FROM information_schema.routines WHERE routine_schema = DATABASE()',
	);
	return (rows as { name: string }[]).map(({ name }) => name);
}

for (const product of products) {
	describeOn([product], `LOCK TABLES on ${product}`, () => {
		for (const locks of [
			'item WRITE',
			'item WRITE, other WRITE, part WRITE',
			'other WRITE, item WRITE, change_log WRITE',
		]) {
			it(`lets the application write to a tracked table: ${locks}`, async () => {
				const pair = await enginePair({ local: product, cloud: product }, { schema });
				await pair.local.connection.query('INSERT INTO item VALUES (7, 7), (8, 8)');
				await pair.local.connection.query('INSERT INTO part VALUES (1, 7), (2, 8)');
				await pair.sync();

				expect(await underLocks(pair, locks)).toEqual([]);

				expect(errorsOf(await pair.sync())).toEqual([]);
				expect(await pair.differences()).toEqual([]);
			});
		}
	});
}

describeOn(['mariadb'], 'the procedure through which triggers write on MariaDB', () => {
	it('is restored when it was dropped or edited, and dropped with the last trigger', async () => {
		const pair = await enginePair({ local: 'mariadb', cloud: 'mariadb' }, { schema });
		await pair.sync();
		const [name] = await proceduresOf(pair);
		const application = pair.local.connection;

		await application.query(`DROP PROCEDURE ${name}`);
		await expect(application.query('INSERT INTO item VALUES (1, 1)')).rejects.toThrow(
			/does not exist/,
		);
		await pair.sync();
		await application.query('INSERT INTO item VALUES (1, 1)');
		await application.query(
			`CREATE OR REPLACE PROCEDURE ${name} (a VARCHAR(64), b VARCHAR(6), c VARCHAR(6400)) DO 0`,
		);
		await pair.sync();
		await application.query('INSERT INTO item VALUES (2, 2)');
		await pair.sync();
		expect(await pair.differences()).toEqual([]);

		const connections = await openBoth(pair.config);
		onTestFinished(() => closeBoth(connections));
		await uninstallPair(connections, pair.config, { table: null, dropLog: false });
		expect(await proceduresOf(pair)).toEqual([]);
	});

	it('is not used, with a report, if the user may not create it', async () => {
		const server = await startOwnServer('mariadb');
		const pair = await enginePair({ local: server, cloud: server }, { schema });
		const admin = await (await freshDatabase(server)).connect();
		await admin.query("CREATE USER ordinary@'127.0.0.1' IDENTIFIED BY 'pass'");
		const rights = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, TRIGGER';
		for (const { name } of [pair.local, pair.cloud]) {
			await admin.query(`GRANT ${rights} ON ${name}.* TO ordinary@'127.0.0.1'`);
		}
		for (const end of [pair.config.local, pair.config.cloud]) {
			Object.assign(end, { user: 'ordinary', password: 'pass' });
		}

		const { said, unsettled } = await pair.sync();

		expect(unsettled).toEqual([]);
		expect(said.join('\n')).toContain(
			`GRANT CREATE ROUTINE ON \`${pair.local.name}\`.* TO 'ordinary'@'127.0.0.1'`,
		);
		expect(await proceduresOf(pair)).toEqual([]);
		await pair.local.connection.query('INSERT INTO item VALUES (7, 7)');
		await pair.sync();
		expect(await pair.differences()).toEqual([]);

		// Once the right is given, the triggers are replaced.
		for (const { name } of [pair.local, pair.cloud]) {
			await admin.query(`GRANT CREATE ROUTINE ON ${name}.* TO ordinary@'127.0.0.1'`);
		}
		expect((await pair.sync()).unsettled).toEqual([]);
		expect(await underLocks(pair, 'item WRITE')).toEqual([]);
		await pair.sync();
		expect(await pair.differences()).toEqual([]);
	});
});
