import { expect, it } from 'vitest';
import { directions, type Side } from '../../../source/config/types.ts';
import { syncPair } from '../../../source/engine/run/sync-pair.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { type Combination, describeCombinations, describeOneWay } from '../../support/suites.ts';

const item = `CREATE TABLE item (
	id INT PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT 'it''s', price DECIMAL(10, 4)
)`;
const steady = 'CREATE TABLE steady (id INT PRIMARY KEY, v INT)';

/** Both ends hold a row of each table. */
async function synced(combination: Combination): Promise<EnginePair> {
	const pair = await enginePair(combination, { schema: [item, steady] });
	await pair.sync();
	await write(pair, 'local', "INSERT INTO item VALUES (1, 'one', 1.5)");
	await write(pair, 'local', 'INSERT INTO steady VALUES (1, 1)');
	await expectInSync(pair);
	return pair;
}

async function write(pair: EnginePair, side: Side, statement: string): Promise<void> {
	await pair[side].connection.query(statement);
}

async function expectInSync(pair: EnginePair): Promise<void> {
	const { said, ...result } = await pair.sync();
	expect(errorsOf(result)).toEqual([]);
	expect(said.filter((line) => /skipped|mend/.test(line))).toEqual([]);
	expect(await pair.differences()).toEqual([]);
}

/** The one line that a run says of a table. */
async function saidOf(pair: EnginePair, table: string): Promise<string> {
	const { said } = await pair.sync();
	const lines = said.filter((line) => line.startsWith(`pair: ${table}`));
	expect(lines).toHaveLength(1);
	return lines[0] ?? '';
}

/** The statement at the end of a line, after the side that it is for. */
function cureIn(line: string): { side: Side; statement: string } {
	const match = /\. Fix \((local|cloud)\): (.*)$/.exec(line);
	if (!match) throw new Error(`no statement in: ${line}`);
	return { side: match[1] as Side, statement: match[2] ?? '' };
}

async function mend(pair: EnginePair, line: string): Promise<void> {
	const { side, statement } = cureIn(line);
	await write(pair, side, statement);
}

async function rowsOf(pair: EnginePair, side: Side, table: string): Promise<unknown[]> {
	const [rows] = await pair[side].connection.query(`SELECT * FROM ${table} ORDER BY 1`);
	return rows as unknown[];
}

describeCombinations(
	'schema drift between',
	(combination) => {
		it.each([
			['cloud', "note VARCHAR(30) CHARACTER SET utf8mb4 NOT NULL DEFAULT 'it''s' COMMENT 'a?`'"],
			[
				'local',
				'seen DATETIME(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)',
			],
			[
				'cloud',
				"kind ENUM('a', 'b,c') NOT NULL DEFAULT 'b,c', ADD COLUMN n INT UNSIGNED DEFAULT 5",
			],
		] as const)(
			'a column missing on the %s side is named with its definition',
			async (lacking, column) => {
				const pair = await synced(combination);
				const having = lacking === 'cloud' ? 'local' : 'cloud';
				await write(pair, having, `ALTER TABLE item ADD COLUMN ${column}`);
				await write(pair, having, 'UPDATE item SET price = 2');
				await write(pair, lacking, 'UPDATE steady SET v = 2');

				const line = await saidOf(pair, 'item');

				expect(line).toMatch(/^pair: item is skipped: the columns? [\w, ]+ (is|are) missing on /);
				expect(await rowsOf(pair, having, 'steady')).toMatchObject([{ v: 2 }]);
				expect(await rowsOf(pair, lacking, 'item')).toMatchObject([{ price: '1.5000' }]);
				await mend(pair, line);
				await expectInSync(pair);
			},
		);

		it('a missing table is named with its definition, and its rows arrive once it is there', async () => {
			const pair = await synced(combination);
			await write(
				pair,
				'local',
				`CREATE TABLE kind (
				a INT UNSIGNED AUTO_INCREMENT, b VARCHAR(20) CHARACTER SET latin1 DEFAULT 'x\\'y',
				c ENUM('it''s', 'b') NOT NULL, d TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
				e BIT(3) DEFAULT b'101', f DECIMAL(5, 2) DEFAULT -1.5, g VARCHAR(20) DEFAULT (CONCAT('a', 'b')),
				h INT AS (f * 2) STORED, i JSON, \`j ?\`\`\` BOOLEAN, PRIMARY KEY (a, c)
			)`,
			);
			// The first run finds the table and installs its triggers.
			const line = await saidOf(pair, 'kind');
			await write(pair, 'local', "INSERT INTO kind (b, c) VALUES (DEFAULT, 'b'), ('é', 'b')");
			await write(pair, 'local', 'UPDATE steady SET v = 3');
			expect(line).toMatch(
				/^pair: kind is skipped: no such table \(cloud\)(; differs from .*)?\. Fix \(cloud\): /,
			);
			await pair.sync();
			expect(await rowsOf(pair, 'cloud', 'steady')).toMatchObject([{ v: 3 }]);
			await mend(pair, line);
			await expectInSync(pair);
		});
	},
	'one way',
);

describeOneWay('schema drift, seen before a batch, between', (combination) => {
	it('a table renamed on one side is reported, and none of its changes are applied until that is fixed', async () => {
		const pair = await synced(combination);
		await write(pair, 'cloud', 'RENAME TABLE item TO goods');
		await write(pair, 'cloud', "UPDATE goods SET name = 'changed under the new name'");
		await write(pair, 'local', "INSERT INTO item VALUES (2, 'two', 2)");
		await write(pair, 'local', 'UPDATE steady SET v = 4');

		const { said, unsettled } = await pair.sync();

		const line = said.find((words) => words.startsWith('pair: item is skipped')) ?? '';
		expect(line).toMatch(
			/no such table \(cloud\), but goods there has its triggers: it was renamed\. Fix /,
		);
		expect(cureIn(line)).toEqual({ side: 'cloud', statement: 'RENAME TABLE `goods` TO `item`' });
		expect(unsettled).toEqual([
			'cloud, table item: it is now called goods, and its pending changes (1) wait until it has its old name again',
			'item: 1 change waiting on local, for the reason given above',
		]);
		expect(await rowsOf(pair, 'cloud', 'goods')).toHaveLength(1);
		expect(await rowsOf(pair, 'cloud', 'steady')).toMatchObject([{ v: 4 }]);
		await mend(pair, line);
		await expectInSync(pair);
		expect(await rowsOf(pair, 'local', 'item')).toHaveLength(2);
	});

	it('changes under the old name of a table that both sides renamed arrive under the new one', async () => {
		const pair = await synced(combination);
		await write(pair, 'local', "INSERT INTO item VALUES (2, 'two', 2)");
		for (const side of ['local', 'cloud'] as const) {
			await write(pair, side, 'RENAME TABLE item TO goods');
		}

		const { unsettled } = await pair.sync();

		expect(unsettled).toHaveLength(1);
		expect(await rowsOf(pair, 'cloud', 'goods')).toHaveLength(1);
		const statement = /\(local\): (UPDATE .*?);/.exec(unsettled[0] ?? '')?.[1] ?? '';
		await write(pair, 'local', statement.replace('<its new name>', "'goods'"));
		expect((await pair.sync()).unsettled).toEqual([]);
		await expectInSync(pair);
		expect(await rowsOf(pair, 'cloud', 'goods')).toHaveLength(2);
	});

	it('another primary key on one side is reported, and both sides wait until it is fixed', async () => {
		const pair = await synced(combination);
		await write(pair, 'cloud', 'ALTER TABLE item DROP PRIMARY KEY, ADD PRIMARY KEY (id, name)');
		await write(pair, 'cloud', "INSERT INTO item VALUES (3, 'three', 3)");
		await write(pair, 'local', "INSERT INTO item VALUES (2, 'two', 2)");
		await write(pair, 'local', 'UPDATE steady SET v = 5');

		const line = await saidOf(pair, 'item');

		expect(line).toContain('the primary keys differ: (id) on local, (id, name) on cloud');
		expect(await rowsOf(pair, 'cloud', 'item')).toHaveLength(2);
		expect(await rowsOf(pair, 'cloud', 'steady')).toMatchObject([{ v: 5 }]);
		await write(pair, 'cloud', "INSERT INTO item VALUES (4, 'four', 4)");
		await mend(pair, line);
		await expectInSync(pair);
		expect(await rowsOf(pair, 'local', 'item')).toHaveLength(4);
	});

	it('changes that wait under the key of before are not taken for other rows', async () => {
		const pair = await enginePair(combination, {
			schema: ['CREATE TABLE item (id INT PRIMARY KEY, code INT NOT NULL)', steady],
		});
		await pair.sync();
		await write(pair, 'local', 'INSERT INTO item VALUES (1, 2), (2, 1), (3, 3)');
		await expectInSync(pair);
		await write(pair, 'local', 'UPDATE item SET code = 4 WHERE id = 1');
		await write(pair, 'local', 'DELETE FROM item WHERE id = 3');
		const rekey = (key: string) => `ALTER TABLE item DROP PRIMARY KEY, ADD PRIMARY KEY (${key})`;
		for (const side of ['local', 'cloud'] as const) await write(pair, side, rekey('code'));

		const line = await saidOf(pair, 'item');

		expect(line).toMatch(
			/item is skipped: its primary key on local is \(code\) now, and its triggers record \(id\); pending changes: 2\. Deliver the changes \(local\): ALTER TABLE/,
		);
		expect(await rowsOf(pair, 'cloud', 'item')).toHaveLength(3);
		for (const side of ['local', 'cloud'] as const) await write(pair, side, rekey('id'));
		await expectInSync(pair);
		// With nothing that waits, the new key is taken up.
		for (const side of ['local', 'cloud'] as const) await write(pair, side, rekey('code'));
		await pair.sync();
		await write(pair, 'local', 'UPDATE item SET id = 7 WHERE code = 4');
		await expectInSync(pair);
	});

	it('a key whose columns are gone does not keep the application from writing', async () => {
		const pair = await enginePair(combination, {
			schema: ['CREATE TABLE item (id INT PRIMARY KEY, code INT NOT NULL)'],
		});
		await pair.sync();
		await write(pair, 'local', 'INSERT INTO item VALUES (1, 2)');
		for (const side of ['local', 'cloud'] as const) {
			await write(pair, side, 'ALTER TABLE item DROP COLUMN id, ADD PRIMARY KEY (code)');
		}

		await pair.sync();
		const { unsettled } = await pair.sync();

		expect(unsettled).toEqual([
			expect.stringMatching(
				/^local, table item: pending changes \(1\) name rows by key columns that the table no longer has\. .*UPDATE change_log SET table_name = 'item'/,
			),
		]);
		await write(pair, 'local', 'INSERT INTO item VALUES (5)');
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await rowsOf(pair, 'cloud', 'item')).toEqual([{ code: 5 }]);
	});

	it('a narrower column is reported beforehand, and the wider direction continues', async () => {
		const pair = await synced(combination);
		await write(
			pair,
			'cloud',
			'ALTER TABLE item MODIFY price DECIMAL(10, 2), MODIFY name VARCHAR(5)',
		);
		await write(pair, 'local', "INSERT INTO item VALUES (2, 'two', 2.1234)");
		await write(pair, 'cloud', "INSERT INTO item VALUES (3, 'three', 3.25)");

		const { said } = await pair.sync();

		expect(said).toEqual([
			'pair: item: the column price is decimal(10,4) on local and decimal(10,2) on cloud: values would be altered on cloud, so no rows are applied there. Fix (cloud): ALTER TABLE `item` MODIFY `price` decimal(12,4) NULL',
			expect.stringMatching(
				/^pair: item: the column name is varchar\(40\) NOT NULL on local and varchar\(5\) NULL on cloud: cloud refuses rows with values that do not fit\. Fix \(cloud\): ALTER TABLE/,
			),
			expect.stringContaining('the column name is varchar(5) NULL on cloud'),
			expect.stringContaining('Fix (local): ALTER TABLE `item` MODIFY `price` decimal(12,4) NULL'),
		]);
		expect(await rowsOf(pair, 'local', 'item')).toHaveLength(3);
		expect(await rowsOf(pair, 'cloud', 'item')).toHaveLength(2);
		for (const line of said) await mend(pair, line);
		await expectInSync(pair);
		expect(await rowsOf(pair, 'cloud', 'item')).toHaveLength(3);
	});

	it('a dropped trigger is reported with its table, and installed again by the next program', async () => {
		const pair = await synced(combination);
		const [triggers] = await pair.local.connection.query("SHOW TRIGGERS LIKE 'item'");
		const [first] = triggers as { Trigger: string }[];
		await write(pair, 'local', `DROP TRIGGER ${first?.Trigger}`);
		const manual = { ...pair.config, autoInstall: false };

		const { unsettled } = await syncPair(manual, {
			directions,
			once: false,
			stopped: () => false,
			say: () => undefined,
		});

		expect(unsettled).toEqual([
			expect.stringMatching(
				/^local, table item: its triggers are gone, .*install pair --table item/,
			),
		]);
		expect((await pair.sync()).said).toEqual([
			'pair: local: triggers installed on item',
			expect.stringContaining('both sides hold the same rows, and nothing is left to do'),
		]);
		await write(pair, 'local', "INSERT INTO item VALUES (2, 'two', 2)");
		await expectInSync(pair);
	});

	it('a table that was swapped for a copy without triggers has them again at the next run', async () => {
		const pair = await synced(combination);
		for (const statement of [
			'CREATE TABLE change_log_copy LIKE item',
			'INSERT INTO change_log_copy SELECT * FROM item',
			'RENAME TABLE item TO change_log_old, change_log_copy TO item',
		]) {
			await write(pair, 'local', statement);
		}
		await write(pair, 'local', "INSERT INTO item VALUES (3, 'before the triggers', 3)");
		const { said, unsettled } = await pair.sync();
		expect(said).toEqual(['pair: local: triggers installed on item']);
		expect(unsettled).toEqual([
			expect.stringMatching(/^local, table item: (its triggers were gone|it was recreated), /),
		]);
		await write(pair, 'local', "INSERT INTO item VALUES (2, 'two', 2)");
		await write(pair, 'local', /\(local\): (UPDATE [^;]*);/.exec(unsettled[0] ?? '')?.[1] ?? '');
		await expectInSync(pair);
	});
});
