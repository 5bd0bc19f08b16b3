import { expect, it } from 'vitest';
import { products } from '../../../source/demo/servers/product.ts';
import { asSyncError } from '../../../source/errors.ts';
import { freshDatabase } from '../../support/databases.ts';
import { openEnd } from '../../support/ends.ts';
import { describeOn } from '../../support/suites.ts';

const worthAnotherTry = [1205, 1213, 3572, 3058, 1317, 1969, 3024, 1290];
const lost = [1040, 1053];
const ofOneRow = [1292, 1265, 1264, 1366, 3140, 1062, 1452];
const ofTheAccount = [1142, 1143, 1419, 1449, 3159];

for (const product of products) {
	describeOn([product], `an error of ${product}`, () => {
		it('is recognised by its number, whatever its text', async () => {
			const database = await freshDatabase(product);
			const codeOf = async (number: number) => {
				const connection = await openEnd(database);
				const raised = connection.run(
					`SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = 'words'`,
				);
				return `${number} ${await raised.catch((error: unknown) => asSyncError(error).code)}`;
			};
			const told: string[] = [];
			for (const number of [...worthAnotherTry, ...lost, ...ofOneRow, ...ofTheAccount]) {
				told.push(await codeOf(number));
			}
			expect(told).toEqual([
				...worthAnotherTry.map((number) => `${number} busy`),
				...lost.map((number) => `${number} unreachable`),
				...ofOneRow.map((number) => `${number} refused`),
				...ofTheAccount.map((number) => `${number} denied`),
			]);
		});

		it('that leaves its transaction open has it rolled back all the same', async () => {
			const database = await freshDatabase(product);
			const connection = await openEnd(database);
			await connection.run('CREATE TABLE item (id INT PRIMARY KEY)');
			await connection.run('INSERT INTO item VALUES (1)');
			const holder = await openEnd(database);
			await connection.run('SET innodb_lock_wait_timeout = 1');
			await holder.run('START TRANSACTION');
			await holder.run('UPDATE item SET id = 5 WHERE id = 1');

			const failed = await connection
				.transaction(async () => {
					await connection.run('INSERT INTO item VALUES (2)');
					await connection.run('DELETE FROM item WHERE id = 1');
				})
				.catch(asSyncError);

			expect(failed).toMatchObject({ code: 'busy', errno: 1205 });
			await holder.run('INSERT INTO item VALUES (2)');
			await holder.run('COMMIT');
			expect(await connection.rows('SELECT id FROM item ORDER BY id')).toEqual([
				{ id: 2 },
				{ id: 5 },
			]);
		});

		it('of a connection that was killed is a lost connection, at every call after it too', async () => {
			const database = await freshDatabase(product);
			const connection = await openEnd(database);
			const other = await openEnd(database);
			const [row] = await connection.rows<{ id: string | number }>('SELECT CONNECTION_ID() AS id');
			await other.run(`KILL ${row?.id}`);
			for (let call = 0; call < 2; call += 1) {
				const failed = await connection.run('DO 1').catch(asSyncError);
				expect(failed).toMatchObject({ code: 'unreachable' });
			}
		});
	});
}
