import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { sides } from '../../source/config/types.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import { describeOneWay } from '../support/suites.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, size INT)'];

async function logged(connection: Connection): Promise<number> {
	const [rows] = await connection.query('SELECT COUNT(*) AS n FROM change_log');
	return Number((rows as { n: string }[])[0]?.n);
}

async function onBoth(pair: EnginePair, statement: string): Promise<void> {
	for (const side of sides) await pair[side].connection.query(statement);
}

describeOneWay('the change log', (products) => {
	it('loses what both nodes have had for the retention, and nothing else', async () => {
		const pair = await enginePair(products, { schema, config: { retention: 3_600_000 } });
		await pair.sync();
		const { local, cloud } = pair;
		await local.connection.query(
			`INSERT INTO item WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 900)
			SELECT id, 0 FROM n`,
		);
		await local.connection.query('UPDATE item SET size = 1');
		await local.connection.query('UPDATE item SET size = 2');
		await pair.sync();
		expect(await logged(local.connection)).toBe(2700);

		// An hour and more goes by for all but the last fifty.
		await onBoth(pair, 'UPDATE change_log SET changed_at = changed_at - INTERVAL 61 MINUTE');
		await local.connection.query('UPDATE item SET size = 3 WHERE id <= 50');
		await pair.sync();
		expect([await logged(local.connection), await logged(cloud.connection)]).toEqual([50, 50]);
		expect(await pair.differences()).toEqual([]);

		// What is not applied yet stays whatever its age.
		await cloud.connection.query('UPDATE item SET size = 4 WHERE id = 7');
		await cloud.connection.query('ALTER TABLE item ADD CONSTRAINT small CHECK (size < 10)');
		await local.connection.query('UPDATE item SET size = 70 WHERE id = 8');
		await onBoth(pair, 'UPDATE change_log SET changed_at = changed_at - INTERVAL 61 MINUTE');
		expect(errorsOf(await pair.sync())).toHaveLength(1);
		expect([await logged(local.connection), await logged(cloud.connection)]).toEqual([1, 0]);
	});

	it('is shortened although changes in it are dated in the future, or not at all', async () => {
		const pair = await enginePair(products, { schema, config: { retention: 3_600_000 } });
		await pair.sync();
		const { local, cloud } = pair;
		const ids = Array.from({ length: 3000 }, (_, index) => [index + 1, 0]);
		await local.connection.query('INSERT INTO item VALUES ?', [ids]);
		await pair.sync();
		await onBoth(pair, 'UPDATE change_log SET changed_at = changed_at - INTERVAL 61 MINUTE');
		await onBoth(
			pair,
			`UPDATE change_log SET changed_at = CASE
				WHEN id < 1500 THEN '2036-01-01'
				WHEN id = 2000 THEN NULL
				WHEN id = 2500 THEN '9999-12-31 23:59:59.999999'
				ELSE changed_at END`,
		);
		await local.connection.query('UPDATE item SET size = 1 WHERE id <= 5');
		await pair.sync();
		expect([await logged(local.connection), await logged(cloud.connection)]).toEqual([5, 5]);

		// The last change of a log is kept for the retention from when its date was found to be wrong.
		await onBoth(pair, "UPDATE change_log SET changed_at = '9999-12-31'");
		await pair.sync();
		expect([await logged(local.connection), await logged(cloud.connection)]).toEqual([5, 5]);
		await onBoth(pair, 'UPDATE change_log SET changed_at = changed_at - INTERVAL 61 MINUTE');
		await pair.sync();
		expect([await logged(local.connection), await logged(cloud.connection)]).toEqual([0, 0]);
	});

	it('keeps a change that is dated in the future for a node that lacks it', async () => {
		const pair = await enginePair(products, { schema, config: { retention: 1 } });
		await pair.sync();
		const { cloud } = pair;
		await cloud.connection.query("INSERT INTO change_log_nodes (node_id) VALUES ('branch')");
		await cloud.connection.query('INSERT INTO item VALUES (1, 1), (2, 2)');
		await cloud.connection.query("UPDATE change_log SET changed_at = '9999-12-31' LIMIT 1");
		await pair.sync();
		expect(await logged(cloud.connection)).toBe(2);
		const [rows] = await cloud.connection.query(
			'SELECT YEAR(changed_at) AS year FROM change_log ORDER BY id LIMIT 1',
		);
		expect(rows).toEqual([{ year: 9999 }]);
	});

	it('keeps what a node of a time before this program has not had', async () => {
		const pair = await enginePair(products, { schema, config: { retention: 1 } });
		await pair.sync();
		const { local, cloud } = pair;
		await onBoth(pair, 'DELETE FROM change_log_nodes');
		await cloud.connection.query('INSERT INTO item VALUES (1, 1), (2, 2)');
		await cloud.connection.query("UPDATE change_log SET applied_nodes = 'branch' LIMIT 1");
		await pair.sync();
		expect([await logged(local.connection), await logged(cloud.connection)]).toEqual([0, 1]);
	});

	it('may count from 1 again: every change arrives all the same', async () => {
		const pair = await enginePair(products, { schema, config: { retention: 1 } });
		const { local, cloud } = pair;
		await cloud.connection.query('ALTER TABLE item ADD CONSTRAINT small CHECK (size < 10)');
		await pair.sync();
		const restart = () => onBoth(pair, 'TRUNCATE TABLE change_log');
		await local.connection.query('INSERT INTO item VALUES (1, 1), (2, 2), (3, 30)');
		await cloud.connection.query('INSERT INTO item VALUES (11, 1), (12, 2)');
		expect(errorsOf(await pair.sync())).toHaveLength(1);
		for (const round of [1, 2, 3]) {
			await restart();
			await local.connection.query('UPDATE item SET size = ? WHERE id < 10', [round]);
			await cloud.connection.query('UPDATE item SET size = ? WHERE id > 10', [round]);
			expect(errorsOf(await pair.sync())).toEqual([]);
			expect(await pair.differences()).toEqual([]);
		}
	});
});
