import { expect, it } from 'vitest';
import { freshDatabase } from '../../support/databases.ts';
import { openEnd } from '../../support/ends.ts';
import { describeOn } from '../../support/suites.ts';

describeOn(['mariadb', 'mysql'], 'a connection', () => {
	it.each(['mariadb', 'mysql'] as const)(
		'to %s leaves no prepared statement behind, however many texts it has sent',
		async (product) => {
			const connection = await openEnd(await freshDatabase(product));
			const prepared = async () => {
				const rows = await connection.rows<{ Variable_name: string; Value: string }>(
					"SHOW SESSION STATUS LIKE 'Com_stmt_%'",
				);
				const of = (name: string) =>
					Number(rows.find(({ Variable_name }) => Variable_name === name)?.Value);
				return { close: of('Com_stmt_close'), execute: of('Com_stmt_execute') };
			};
			const before = await prepared();
			for (let number = 0; number < 40; number += 1) {
				await connection.execute(`SELECT ? AS column_${number}`, ['value']);
			}
			const after = await prepared();
			expect(after.execute - before.execute).toBe(40);
			expect(after.close - before.close).toBe(40);
		},
	);

	it.each(['mariadb', 'mysql'] as const)(
		'to %s pipelines statements in one packet, and gives each its own answer',
		async (product) => {
			const connection = await openEnd(await freshDatabase(product));
			await connection.run('CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, name TEXT)');
			const before = connection.sent;
			const answers = await connection.together(() =>
				Promise.all([
					connection.run("INSERT INTO item (name) VALUES ('one;'), ('two?')"),
					connection.rows('SELECT LAST_INSERT_ID() AS id, name FROM item WHERE id = ?', [2]),
					connection.arrays('SELECT id FROM item ORDER BY id'),
					connection.rows('SELECT id FROM item WHERE id > 2'),
				]),
			);
			expect(answers).toEqual([2, [{ id: '1', name: 'two?' }], [[1], [2]], []]);
			expect(connection.sent).toBe(before + 1);
		},
	);

	it.each(['mariadb', 'mysql'] as const)(
		'to %s runs nothing after a statement that failed, in whatever packet',
		async (product) => {
			const connection = await openEnd(await freshDatabase(product));
			await connection.run('CREATE TABLE item (id INT PRIMARY KEY, name LONGTEXT)');
			const insert = (id: number, bytes: number) =>
				connection.run(`INSERT INTO item VALUES (${id}, REPEAT('${'x'.repeat(bytes)}', 1))`);
			// As much as fits into one packet, so that the last one needs another packet.
			const large = connection.server.maxAllowedPacket * 0.8;
			const failures = await connection.together(() =>
				Promise.allSettled([insert(1, 1), insert(1, 1), insert(2, 1), insert(3, large)]),
			);
			expect(failures.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
			expect(await connection.arrays('SELECT id FROM item')).toEqual([[1]]);
		},
	);

	it.each(['mariadb', 'mysql'] as const)(
		'to %s that broke says what broke it to whoever asks afterwards, too',
		async (product) => {
			const database = await freshDatabase(product);
			const [connection, other] = [await openEnd(database), await openEnd(database)];
			const [row] = await connection.rows<{ id: string }>('SELECT CONNECTION_ID() AS id');
			const words = 'the server closed the connection';
			const asked = Promise.allSettled([
				connection.rows('SELECT SLEEP(600)'),
				connection.rows('SELECT 1'),
			]);
			await other.run(`KILL ${row?.id}`);
			for (const { status, reason } of (await asked) as PromiseRejectedResult[]) {
				expect({ status, reason: reason.message }).toEqual({ status: 'rejected', reason: words });
			}
			await expect(connection.rows('SELECT 1')).rejects.toMatchObject({
				code: 'unreachable',
				message: words,
			});
			await expect(connection.execute('SELECT ?', ['x'])).rejects.toThrow(words);
		},
	);
});
