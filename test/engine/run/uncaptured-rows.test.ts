import { expect, it } from 'vitest';
import type { Side } from '../../../source/config/types.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { type Combination, describeOneWay } from '../../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(9))',
	`CREATE TABLE part (day INT, id VARCHAR(9) COLLATE utf8mb4_bin, v INT, PRIMARY KEY (day, id))
	PARTITION BY RANGE (day) (
		PARTITION first VALUES LESS THAN (10), PARTITION second VALUES LESS THAN (20),
		PARTITION third VALUES LESS THAN MAXVALUE
	)`,
	'CREATE TABLE idle (id INT PRIMARY KEY)',
];

async function write(pair: EnginePair, side: Side, statement: string): Promise<void> {
	await pair[side].connection.query(statement);
}

/** What a run says that a person has to look at. */
async function announced(pair: EnginePair): Promise<string[]> {
	const { said, unsettled, ...result } = await pair.sync();
	expect(errorsOf({ unsettled, ...result })).toEqual([]);
	expect(said).toEqual([]);
	return unsettled;
}

async function synced(combination: Combination): Promise<EnginePair> {
	const pair = await enginePair(combination, { schema });
	await pair.sync();
	await write(pair, 'local', "INSERT INTO item VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')");
	await write(
		pair,
		'cloud',
		"INSERT INTO part VALUES (1, 'a', 1), (11, 'b', 1), (12, 'c', 1), (21, 'd', 1)",
	);
	expect(await announced(pair)).toEqual([]);
	return pair;
}

async function countOf(pair: EnginePair, side: Side, table: string): Promise<number> {
	const [rows] = await pair[side].connection.query(`SELECT 1 FROM ${table}`);
	return (rows as unknown[]).length;
}

describeOneWay('rows that no trigger saw go, between', (combination) => {
	it.each<[Side, string, string, RegExp]>([
		[
			'local',
			'item',
			'TRUNCATE TABLE item',
			/id=[14] is one\), it is empty, so probably by TRUNCATE\. They still exist on cloud/,
		],
		[
			'cloud',
			'item',
			"TRUNCATE TABLE item; INSERT INTO item VALUES (9, 'new')",
			/probably by TRUNCATE with new rows since\. They still exist on local/,
		],
		[
			'cloud',
			'part',
			'ALTER TABLE part TRUNCATE PARTITION second',
			/day=1[12], id=[bc] is one\), probably with a partition/,
		],
		[
			'local',
			'part',
			'ALTER TABLE part DROP PARTITION second',
			/day=1[12], id=[bc] is one\), probably with a partition/,
		],
		[
			'cloud',
			'part',
			'CREATE TABLE change_log_x LIKE part; ALTER TABLE change_log_x REMOVE PARTITIONING; ALTER TABLE part EXCHANGE PARTITION first WITH TABLE change_log_x',
			/day=1, id=a is one\), probably with a partition/,
		],
	])(
		'on %s from %s by %s are announced until both sides agree',
		async (side, table, statement, words) => {
			const pair = await synced(combination);
			const other = side === 'local' ? 'cloud' : 'local';
			const before = await countOf(pair, other, table);
			await write(pair, side, statement);

			const lines = await announced(pair);

			expect(lines).toEqual([expect.stringMatching(words)]);
			expect(lines[0]).toMatch(
				new RegExp(`^${side}, table ${table}: rows were deleted without firing a trigger`),
			);
			expect(await countOf(pair, other, table)).toBeGreaterThanOrEqual(before);
			expect(await announced(pair)).toEqual(lines);

			const touch = new RegExp(`Bring the rows back to ${side} \\(${other}\\): (.*?);`).exec(
				lines[0] ?? '',
			)?.[1];
			await write(pair, other, touch ?? '');
			expect(await announced(pair)).toEqual([]);
			expect(await countOf(pair, side, table)).toBe(await countOf(pair, other, table));

			await write(pair, side, `TRUNCATE TABLE ${table}`);
			expect(await announced(pair)).toHaveLength(1);
			await write(pair, other, `TRUNCATE TABLE ${table}`);
			expect(await announced(pair)).toEqual([]);
		},
	);

	it('are distinguished from rows that were deleted, re-keyed, rebuilt, refused or never there', async () => {
		const pair = await synced(combination);
		await write(pair, 'local', 'DELETE FROM item WHERE id IN (1, 4)');
		await write(pair, 'cloud', 'UPDATE part SET day = day + 4 WHERE day IN (1, 21)');
		expect(await announced(pair)).toEqual([]);
		await write(pair, 'cloud', 'ALTER TABLE item FORCE');
		await write(pair, 'local', 'ALTER TABLE part REMOVE PARTITIONING');
		await write(pair, 'local', 'DELETE FROM part');
		await write(pair, 'local', 'DELETE FROM item');
		expect(await announced(pair)).toEqual([]);
		await write(pair, 'local', "INSERT INTO item VALUES (7, 'x')");
		expect(await announced(pair)).toEqual([]);
		await write(
			pair,
			'cloud',
			'CREATE TABLE change_log_ref (item INT, FOREIGN KEY (item) REFERENCES item (id))',
		);
		await write(pair, 'cloud', 'INSERT INTO change_log_ref VALUES (7)');
		await write(pair, 'local', 'DELETE FROM item');
		const refused = await pair.sync();
		expect(errorsOf(refused)).toHaveLength(1);
		expect(refused.unsettled).toEqual([]);
		await write(pair, 'cloud', 'DROP TABLE change_log_ref');
		expect(await announced(pair)).toEqual([]);
	});

	it.each<[Side, string[]]>([
		['local', ['DELETE FROM item WHERE id IN (1, 4)']],
		['cloud', ['DELETE FROM item WHERE id IN (1, 4)']],
	])(
		'on %s are announced where the marked rows had been deleted before',
		async (side, deletions) => {
			const pair = await synced(combination);
			const other = side === 'local' ? 'cloud' : 'local';
			for (const deletion of deletions) await write(pair, side, deletion);
			await write(pair, side, 'TRUNCATE TABLE item');
			const [line, ...more] = await announced(pair);
			expect(more).toEqual([]);
			expect(line).toMatch(
				new RegExp(
					`^${other}, table item: rows exist on this side only.*\\(id=[23] is one\\).*TRUNCATE on ${side}`,
				),
			);
			await write(pair, other, 'DELETE FROM item');
			expect(await announced(pair)).toEqual([]);
		},
	);

	it.each<Side>(['local', 'cloud'])('on %s are announced where a partition came', async (side) => {
		const pair = await synced(combination);
		const bring = (partition: string, day: number) =>
			write(
				pair,
				side,
				`CREATE TABLE change_log_x${day} LIKE part; ALTER TABLE change_log_x${day} REMOVE PARTITIONING;
				INSERT INTO change_log_x${day} VALUES (${day}, 'new', 1);
				ALTER TABLE part EXCHANGE PARTITION ${partition} WITH TABLE change_log_x${day}`,
			);
		await write(pair, 'local', 'DELETE FROM part WHERE day >= 20');
		expect(await announced(pair)).toEqual([]);
		await bring('third', 30);
		const [line = '', ...more] = await announced(pair);
		expect(more).toEqual([]);
		expect(line).toMatch(
			new RegExp(`^${side}, table part: rows exist on this side only.*\\(day=30, id=new is one\\)`),
		);
		const touch = new RegExp(`Fix \\(${side}\\): (.*?);`).exec(line)?.[1];
		await write(pair, side, touch ?? '');
		expect(await announced(pair)).toEqual([]);
		expect(await countOf(pair, 'local', 'part')).toBe(await countOf(pair, 'cloud', 'part'));

		await bring('first', 5);
		expect(await announced(pair)).toEqual([
			expect.stringMatching(/rows were deleted without firing a trigger \(day=1, id=a is one\)/),
			expect.stringMatching(/rows exist on this side only.*\(day=5, id=new is one\)/),
		]);
	});

	it('are not spoken of where the two sides never had the same rows', async () => {
		const pair = await enginePair(combination, { schema });
		await write(pair, 'local', "INSERT INTO item VALUES (1, 'only here'), (5, 'on both')");
		await write(pair, 'cloud', "INSERT INTO item VALUES (5, 'on both')");
		expect(await pair.sync()).toMatchObject({ unsettled: [] });
		await write(pair, 'cloud', 'DELETE FROM item');
		await write(pair, 'cloud', "INSERT INTO item VALUES (7, 'new')");
		expect(await announced(pair)).toEqual([]);
		await write(pair, 'local', 'DELETE FROM item WHERE id = 7');
		expect(await announced(pair)).toEqual([]);
	});

	it('are no more spoken of once somebody says so', async () => {
		const pair = await synced(combination);
		await write(pair, 'cloud', 'TRUNCATE TABLE item');
		const [line = ''] = await announced(pair);
		const forget = /leave both sides as they are \(local\): (.*)$/.exec(line)?.[1] ?? '';
		await write(pair, 'local', forget);
		expect(await announced(pair)).toEqual([]);
	});
});
