import { expect, it } from 'vitest';
import { freshDatabase } from '../support/databases.ts';
import { openEnd } from '../support/ends.ts';
import { describeOn } from '../support/suites.ts';

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
});
