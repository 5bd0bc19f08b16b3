import { expect, it } from 'vitest';
import { products } from '../../../source/demo/servers/product.ts';
import { asSyncError, type SyncError } from '../../../source/errors.ts';
import { freshDatabase, startOwnServer } from '../../support/databases.ts';
import { openEnd } from '../../support/ends.ts';
import { describeOn } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

/** What a statement fails with. */
async function failureOf(statement: Promise<unknown>): Promise<SyncError> {
	return statement.then(
		() => {
			throw new Error('it did not fail');
		},
		(thrown) => asSyncError(thrown),
	);
}

const goneWithout = 'the server rolled back the whole transaction without reporting an error';

describeOn(products, 'a transaction', () => {
	it.each(products)(
		'on %s is not committed once it was rolled back, nor what came after',
		async (product) => {
			const connection = await openEnd(await freshDatabase(product));
			await connection.run('CREATE TABLE item (id INT PRIMARY KEY)');
			const work = connection.transaction(async () => {
				await connection.run('INSERT INTO item VALUES (1)');
				await connection.run('ROLLBACK');
				await connection.run('INSERT INTO item VALUES (2)');
			});
			await expect(work).rejects.toMatchObject({ code: 'busy', message: goneWithout });
			expect(await connection.arrays('SELECT id FROM item')).toEqual([]);
			// The session is as before.
			await connection.run('INSERT INTO item VALUES (3)');
			await connection.run('ROLLBACK');
			expect(await connection.arrays('SELECT id FROM item')).toEqual([[3]]);
			await connection.whole(['INSERT INTO item VALUES (4)']);
			await expect(
				connection.whole([
					'INSERT INTO item VALUES (5)',
					'ROLLBACK',
					'INSERT INTO item VALUES (6)',
				]),
			).rejects.toMatchObject({ message: goneWithout });
			expect(await connection.arrays('SELECT id FROM item')).toEqual([[3], [4]]);
		},
	);

	it.each(products)(
		'on %s is asked for where an error does not tell what became of it',
		async (product) => {
			const connection = await openEnd(await freshDatabase(product));
			const work = connection.transaction(async () => {
				const failure = await failureOf(connection.run('SELECT * FROM missing'));
				await connection.requireOpen(failure);
				await connection.run('ROLLBACK');
				await connection.requireOpen(failure);
			});
			await expect(work).rejects.toMatchObject({
				code: 'busy',
				errno: 1146,
				message: expect.stringMatching(/^the server rolled back the whole transaction: .*missing/),
			});
		},
	);

	it.each(products)(
		'on %s is gone after a deadlock, and after a lock wait where the server says so',
		async (product) => {
			const server = await startOwnServer(product, { args: ['--innodb-rollback-on-timeout=ON'] });
			const database = await freshDatabase(server);
			const [one, other] = [await openEnd(database), await openEnd(database)];
			await one.run('CREATE TABLE item (id INT PRIMARY KEY, v INT)');
			await one.run('INSERT INTO item VALUES (1, 0), (2, 0)');
			const lock = (connection: typeof one, id: number) =>
				connection.rows(`SELECT id FROM item WHERE id = ${id} FOR UPDATE`);
			await one.run('SET innodb_lock_wait_timeout = 1');
			await other.transaction(async () => {
				await lock(other, 1);
				const work = one.transaction(async () => {
					await one.run('UPDATE item SET v = 1 WHERE id = 2');
					const failure = await failureOf(lock(one, 1));
					expect(failure.errno).toBe(1205);
					await one.requireOpen(failure);
				});
				await expect(work).rejects.toMatchObject({ code: 'busy', errno: 1205 });
			});

			await one.run('SET innodb_lock_wait_timeout = 20');
			let locked = 0;
			const failures = await Promise.all(
				[one, other].map(async (connection, index) => {
					try {
						await connection.transaction(async () => {
							await lock(connection, index + 1);
							locked += 1;
							await waitFor(() => locked === 2, { what: 'both to have a lock' });
							await lock(connection, 2 - index).catch((thrown) =>
								connection.requireOpen(asSyncError(thrown)),
							);
						});
						return null;
					} catch (thrown) {
						return asSyncError(thrown).errno;
					}
				}),
			);
			expect(failures.filter((errno) => errno !== null)).toEqual([1213]);
		},
	);
});
