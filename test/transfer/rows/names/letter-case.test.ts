import type { RowDataPacket } from 'mysql2/promise';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { dataTemplate } from '../../../../source/demo/servers/data.ts';
import type { Product } from '../../../../source/demo/servers/product.ts';
import type { Server } from '../../../../source/demo/servers/server.ts';
import { installPair, uninstallPair } from '../../../../source/engine/install/installation.ts';
import { closeBoth, openBoth } from '../../../../source/engine/shared/connections.ts';
import { startOwnServer } from '../../../support/databases.ts';
import { type EnginePair, enginePair, errorsOf } from '../../../support/engine-pair.ts';
import type { PairEnd } from '../../../support/pair.ts';
import { sharedServer } from '../../../support/servers.ts';
import { type AtEnd, atSuiteEnd, describeInFull } from '../../../support/suites.ts';
import { changedByInstalling, leftByUninstalling } from './installed.ts';

/** Starts a server that writes every table name in lower case, which MySQL has to be told at birth. */
async function foldingServer(product: Product, atEnd: AtEnd): Promise<Server> {
	const args = ['--lower-case-table-names=1'];
	const template = await dataTemplate(sharedServer(product).program, args);
	return startOwnServer(product, { args, template, atEnd });
}

const schema = [
	'CREATE TABLE Item (Id INT PRIMARY KEY, Name VARCHAR(20) UNIQUE)',
	`CREATE TABLE OrderLine (Id INT PRIMARY KEY, ItemId INT,
		FOREIGN KEY (ItemId) REFERENCES Item (Id) ON DELETE CASCADE ON UPDATE CASCADE)`,
	`CREATE TABLE Note (Id INT PRIMARY KEY, LineId INT,
		FOREIGN KEY (LineId) REFERENCES OrderLine (Id) ON DELETE SET NULL)`,
];

/** Every row of the three tables, as the side spells their names. */
async function rowsOf({ local, cloud }: EnginePair, side: 'local' | 'cloud') {
	const { connection } = side === 'local' ? local : cloud;
	const tables = side === 'local' ? ['item', 'orderline', 'note'] : ['Item', 'OrderLine', 'Note'];
	const rows: unknown[] = [];
	for (const table of tables) {
		const [found] = await connection.query<RowDataPacket[][]>({
			sql: `SELECT * FROM ${table} ORDER BY Id`,
			rowsAsArray: true,
		});
		rows.push(found);
	}
	return rows;
}

describeInFull(['mariadb', 'mysql'], 'an end that writes table names in lower case', () => {
	describe.each(['mariadb', 'mysql'] as const)('on %s', (product) => {
		const atEnd = atSuiteEnd();
		let folding: Server;
		beforeAll(async () => {
			folding = await foldingServer(product, atEnd);
		});

		it.each(['mariadb', 'mysql'] as const)(
			'carries tables and cascades to and from %s',
			async (other) => {
				const pair = await enginePair({ local: folding, cloud: other }, { schema });
				expect((await pair.sync()).unsettled).toEqual([]);
				await pair.local.connection.query(
					`INSERT INTO item VALUES (1, 'one'), (2, 'two'), (3, 'three');
				INSERT INTO orderline VALUES (1, 1), (2, 2), (3, 3);
				INSERT INTO note VALUES (1, 1), (2, 2), (3, 3)`,
				);
				expect(errorsOf(await pair.sync())).toEqual([]);
				expect(await rowsOf(pair, 'cloud')).toEqual(await rowsOf(pair, 'local'));

				await pair.cloud.connection.query('DELETE FROM Item WHERE Id = 1');
				await pair.cloud.connection.query('UPDATE Item SET Id = 30 WHERE Id = 3');
				await pair.local.connection.query('DELETE FROM item WHERE Id = 2');
				expect(errorsOf(await pair.sync())).toEqual([]);
				for (const side of ['local', 'cloud'] as const) {
					expect(await rowsOf(pair, side)).toEqual([
						[[30, 'three']],
						[[3, 30]],
						[
							[1, null],
							[2, null],
							[3, 3],
						],
					]);
				}
				expect((await pair.sync()).said).toEqual([]);
				expect(await changedByInstalling(pair)).toEqual([]);
				expect(await leftByUninstalling(pair)).toEqual([]);
			},
		);

		it('is found under a schema name of any letter case', async () => {
			const pair = await enginePair({ local: folding, cloud: 'mariadb' }, { schema });
			pair.config.local.database = pair.config.local.database.toUpperCase();
			expect((await pair.sync()).unsettled).toEqual([]);
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'one')");
			await pair.cloud.connection.query('INSERT INTO OrderLine VALUES (1, NULL)');
			expect(errorsOf(await pair.sync())).toEqual([]);
			expect(await rowsOf(pair, 'cloud')).toEqual(await rowsOf(pair, 'local'));
			expect(await rowsOf(pair, 'cloud')).toEqual([[[1, 'one']], [[1, null]], []]);
			expect((await pair.sync()).said).toEqual([]);
		});

		it('has its tables chosen, installed and uninstalled under either spelling', async () => {
			const pair = await enginePair(
				{ local: folding, cloud: 'mysql' },
				{
					schema: [...schema.slice(0, 2), 'CREATE TABLE Note (Id INT PRIMARY KEY)'],
					config: { tables: ['ITEM', 'OrderLine', 'Note'], excludeTables: ['NOTE'] },
				},
			);
			await pair.sync();
			const connections = await openBoth(pair.config);
			onTestFinished(() => closeBoth(connections));
			for (const [table, type] of [
				['OrderLine', 'DECIMAL(9,1)'],
				['orderline', 'BIGINT'],
			] as const) {
				for (const { connection } of [pair.local, pair.cloud]) {
					await connection.query(
						`ALTER TABLE OrderLine MODIFY Id ${type}, ADD UNIQUE KEY (ItemId)`,
					);
				}
				const { local, cloud } = await installPair(connections, pair.config, [table]);
				// Those of its parent note its keys, and would be made again if they did not fit.
				for (const side of [local, cloud]) {
					expect([...side.installed, ...side.unchanged].sort()).toEqual(['item', 'orderline']);
					expect(side.failed).toEqual([]);
				}
				const request = { table, dropLog: false };
				expect(await uninstallPair(connections, pair.config, request)).toMatchObject({
					local: { uninstalled: ['orderline'] },
					cloud: { uninstalled: ['OrderLine'] },
				});
			}
		});

		it('skips tables of the other end that differ in letter case alone, and says so', async () => {
			const own = ['item', 'more'].map((name) => `CREATE TABLE ${name} (id INT PRIMARY KEY)`);
			const pair = await enginePair(
				{ local: folding, cloud: 'mariadb' },
				{ schema: { local: own, cloud: [...own, 'CREATE TABLE Item (id INT PRIMARY KEY)'] } },
			);
			const { said } = await pair.sync();
			expect(said.join('\n')).toMatch(
				/item is skipped: (item and Item|Item and item) differ only in case.* \(cloud\)/,
			);
			const { local, cloud } = pair;
			await local.connection.query('INSERT INTO item VALUES (1); INSERT INTO more VALUES (1)');
			await cloud.connection.query(
				'INSERT INTO item VALUES (2); INSERT INTO Item VALUES (3); INSERT INTO more VALUES (2)',
			);
			expect(errorsOf(await pair.sync())).toEqual([]);
			const ids = async ({ connection }: PairEnd, table: string) => {
				const [rows] = await connection.query<RowDataPacket[]>(
					`SELECT id FROM ${table} ORDER BY id`,
				);
				return rows.map(({ id }) => id);
			};
			expect([await ids(local, 'more'), await ids(cloud, 'more')]).toEqual([
				[1, 2],
				[1, 2],
			]);
			expect(await ids(local, 'item')).toEqual([1]);
			expect(await ids(cloud, 'item')).toEqual([2]);
			expect(await ids(cloud, 'Item')).toEqual([3]);
		});
	});
});
