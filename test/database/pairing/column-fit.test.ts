import { expect, it } from 'vitest';
import type { Fit } from '../../../source/database/pairing/column-fit.ts';
import { enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeCombinations } from '../../support/suites.ts';

interface Case {
	from: string;
	to: string;
	/** What is to become of rows, the ones that fit and the ones that do not. */
	fit: Fit;
	/** A value that the narrower type holds, and one that it does not. */
	fitting: string;
	unfit?: string;
	/** What both servers give for the fitting value, where it is not what was written. */
	only?: 'mariadb';
}

function whole(from: string, to: string, ...values: [string, ...string[]]): Case[] {
	return values.map((fitting) => ({ from, to, fit: 'whole', fitting }));
}

function refused(from: string, to: string, fitting: string, unfit: string): Case {
	return { from, to, fit: 'refused', fitting, unfit };
}

function changed(from: string, to: string, unfit: string): Case {
	return { from, to, fit: 'changed', fitting: unfit };
}

function foreign(from: string, to: string, fitting: string): Case {
	return { from, to, fit: 'foreign', fitting };
}

const text = (length: number, set = 'utf8mb4') => `VARCHAR(${length}) CHARACTER SET ${set}`;

const cases: readonly Case[] = [
	...whole('INT', 'BIGINT', '-2147483648', '2147483647'),
	...whole('INT UNSIGNED', 'BIGINT', '4294967295'),
	...whole('BIGINT UNSIGNED', 'DECIMAL(20)', '18446744073709551615'),
	...whole('DECIMAL(9)', 'INT', '-999999999'),
	...whole('DECIMAL(10, 2)', 'DECIMAL(12, 4)', '-99999999.99'),
	...whole('TINYINT(1)', 'TINYINT', '-128'),
	refused('BIGINT', 'INT', '2147483647', '2147483648'),
	refused('INT', 'INT UNSIGNED', '7', '-1'),
	refused('INT UNSIGNED', 'INT', '7', '4294967295'),
	refused('DECIMAL(12, 2)', 'DECIMAL(10, 2)', '1.25', '9999999999.99'),
	refused('DECIMAL(10, 2)', 'DECIMAL(10, 2) UNSIGNED', '1.25', '-1.25'),
	changed('DECIMAL(10, 4)', 'DECIMAL(10, 2)', '1.2345'),
	changed('DECIMAL(10, 4)', 'INT', '1.5'),
	...whole('FLOAT', 'DOUBLE', '0.1', '3.4028234e38'),
	changed('DOUBLE', 'FLOAT', '0.1'),
	changed('DOUBLE', 'DOUBLE(10, 2)', '1.2345'),
	foreign('INT', 'DOUBLE', '1'),
	foreign('INT', text(20), '1'),
	foreign(text(20), 'INT', "'1'"),
	...whole('DATETIME', 'DATETIME(6)', "'2024-02-29 23:59:59'"),
	changed('DATETIME(6)', 'DATETIME(3)', "'2024-02-29 23:59:59.999999'"),
	changed('TIMESTAMP(1) NULL', 'TIMESTAMP NULL', "'2024-02-29 23:59:59.9'"),
	changed('TIME(2)', 'TIME', "'10:00:00.99'"),
	changed('TIMESTAMP NULL', 'TIMESTAMP NOT NULL', 'NULL'),
	foreign('DATETIME', 'TIMESTAMP NULL', "'2024-02-29 23:59:59'"),
	foreign('DATETIME', 'DATE', "'2024-02-29 23:59:59'"),
	foreign('YEAR', 'INT', '2024'),
	...whole(text(10), text(20), "'ten  '"),
	...whole(text(10), 'TINYTEXT', "'ten  '"),
	...whole('CHAR(10)', text(10), "'ten'"),
	...whole('TEXT', 'MEDIUMTEXT', "REPEAT('x', 65535)"),
	refused(text(20), text(10), "'short  '", "'longer than that'"),
	refused(text(20), text(10), "'1234567890'", "'1234567890 '"),
	refused(text(20), text(10), "'12345678😀 '", "'123456789😀 '"),
	refused('MEDIUMTEXT', 'TINYTEXT', "REPEAT('ä', 127)", "CONCAT(REPEAT('ä', 127), '  ')"),
	refused('TEXT', text(20), "'20'", "REPEAT(' ', 21)"),
	refused('CHAR(20)', 'CHAR(10)', "'short'", "'longer than that'"),
	changed(text(20), 'CHAR(20)', "'end '"),
	...whole(text(20, 'latin1'), text(20), "'é€'"),
	...whole(text(20, 'ascii'), text(20, 'latin1'), "'a'"),
	...whole(text(20, 'latin1'), text(20, 'utf8mb3'), "'é€'"),
	refused(text(20), text(20, 'utf8mb3'), "'ж'", "'😀'"),
	refused(text(20), text(20, 'latin1'), "'é'", "'ж'"),
	refused(text(20), text(20, 'ascii'), "'e'", "'é'"),
	refused(text(20), text(20, 'sjis'), "'表'", "'é'"),
	...whole('VARBINARY(10)', 'BLOB', "x'0020'"),
	...whole('BINARY(4)', 'VARBINARY(10)', "x'00200000'"),
	refused('VARBINARY(10)', 'VARBINARY(4)', "x'20202020'", "x'2020202020'"),
	refused('BLOB', 'TINYBLOB', "x'00'", "REPEAT(x'20', 256)"),
	changed('BINARY(4)', 'BINARY(6)', "x'01020304'"),
	changed('VARBINARY(4)', 'BINARY(4)', "x'01'"),
	foreign('VARBINARY(10)', text(10), "'a'"),
	...whole("ENUM('a', 'b')", "ENUM('b', 'c', 'a')", "'a'", "'b'"),
	...whole("SET('a', 'b')", "SET('b', 'c', 'a')", "'a,b'", "''"),
	refused("ENUM('a', 'x,y', 'it''s')", "ENUM('it''s', 'x,y')", "'it''s'", "'a'"),
	refused("SET('a', 'b')", "SET('b')", "'b'", "'a,b'"),
	changed("ENUM('a', 'B')", "ENUM('a', 'b')", "'B'"),
	foreign("ENUM('a')", text(10), "'a'"),
	...whole('BIT(4)', 'BIT(16)', "b'1111'"),
	refused('BIT(16)', 'BIT(4)', "b'1'", "b'10000'"),
	refused('INT NULL', 'INT NOT NULL', '1', 'NULL'),
	...whole('INT NOT NULL', 'INT NULL', '1'),
	...whole('JSON', 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', "'[1, 2]'"),
	...whole('POINT', 'GEOMETRY', 'POINT(1, 2)'),
	refused('GEOMETRY', 'POINT', 'POINT(1, 2)', 'LINESTRING(POINT(1, 2), POINT(2, 3))'),
	foreign('POINT', 'LINESTRING', 'POINT(1, 2)'),
];

describeCombinations(
	'rows with a column of another type on the other side, between',
	(combination) => {
		it('arrive whole, are refused one by one, or wait, as the types allow', async () => {
			const tables = cases.map((entry, index) => ({ ...entry, name: `t${index}` }));
			const create = (column: 'from' | 'to') =>
				tables.map(
					({ name, [column]: type }) => `CREATE TABLE ${name} (id INT PRIMARY KEY, v ${type})`,
				);
			const pair = await enginePair(combination, {
				schema: { local: create('from'), cloud: create('to') },
			});
			await pair.sync();
			for (const { name, fitting, unfit } of tables) {
				await pair.local.connection.query(`INSERT INTO ${name} VALUES (1, ${fitting})`);
				if (unfit) await pair.local.connection.query(`INSERT INTO ${name} VALUES (2, ${unfit})`);
			}

			const { said, ...result } = await pair.sync();

			const errors = errorsOf(result);
			const wrong: string[] = [];
			for (const { name, from, to, fit } of tables) {
				const [rows] = await pair.cloud.connection.query(`SELECT id FROM ${name}`);
				const arrived = (rows as unknown[]).length;
				const errorsHere = errors.filter((error) => error.includes(`table ${name},`)).length;
				const words = said.filter((line) => new RegExp(`^pair: ${name}\\b`).test(line)).join();
				const found = `${from} to ${to}: ${arrived} arrived, ${errorsHere} refused, said: ${words}`;
				const right = {
					whole:
						arrived === 1 &&
						errorsHere === 0 &&
						!/on local and .*on cloud: (cloud refuses|.*altered on cloud|these types)/.test(words),
					refused: arrived === 1 && errorsHere === 1 && words.includes('cloud refuses rows'),
					changed:
						arrived === 0 && errorsHere === 0 && /no rows are applied there|skipped/.test(words),
					foreign:
						arrived === 0 && errorsHere === 0 && words.includes('these types are not compatible'),
				};
				if (!right[fit]) wrong.push(found);
			}
			expect(wrong).toEqual([]);
			const arriving = tables.filter(({ fit }) => fit === 'whole').map(({ name }) => name);
			expect(
				(await pair.differences()).filter((line) =>
					arriving.some((name) => line.startsWith(`${name}:`)),
				),
			).toEqual([]);
		});
	},
);
