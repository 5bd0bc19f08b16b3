import { expect, it } from 'vitest';
import { enginePair, errorsOf } from '../../support/engine-pair.ts';
import { describeCombinations, describeOn } from '../../support/suites.ts';

const schema = [
	`CREATE TABLE item (
		id INT PRIMARY KEY,
		price DECIMAL(10,2) NOT NULL DEFAULT 1.5,
		gross DECIMAL(10,2) AS (price * 1.2) VIRTUAL,
		net DECIMAL(10,2) AS (price / 1.2) STORED,
		hidden VARCHAR(20) NOT NULL DEFAULT 'unseen' INVISIBLE,
		token VARCHAR(40) NOT NULL DEFAULT (UUID()),
		made DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
		changed TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
		UNIQUE KEY (net)
	)`,
];

describeCombinations('columns that servers fill by themselves, between', (combination) => {
	it('arrive as they are on the source, whatever the target would have made of them', async () => {
		const pair = await enginePair(combination, { schema });
		await pair.sync();
		const { connection } = pair.local;
		await connection.query("SET timestamp = UNIX_TIMESTAMP('2001-02-03 04:05:06')");
		await connection.query('INSERT INTO item (id, price) VALUES (1, 3), (2, 6), (3, 9)');
		await connection.query("UPDATE item SET hidden = 'seen' WHERE id = 2");
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
		const [rows] = await pair.cloud.connection.query(
			`SELECT CAST(net AS CHAR) AS net, hidden, CAST(changed AS CHAR) AS changed, CAST(made AS CHAR) AS made
			FROM item ORDER BY id`,
		);
		const [other] = await connection.query(
			`SELECT CAST(net AS CHAR) AS net, hidden, CAST(changed AS CHAR) AS changed, CAST(made AS CHAR) AS made
			FROM item ORDER BY id`,
		);
		expect(rows).toEqual(other);
		expect(rows).toMatchObject([
			{ net: '2.50', hidden: 'unseen', changed: expect.stringContaining('2001-02-03') },
			{ net: '5.00', hidden: 'seen' },
			{ net: '7.50' },
		]);
		await pair.cloud.connection.query(
			"UPDATE item SET price = 12, changed = '1999-01-01' WHERE id = 1",
		);
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
		const [[row]] = (await connection.query(
			'SELECT CAST(changed AS CHAR) AS changed FROM item WHERE id = 1',
		)) as unknown as [[{ changed: string }]];
		expect(row.changed).toBe('1999-01-01 00:00:00');
	});
});

describeOn(['mariadb'], 'a system-versioned table', () => {
	it('has its rows synced, while each side keeps its own history', async () => {
		const pair = await enginePair(
			{ local: 'mariadb', cloud: 'mariadb' },
			{
				schema: ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(9)) WITH SYSTEM VERSIONING'],
			},
		);
		await pair.sync();
		const { connection } = pair.local;
		await connection.query("INSERT INTO item VALUES (1, 'a'), (2, 'b')");
		await pair.sync();
		await connection.query("UPDATE item SET name = 'c' WHERE id = 1");
		await connection.query('DELETE FROM item WHERE id = 2');
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
		const [rows] = await pair.cloud.connection.query(
			'SELECT id, name FROM item FOR SYSTEM_TIME ALL ORDER BY id, row_end',
		);
		expect(rows).toEqual([
			{ id: 1, name: 'a' },
			{ id: 1, name: 'c' },
			{ id: 2, name: 'b' },
		]);
	});
});
