import { randomBytes } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { quoteName } from '../../../../source/database/sql/identifiers.ts';
import { freshDatabase } from '../../../support/databases.ts';
import { enginePair, errorsOf } from '../../../support/engine-pair.ts';
import { describeOneWay } from '../../../support/suites.ts';
import { changedByInstalling, leftByUninstalling } from './installed.ts';

/** Names of which a careless comparison takes one for the other. */
const alike = ['item', 'Item', 'ITEM', 'itém', 'i_em', 'i%', 'größe', 'GRÖSSE', 'grosse', 'Größe'];

describeOneWay('names that differ little, between', (combination) => {
	it('are kept apart as tables, each with a child, on servers that tell letter case', async () => {
		const pair = await enginePair(combination, {
			schema: alike.flatMap((name, index) => [
				`CREATE TABLE ${quoteName(name)} (id INT PRIMARY KEY, v VARCHAR(20))`,
				`CREATE TABLE ${quoteName(`${name} child`)} (id INT PRIMARY KEY, ${quoteName(name)} INT,
					CONSTRAINT fk_${index} FOREIGN KEY (${quoteName(name)}) REFERENCES ${quoteName(name)} (id) ON DELETE CASCADE)`,
			]),
		});
		expect((await pair.sync()).unsettled).toEqual([]);
		for (const name of alike) {
			await pair.local.connection.query(
				`INSERT INTO ${quoteName(name)} VALUES (1, ?), (2, 'two');
				INSERT INTO ${quoteName(`${name} child`)} VALUES (1, 1), (2, 2)`,
				[name],
			);
		}
		expect(errorsOf(await pair.sync())).toEqual([]);
		await pair.cloud.connection.query('DELETE FROM Item WHERE id = 1');
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
		for (const name of alike) {
			const [rows] = await pair.local.connection.query<RowDataPacket[]>(
				`SELECT v FROM ${quoteName(name)} JOIN ${quoteName(`${name} child`)} USING (id) WHERE id = 1`,
			);
			expect(rows).toEqual(name === 'Item' ? [] : [{ v: name }]);
		}
		expect(await changedByInstalling(pair)).toEqual([]);
		expect(await leftByUninstalling(pair)).toEqual([]);
	});

	it('are kept apart as schemas', async () => {
		const random = randomBytes(4).toString('hex');
		// Tables and triggers of the one must not be taken for those of the other.
		const other = async (side: 'local' | 'cloud') => {
			const database = await freshDatabase(combination[side], {
				name: `Straße_É_${side}_${random}`,
			});
			const connection = await database.connect();
			await connection.query(
				`CREATE TABLE item (other INT PRIMARY KEY, id INT);
				CREATE TABLE parent (id INT PRIMARY KEY);
				CREATE TABLE change_log (mine INT);
				CREATE TABLE more (id INT PRIMARY KEY, parent_id INT,
					FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE);
				CREATE TRIGGER change_log_item_insert_0123456789 AFTER INSERT ON item FOR EACH ROW SET @x = 1`,
			);
			return connection;
		};
		const others = [await other('local'), await other('cloud')];
		const pair = await enginePair(combination, {
			names: { local: `straße_é_local_${random}`, cloud: `straße_é_cloud_${random}` },
			schema: [
				'CREATE TABLE item (id INT PRIMARY KEY, v INT)',
				'CREATE TABLE parent (id INT PRIMARY KEY)',
				'CREATE TABLE more (id INT, parent_id INT, PRIMARY KEY (id))',
			],
		});
		expect((await pair.sync()).unsettled).toEqual([]);
		await pair.local.connection.query(
			'INSERT INTO item VALUES (1, 1); INSERT INTO more VALUES (1, 1)',
		);
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
		expect((await pair.sync()).said).toEqual([]);
		expect(await leftByUninstalling(pair)).toEqual([]);
		for (const connection of others) {
			const [triggers] = await connection.query<RowDataPacket[]>('SHOW TRIGGERS');
			expect(triggers.map(({ Trigger }) => Trigger)).toEqual(['change_log_item_insert_0123456789']);
		}
	});
});
