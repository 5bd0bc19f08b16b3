import { expect, it } from 'vitest';
import { type Side, sides } from '../../../source/config/types.ts';
import type { Product } from '../../../source/demo/servers/product.ts';
import { enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeOn } from '../../support/suites.ts';

const columns = 'id INT PRIMARY KEY, v INT, word VARCHAR(20), UNIQUE (word)';

const period = (type: string) => `since ${type} GENERATED ALWAYS AS ROW START,
	until ${type} GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (since, until)`;

/** What the tables have beside their columns on MariaDB. */
const versioned: Record<string, string> = {
	hidden: '',
	of_times: `, ${period('TIMESTAMP(6)')}`,
	of_transactions: `, ${period('BIGINT UNSIGNED')}`,
};

function schemaOn(product: Product): string[] {
	return Object.entries(versioned).map(([name, more]) =>
		product === 'mariadb'
			? `CREATE TABLE ${name} (${columns}${more}) WITH SYSTEM VERSIONING`
			: `CREATE TABLE ${name} (${columns})`,
	);
}

for (const cloud of ['mariadb', 'mysql'] as const) {
	describeOn(
		['mariadb', cloud],
		`tables of MariaDB with system versioning, and those of ${cloud}`,
		() => {
			it('have their current rows synced in both directions', async () => {
				const pair = await enginePair(
					{ local: 'mariadb', cloud },
					{ schema: { local: schemaOn('mariadb'), cloud: schemaOn(cloud) } },
				);
				await pair.sync();
				/** Runs a statement for each of the tables, which it calls `kept`. */
				const write = async (side: Side, sql: string) => {
					for (const name of Object.keys(versioned)) {
						await pair[side].connection.query(sql.replaceAll('kept', name));
					}
				};
				const expectRows = async (...rows: unknown[][]) => {
					expect(errorsOf(await pair.sync())).toEqual([]);
					for (const name of Object.keys(versioned)) {
						for (const side of sides) {
							const [found] = await pair[side].connection.query({
								sql: `SELECT id, v, word FROM ${name} ORDER BY id`,
								rowsAsArray: true,
							});
							expect(found, `${name} on ${side}`).toEqual(rows);
						}
					}
				};
				await write('local', "INSERT INTO kept (id, v, word) VALUES (1, 1, 'a'), (2, 2, 'b')");
				await write('cloud', "INSERT INTO kept (id, v, word) VALUES (3, 3, 'c'), (4, 4, 'd')");
				await expectRows([1, 1, 'a'], [2, 2, 'b'], [3, 3, 'c'], [4, 4, 'd']);
				await write('local', 'UPDATE kept SET v = v + 10 WHERE id IN (1, 3)');
				await write('cloud', 'UPDATE kept SET v = v + 10 WHERE id IN (2, 4)');
				await expectRows([1, 11, 'a'], [2, 12, 'b'], [3, 13, 'c'], [4, 14, 'd']);
				await write('local', 'UPDATE kept SET id = 5 WHERE id = 1');
				await write('cloud', 'DELETE FROM kept WHERE id = 2');
				await expectRows([3, 13, 'c'], [4, 14, 'd'], [5, 11, 'a']);
				// Values of the UNIQUE key change places.
				await write(
					'local',
					"UPDATE kept SET word = 'x' WHERE id = 3; UPDATE kept SET word = 'c' WHERE id = 4; UPDATE kept SET word = 'd' WHERE id = 3",
				);
				await expectRows([3, 13, 'd'], [4, 14, 'c'], [5, 11, 'a']);
				await write('cloud', 'DELETE FROM kept');
				await expectRows();
			});
		},
	);
}
