import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, onTestFinished, test } from 'vitest';
import { products } from '../../source/demo/servers/product.ts';
import { freshDatabase } from './databases.ts';
import { sharedServer } from './servers.ts';
import { describeOn } from './suites.ts';

for (const product of products) {
	describeOn([product], `a fresh ${product} database`, () => {
		async function names(): Promise<string[]> {
			const { host, port, user, password } = sharedServer(product).address;
			const connection = await createConnection({ host, port, user, password });
			const [rows] = await connection.query<RowDataPacket[]>('SHOW DATABASES');
			await connection.end();
			return rows.map((row) => String(Object.values(row)[0]));
		}

		/** A database, and what is done with it at the end, to be run by the test itself. */
		async function databaseInHand() {
			const works: (() => Promise<void>)[] = [];
			const database = await freshDatabase(product, { atEnd: (work) => works.push(work) });
			const finish = async () => {
				for (const work of works.splice(0)) await work();
			};
			onTestFinished(finish);
			return { database, finish };
		}

		test('is there at once, and gone at the end together with its connections', async () => {
			const { database, finish } = await databaseInHand();
			const connection = await database.connect();
			await connection.query('CREATE TABLE t (id INT); START TRANSACTION; SELECT * FROM t');
			expect(await names()).toContain(database.name);
			await finish();
			expect(await names()).not.toContain(database.name);
		});

		test('is dropped and fails its test if somebody else stays connected', async () => {
			const { database, finish } = await databaseInHand();
			const stranger = await createConnection({ ...database.end, multipleStatements: true });
			stranger.on('error', () => undefined);
			onTestFinished(() => stranger.destroy());
			await stranger.query('CREATE TABLE t (id INT); START TRANSACTION; SELECT * FROM t');
			await expect(finish()).rejects.toThrow(`all sessions of database ${database.name}`);
			expect(await names()).not.toContain(database.name);
		});
	});
}
