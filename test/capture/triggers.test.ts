import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection as Application, RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { readTriggers } from '../../source/capture/trigger-inventory.ts';
import { installTriggers, triggerState, uninstallTriggers } from '../../source/capture/triggers.ts';
import { ensureChangeLog } from '../../source/changelog/log/migrate.ts';
import { readCatalogue } from '../../source/database/catalogue/cached-catalogue.ts';
import { Connection } from '../../source/database/connection/connection.ts';
import { pairTables } from '../../source/database/pairing/table-pair.ts';
import type { TrackedTable } from '../../source/database/rows/tracked-table.ts';
import { type Product, products } from '../../source/demo/servers/product.ts';
import { freshDatabase } from '../support/databases.ts';
import { openEnd } from '../support/ends.ts';
import { describeOn } from '../support/suites.ts';

const itemTable = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))';

async function prepared(product: Product, ...definitions: string[]) {
	const database = await freshDatabase(product);
	const application = await database.connect();
	for (const definition of definitions) await application.query(definition);
	const connection = await openEnd(database);
	await ensureChangeLog(connection);
	return { database, application, connection };
}

async function tracked(connection: Connection, name: string): Promise<TrackedTable> {
	const tables = await readCatalogue(connection);
	const table = pairTables({ tables: 'all', excludeTables: [] }, tables, tables, false).find(
		(candidate) => candidate.name === name,
	)?.sides.local;
	if (!table) throw new Error(`${name} cannot be tracked`);
	return table;
}

async function install(connection: Connection, name: string): Promise<boolean> {
	return installTriggers(
		connection,
		await tracked(connection, name),
		await readTriggers(connection),
	);
}

async function stateOf(connection: Connection, name: string, nodeId = 'here'): Promise<string> {
	return triggerState(await tracked(connection, name), nodeId, await readTriggers(connection));
}

async function logged(application: Application): Promise<string[]> {
	const [rows] = await application.query<RowDataPacket[]>(
		'SELECT operation, row_key FROM change_log ORDER BY id',
	);
	return rows.map(({ operation, row_key }) => `${operation} ${row_key}`);
}

async function triggerNames(application: Application): Promise<string[]> {
	const [rows] = await application.query<RowDataPacket[]>(
		`SELECT trigger_name AS name FROM information_schema.triggers
		WHERE event_object_schema = DATABASE() ORDER BY trigger_name`,
	);
	return rows.map(({ name }) => String(name));
}

for (const product of products) {
	describeOn([product], `the triggers of a table on ${product}`, () => {
		it('are missing, then installed, and a second installation does nothing', async () => {
			const { connection } = await prepared(product, itemTable);
			expect(await stateOf(connection, 'item')).toBe('missing');
			expect(await install(connection, 'item')).toBe(true);
			expect(await stateOf(connection, 'item')).toBe('installed');
			expect(await install(connection, 'item')).toBe(false);
		});

		it('log every change with the node that made it, and both keys of a changed key', async () => {
			const { connection, application } = await prepared(product, itemTable);
			await install(connection, 'item');
			await application.query("INSERT INTO item VALUES (1, 'a'), (2, 'b')");
			await application.query("UPDATE item SET name = 'c' WHERE id = 1");
			await application.query('UPDATE item SET id = 5 WHERE id = 2');
			await application.query('DELETE FROM item WHERE id = 1');
			expect(await logged(application)).toEqual([
				'INSERT x31',
				'INSERT x32',
				'UPDATE x31',
				'DELETE x32',
				'UPDATE x35',
				'DELETE x31',
			]);
			const [rows] = await application.query<RowDataPacket[]>(
				`SELECT DISTINCT source_node, applied_nodes,
					ABS(TIMESTAMPDIFF(SECOND, changed_at, UTC_TIMESTAMP(6))) < 60 AS recent
				FROM change_log`,
			);
			expect(rows).toEqual([{ source_node: 'here', applied_nodes: '', recent: 1 }]);
		});

		it('log nothing on a session with the loop marker', async () => {
			const { connection, application } = await prepared(product, itemTable);
			await install(connection, 'item');
			await connection.run("INSERT INTO item VALUES (1, 'from the engine')");
			expect(await logged(application)).toEqual([]);
		});

		it('are missing when one of the three is gone, and put back as a whole', async () => {
			const { connection, application } = await prepared(product, itemTable);
			await install(connection, 'item');
			const [name] = await triggerNames(application);
			await application.query(`DROP TRIGGER \`${name}\``);
			expect(await stateOf(connection, 'item')).toBe('missing');
			await install(connection, 'item');
			expect(await stateOf(connection, 'item')).toBe('installed');
			expect(await triggerNames(application)).toHaveLength(3);
		});

		it('are stale for another node id, and after the key or the name of the table changed', async () => {
			const { connection, application } = await prepared(product, itemTable);
			await install(connection, 'item');
			expect(await stateOf(connection, 'item', 'elsewhere')).toBe('stale');
			await application.query('ALTER TABLE item DROP PRIMARY KEY, ADD PRIMARY KEY (id, name)');
			expect(await stateOf(connection, 'item')).toBe('stale');
			await install(connection, 'item');
			await application.query("INSERT INTO item VALUES (1, 'k')");
			expect(await logged(application)).toEqual(['INSERT x31,x6B']);
			await application.query('RENAME TABLE item TO thing');
			expect(await stateOf(connection, 'thing')).toBe('stale');
			await install(connection, 'thing');
			expect(await stateOf(connection, 'thing')).toBe('installed');
			expect(await triggerNames(application)).toHaveLength(3);
		});

		it('are stale when somebody edited one, and made right again', async () => {
			const { connection, application } = await prepared(product, itemTable);
			await install(connection, 'item');
			const name = (await triggerNames(application)).find((each) => each.includes('_insert_'));
			await application.query(`DROP TRIGGER \`${name}\``);
			await application.query(
				`CREATE TRIGGER \`${name}\` AFTER INSERT ON item FOR EACH ROW SET @edited = 1`,
			);
			expect(await stateOf(connection, 'item')).toBe('stale');
			await install(connection, 'item');
			expect(await stateOf(connection, 'item')).toBe('installed');
		});

		it('miss no change while they are replaced by newer ones', async () => {
			const { connection, application } = await prepared(product, itemTable);
			await install(connection, 'item');
			const other = await Connection.open({ ...connection.end, nodeId: 'renamed' });
			let writing = true;
			const writer = (async () => {
				let id = 0;
				for (; writing || id < 50; id += 1) {
					await application.query('INSERT INTO item (id) VALUES (?)', [id]);
				}
				return id;
			})();
			await install(other, 'item');
			writing = false;
			const written = await writer;
			const [rows] = await application.query<RowDataPacket[]>(
				'SELECT COUNT(DISTINCT row_key) AS n FROM change_log',
			);
			expect(Number(rows[0]?.n)).toBe(written);
			await other.close();
		});

		it("leave the application's own triggers alone, also when they are removed", async () => {
			const { connection, application } = await prepared(
				product,
				itemTable,
				'CREATE TABLE audit (at INT)',
				'CREATE TRIGGER change_log_of_ours AFTER INSERT ON item FOR EACH ROW INSERT INTO audit VALUES (1)',
			);
			await install(connection, 'item');
			await application.query('INSERT INTO item (id) VALUES (1)');
			expect(await uninstallTriggers(connection, 'item', await readTriggers(connection))).toBe(3);
			expect(await triggerNames(application)).toEqual(['change_log_of_ours']);
			await application.query('INSERT INTO item (id) VALUES (2)');
			const [rows] = await application.query('SELECT COUNT(*) AS n FROM audit');
			expect(rows).toEqual([{ n: '2' }]);
			expect(await logged(application)).toEqual(['INSERT x31']);
		});

		it('are unknown to a user who may not see them', async () => {
			const { connection, application, database } = await prepared(product, itemTable);
			await install(connection, 'item');
			const user = `u_${randomBytes(6).toString('hex')}`;
			await application.query(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY 'reader'`);
			await application.query(`GRANT SELECT ON ${database.name}.* TO ${user}@'127.0.0.1'`);
			const reader = await openEnd(database, { user, password: 'reader' });
			expect(await stateOf(reader, 'item')).toBe('unknown');
			await application.query(`GRANT TRIGGER ON ${database.name}.* TO ${user}@'127.0.0.1'`);
			const seer = await openEnd(database, { user, password: 'reader' });
			expect(await stateOf(seer, 'item')).toBe('installed');
			await application.query(`DROP USER ${user}@'127.0.0.1'`);
		});

		it('keep two long names that begin alike apart', async () => {
			const names = ['one', 'two'].map((end) => `${'long_'.repeat(12)}${end}`);
			const { connection } = await prepared(
				product,
				...names.map((name) => `CREATE TABLE ${name} (id INT PRIMARY KEY)`),
			);
			for (const name of names) await install(connection, name);
			for (const name of names) expect(await stateOf(connection, name)).toBe('installed');
		});

		it('stand on names full of quotes, and are known again', async () => {
			const { connection, application } = await prepared(
				product,
				"CREATE TABLE `we``ird 'na.me?;` (`k.e``y` INT, `sel'ect` INT, PRIMARY KEY (`k.e``y`, `sel'ect`))",
			);
			const name = "we`ird 'na.me?;";
			await install(connection, name);
			expect(await stateOf(connection, name)).toBe('installed');
			await application.query(`INSERT INTO \`we\`\`ird 'na.me?;\` VALUES (1, 2)`);
			expect(await logged(application)).toEqual(['INSERT x31,x32']);
		});

		it('do not keep readers waiting where a transaction has the table open, and say what stands in the way', async () => {
			const { connection, application, database } = await prepared(product, itemTable);
			const reader = await database.connect();
			await application.beginTransaction();
			await application.query('SELECT * FROM item');
			let installing = true;
			const refused = expect(install(connection, 'item'))
				.rejects.toMatchObject({
					code: 'busy',
					message: 'an open transaction keeps the table locked',
					place: { table: 'item' },
				})
				.finally(() => {
					installing = false;
				});
			const waits: number[] = [];
			while (installing) {
				const start = performance.now();
				await reader.query('SELECT * FROM item');
				waits.push(performance.now() - start);
				await pause(5);
			}
			await refused;
			// A second is the least that a server can wait; half of one is for a machine that is busy.
			expect(Math.max(...waits)).toBeLessThan(1500);
			// Between the tries they get through.
			expect(waits.filter((wait) => wait > 500).length).toBeLessThanOrEqual(3);
			await application.commit();
			expect(await install(connection, 'item')).toBe(true);
		});
	});
}
