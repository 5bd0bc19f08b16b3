import { describe, expect, it } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import type { Product } from '../../source/demo/servers/product.ts';
import { enginePair, errorsOf } from '../support/engine-pair.ts';
import type { PairEnd } from '../support/pair.ts';
import { describeOn } from '../support/suites.ts';

const plain = 'CREATE TABLE kept (id INT PRIMARY KEY, v INT, word VARCHAR(20), UNIQUE (word))';

const versioned: Record<string, string> = {
	'hidden columns': `${plain} WITH SYSTEM VERSIONING`,
	'a period of its own': `CREATE TABLE kept (id INT PRIMARY KEY, v INT, word VARCHAR(20),
		since TIMESTAMP(6) GENERATED ALWAYS AS ROW START,
		until TIMESTAMP(6) GENERATED ALWAYS AS ROW END,
		PERIOD FOR SYSTEM_TIME (since, until), UNIQUE (word)) WITH SYSTEM VERSIONING`,
	'a period of transactions': `CREATE TABLE kept (id INT PRIMARY KEY, v INT, word VARCHAR(20),
		since BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,
		until BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,
		PERIOD FOR SYSTEM_TIME (since, until), UNIQUE (word)) WITH SYSTEM VERSIONING`,
};

async function rowsOf({ connection }: PairEnd): Promise<unknown> {
	const [rows] = await connection.query({
		sql: 'SELECT id, v, word FROM kept ORDER BY id',
		rowsAsArray: true,
	});
	return rows;
}

function onBoth(cloud: Product, table: string): Record<Side, string[]> {
	return { local: [table], cloud: [cloud === 'mariadb' ? table : plain] };
}

describe.each(Object.keys(versioned))(
	'a table of MariaDB with system versioning, by %s',
	(name) => {
		for (const cloud of ['mariadb', 'mysql'] as const) {
			describeOn(['mariadb', cloud], `with a table of ${cloud}`, () => {
				it('has the present rows carried over both ways, and its history left alone', async () => {
					const table = versioned[name] ?? '';
					const pair = await enginePair(
						{ local: 'mariadb', cloud },
						{ schema: onBoth(cloud, table) },
					);
					await pair.sync();
					const write = (side: Side, sql: string) => pair[side].connection.query(sql);
					const expectRows = async (...rows: unknown[][]) => {
						expect(errorsOf(await pair.sync())).toEqual([]);
						for (const side of sides) expect(await rowsOf(pair[side]), side).toEqual(rows);
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
			});
		}
	},
);
