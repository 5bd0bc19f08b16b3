/** MariaDB takes lone surrogates for characters, which MySQL refuses and JavaScript has no UTF-8 of. */
import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { sides } from '../../../source/config/types.ts';
import { enginePair, errorsOf } from '../../support/engine-pair.ts';
import type { PairEnd } from '../../support/pair.ts';
import { describeOn } from '../../support/suites.ts';

const schema = [
	`CREATE TABLE item (id INT PRIMARY KEY, word VARCHAR(20), words TEXT CHARACTER SET utf8mb3, doc LONGTEXT,
		UNIQUE (word))`,
	'CREATE TABLE keyed (word VARCHAR(20) COLLATE utf8mb4_bin PRIMARY KEY, n INT)',
];

const lone = "_utf8mb4 x'61EDA080'";
const other = "_utf8mb4 x'61EDB080'";

async function bytes({ connection }: PairEnd): Promise<unknown> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT CONCAT_WS(' ', id, HEX(word), HEX(words), HEX(doc)) AS found FROM item
		UNION ALL SELECT CONCAT_WS(' ', HEX(word), n) FROM keyed ORDER BY 1`,
	);
	return rows.map(({ found }) => found);
}

describeOn(['mariadb'], 'text with lone surrogates, between MariaDB and MariaDB', () => {
	it('arrives byte by byte, in keys too', async () => {
		const pair = await enginePair({ local: 'mariadb', cloud: 'mariadb' }, { schema });
		const synced = async () => {
			expect(errorsOf(await pair.sync())).toEqual([]);
			expect(await bytes(pair.cloud)).toEqual(await bytes(pair.local));
		};
		await synced();
		await pair.local.connection.query(
			`INSERT INTO item VALUES (1, ${lone}, ${lone}, ${lone}), (2, ${other}, _utf8mb4 'ü\uFFFD', NULL);
			INSERT INTO keyed VALUES (${lone}, 1), (${other}, 2), ('a\uFFFD', 3)`,
		);
		await synced();
		expect(await bytes(pair.cloud)).toContain('1 61EDA080 61EDA080 61EDA080');
		await pair.cloud.connection.query(
			`UPDATE item SET word = IF(id = 1, NULL, word); UPDATE item SET word = ${lone} WHERE id = 2;
			UPDATE item SET word = ${other} WHERE id = 1;
			UPDATE keyed SET n = n + 10 WHERE word = ${lone};
			DELETE FROM keyed WHERE word = ${other}`,
		);
		await synced();
		expect(await bytes(pair.local)).toEqual(expect.arrayContaining(['61EDA080 11', '61EFBFBD 3']));
		expect(await bytes(pair.local)).not.toContain('61EDB080 2');
	});
});

describeOn(['mariadb', 'mysql'], 'text with lone surrogates, between MariaDB and MySQL', () => {
	it('is refused with an error, and never changed', async () => {
		const pair = await enginePair({ local: 'mariadb', cloud: 'mysql' }, { schema });
		await pair.sync();
		await pair.local.connection.query(
			`INSERT INTO item VALUES (1, ${lone}, NULL, NULL), (2, 'b', 'b', 'b'), (3, NULL, NULL, ${lone});
			INSERT INTO keyed VALUES (${lone}, 1), ('b', 2)`,
		);
		expect(errorsOf(await pair.sync())).toHaveLength(3);
		expect(await bytes(pair.cloud)).toEqual(['2 62 62 62', '62 2']);
		for (const side of sides) await pair[side].connection.query('DELETE FROM item WHERE id = 2');
		await pair.local.connection.query('DELETE FROM keyed');
		expect(errorsOf(await pair.sync()).length).toBeLessThanOrEqual(3);
		expect(await bytes(pair.cloud)).toEqual([]);
		expect(await bytes(pair.local)).toEqual(['1 61EDA080', '3 61EDA080']);
	});
});
