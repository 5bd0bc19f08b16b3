import type { Connection, RowDataPacket } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { products } from '../../source/demo/servers/product.ts';
import { startOwnServer } from '../support/databases.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import { someoneWaits } from '../support/lock-waits.ts';
import { describeOn, everyday } from '../support/suites.ts';

const schema = [
	'CREATE TABLE parent (id INT PRIMARY KEY, v INT)',
	'CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE)',
	'CREATE TABLE tree (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES tree (id) ON DELETE CASCADE)',
	'CREATE TABLE other (id INT PRIMARY KEY, v INT)',
	'INSERT INTO parent VALUES (1, 1), (2, 2), (3, 3)',
	'INSERT INTO child VALUES (10, 1), (11, 1), (20, 2)',
	'INSERT INTO tree VALUES (1, NULL), (2, NULL), (10, 1), (11, 10)',
];

/** Statements that write entries of a first row, and then wait for a second one that is locked. */
const waiting = {
	'a deletion that cascades': ['DELETE FROM parent WHERE id IN (1, 2)', 'parent'],
	'a change of key that cascades': ['UPDATE parent SET id = id + 10 WHERE id IN (1, 2)', 'parent'],
	'a deletion in a tree': ['DELETE FROM tree WHERE id IN (1, 2)', 'tree'],
	'an update of two rows': ['UPDATE parent SET v = v + 1 WHERE id IN (1, 2)', 'parent'],
} as const;

async function connected(pair: EnginePair): Promise<Connection> {
	const connection = await pair.local.connect();
	onTestFinished(() => connection.destroy());
	return connection;
}

for (const product of products) {
	// MariaDB's default first.
	for (const mode of everyday([1, 0, 2], 1)) {
		describeOn([product], `on ${product} with innodb_autoinc_lock_mode=${mode}`, () => {
			it('no statement makes writers to other tables wait, or tears their transactions', async () => {
				const server = await startOwnServer(product, {
					args: [`--innodb-autoinc-lock-mode=${mode}`],
				});
				for (const [statement, table] of Object.values(waiting)) {
					const pair = await enginePair({ local: server, cloud: server }, { schema });
					await pair.sync();
					const [first, second] = [await connected(pair), await connected(pair)];
					await second.query(
						`START TRANSACTION; INSERT INTO other VALUES (98, 1); SELECT id FROM ${table} WHERE id = 2 FOR UPDATE`,
					);
					const running = first.query(statement);
					await someoneWaits(pair.local.connection);

					await second.query('SET innodb_lock_wait_timeout = 1');
					await second.query('UPDATE other SET v = 2 WHERE id = 98; COMMIT');
					await running;

					const [rows] = await second.query<RowDataPacket[]>('SELECT id, v FROM other');
					expect(rows).toEqual([{ id: 98, v: 2 }]);
					expect(errorsOf(await pair.sync())).toEqual([]);
					expect(await pair.differences()).toEqual([]);
				}
			});

			it('the record of a batch names the entries that it made', async () => {
				const server = await startOwnServer(product, {
					args: [`--innodb-autoinc-lock-mode=${mode}`],
				});
				const pair = await enginePair({ local: server, cloud: server }, { schema });
				await pair.sync();
				await pair.local.connection.query('INSERT INTO other VALUES (1, 1), (2, 2), (3, 3)');
				await pair.sync();
				const [rows] = await pair.cloud.connection.query<RowDataPacket[]>(
					`SELECT COUNT(*) AS entries
					FROM change_log JOIN change_log_batches ON change_log.id BETWEEN first_entry AND last_entry
					WHERE table_name = 'other'`,
				);
				expect(rows).toEqual([{ entries: '3' }]);
			});
		});
	}
}
