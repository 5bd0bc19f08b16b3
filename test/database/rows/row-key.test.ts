import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { readTriggers } from '../../../source/capture/trigger-inventory.ts';
import { installTriggers } from '../../../source/capture/triggers.ts';
import { ensureChangeLog } from '../../../source/changelog/log/migrate.ts';
import { readCatalogue } from '../../../source/database/catalogue/cached-catalogue.ts';
import { pairTables } from '../../../source/database/pairing/table-pair.ts';
import { displayRowKey, keyCondition, parseRowKey } from '../../../source/database/rows/row-key.ts';
import { type Product, products } from '../../../source/demo/servers/product.ts';
import { freshDatabase } from '../../support/databases.ts';
import { openEnd } from '../../support/ends.ts';
import { describeOn } from '../../support/suites.ts';

/** A key type, three values of it as SQL, and the first one as a person reads it. */
const types: [type: string, values: [string, string, string], shown: string, only?: Product][] = [
	['TINYINT', ['-128', '0', '127'], '-128'],
	['INT UNSIGNED ZEROFILL', ['7', '70', '700'], '0000000007'],
	[
		'BIGINT',
		['-9223372036854775808', '9007199254740993', '9007199254740992'],
		'-9223372036854775808',
	],
	[
		'BIGINT UNSIGNED',
		['18446744073709551615', '18446744073709551614', '0'],
		'18446744073709551615',
	],
	['DECIMAL(20, 5)', ['1.5', '-1.5', '123456789012345.00001'], '1.50000'],
	['VARCHAR(40) COLLATE utf8mb4_bin', ["'ä 😀'", "''", "'a'"], 'ä 😀'],
	['VARCHAR(40) COLLATE utf8mb4_bin', ["'\\''", "'\\\\'", "'a,x41'"], "'"],
	['CHAR(5) CHARACTER SET latin1', ["'é'", "'e '", "'?'"], 'é'],
	["ENUM('x', 'y,z', '')", ["'x'", "'y,z'", "''"], 'x'],
	['BINARY(16)', ["x'00'", "x'ff00'", "UNHEX(REPEAT('0a', 16))"], `0x${'00'.repeat(16)}`],
	['VARBINARY(20)', ["x''", "x'00'", "x'0000'"], '0x'],
	['BIT(9)', ["b'0'", "b'111111111'", "b'1'"], '0x0000'],
	['DATE', ["'1000-01-01'", "'9999-12-31'", "'0000-00-00'"], '1000-01-01'],
	[
		'DATETIME(6)',
		["'2024-02-29 23:59:59.999999'", "'2024-02-29 23:59:59'", "'1000-01-01'"],
		'2024-02-29 23:59:59.999999',
	],
	['TIME(2)', ["'-838:59:59'", "'838:59:59'", "'00:00:00.25'"], '-838:59:59.00'],
	['YEAR', ['1901', '2155', '0'], '1901'],
	[
		'TIMESTAMP(3)',
		["'2024-10-27 02:30:00.123'", "'2001-09-09 01:46:40'", "'0000-00-00'"],
		'2024-10-27 02:30:00.123 UTC',
	],
	[
		'UUID',
		["'00000000-0000-0000-0000-000000000001'", 'UUID()', "'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
		'00000000-0000-0000-0000-000000000001',
		'mariadb',
	],
	['INET6', ["'::1'", "'2001:db8::ff'", "'::ffff:1.2.3.4'"], '::1', 'mariadb'],
];

for (const product of products) {
	describeOn([product], `a row key on ${product}`, () => {
		it.each(types.filter(([, , , only]) => only === undefined || only === product))(
			'of type %s finds exactly its row again',
			async (type, values, shown) => {
				const database = await freshDatabase(product);
				const application = await database.connect();
				await application.query("SET time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES'");
				await application.query(
					`CREATE TABLE item (k ${type} NOT NULL, part INT NOT NULL, PRIMARY KEY (k, part))`,
				);
				const connection = await openEnd(database);
				await ensureChangeLog(connection);
				const tables = await readCatalogue(connection);
				const [pair] = pairTables({ tables: ['item'], excludeTables: [] }, tables, tables, false);
				const table = pair?.sides.local;
				if (!table) throw new Error(`not tracked: ${pair?.skippedReason}`);
				await installTriggers(connection, table, await readTriggers(connection));
				// A trigger runs in the writer's time zone; the key must not.
				await application.query("SET time_zone = '+05:30'");
				const [zone] = type.startsWith('TIMESTAMP') ? ['CONVERT_TZ(%, "+00:00", "+05:30")'] : ['%'];
				for (const [part, value] of values.entries()) {
					const inZone = value === "'0000-00-00'" ? value : zone.replace('%', value);
					await application.query(`INSERT INTO item VALUES (${inZone}, ${part})`);
				}

				const log = await connection.rows<{ row_key: string }>(
					'SELECT row_key FROM change_log ORDER BY id',
				);
				for (const [part, { row_key }] of log.entries()) {
					const key = parseRowKey(row_key, table.key);
					const found = await connection.rows<RowDataPacket & { part: number }>(
						`SELECT part FROM item AS t WHERE ${keyCondition([key], table.key, 't')}`,
					);
					expect(found.map((row) => row.part)).toEqual([part]);
				}
				const [first] = log;
				const display = displayRowKey(parseRowKey(first?.row_key ?? null, table.key), table.key);
				expect(display).toBe(`k=${shown}, part=0`);
			},
		);

		it('does not fit a table whose key has other columns, and says so', () => {
			expect(() => parseRowKey('x31,x32', [])).toThrow(
				'a row key that does not match the primary key: x31,x32',
			);
		});
	});
}
