import { expect, it } from 'vitest';
import type { ConflictRecord } from '../../source/engine/records/conflicts.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { describeOn } from '../support/suites.ts';

const schema = [
	`CREATE TABLE item (
		id INT PRIMARY KEY, name VARCHAR(40), kind ENUM('a', 'b'), price DECIMAL(8, 2), raw VARBINARY(9)
	)`,
];

async function contested(conflict: string): Promise<TestPair> {
	const pair = await testPair({ local: 'mariadb', cloud: 'mysql' }, { schema, pair: { conflict } });
	await pair.sync();
	await pair.local.connection.query(
		"INSERT INTO item VALUES (1, 'agreed', 'a', 1.50, x'00ff'), (2, 'agreed', 'a', 2, NULL)",
	);
	await pair.sync();
	return pair;
}

async function onRecord(pair: TestPair, ...args: string[]): Promise<ConflictRecord[]> {
	const { json } = await pair.run('conflicts', '--json', ...args);
	return json<{ pairs: { conflicts: ConflictRecord[] }[] }>().pairs[0]?.conflicts ?? [];
}

async function namesOn(pair: TestPair, side: 'local' | 'cloud'): Promise<string[]> {
	const [rows] = await pair[side].connection.query('SELECT name FROM item ORDER BY id');
	return (rows as { name: string }[]).map(({ name }) => name);
}

describeOn(['mariadb', 'mysql'], 'conflicts', () => {
	it('have both whole versions on record, newest first, whatever the policy', async () => {
		const pair = await contested('local');
		expect(await onRecord(pair)).toEqual([]);
		await pair.local.connection.query("UPDATE item SET name = 'here' WHERE id = 1");
		await pair.cloud.connection.query("UPDATE item SET name = 'there', kind = 'b' WHERE id = 1");
		await pair.sync();
		await pair.local.connection.query('DELETE FROM item WHERE id = 2');
		await pair.cloud.connection.query('UPDATE item SET price = 9.99 WHERE id = 2');
		await pair.sync();

		const records = await onRecord(pair);

		expect(records).toEqual([
			{
				id: expect.stringMatching(/^[LC]\d+$/),
				table: 'item',
				key: 'id=2',
				local: null,
				cloud: { id: 2, name: 'agreed', kind: 'a', price: '9.99', raw: null },
				kept: 'local',
				detected_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
			},
			expect.objectContaining({
				key: 'id=1',
				local: { id: 1, name: 'here', kind: 'a', price: '1.50', raw: '0x00ff' },
				cloud: { id: 1, name: 'there', kind: 'b', price: '1.50', raw: '0x00ff' },
				kept: 'local',
			}),
		]);
		expect(await onRecord(pair, '--open')).toEqual([]);
		expect(await namesOn(pair, 'cloud')).toEqual(['here']);
		const words = await pair.run('conflicts');
		expect(words).toMatchObject({ code: 0 });
		expect(words.stdout).toMatch(
			/item id=2 .* winner local\n {2}local {2}deleted\n {2}cloud {2}\{/,
		);
	});

	it('stay unresolved if the policy is manual, once each, and are settled as resolved', async () => {
		const pair = await contested('manual');
		for (const [side, name] of [
			['local', 'here'],
			['cloud', 'there'],
		] as const) {
			await pair[side].connection.query('UPDATE item SET name = ?', [name]);
		}
		const synced = await pair.run('sync');
		expect(synced.code).toBe(1);
		expect(synced.stderr).toContain('2 unresolved conflicts');
		await pair.sync();
		await pair.cloud.connection.query("UPDATE item SET name = 'there, later' WHERE id = 1");
		await pair.sync();
		const open = await onRecord(pair, '--open');
		expect(open.map(({ key, cloud, kept }) => [key, cloud?.name, kept]).sort()).toEqual([
			['id=1', 'there, later', null],
			['id=2', 'there', null],
		]);
		const status = await pair.run('status', '--json');
		expect(status.json<{ pairs: unknown[] }>().pairs).toEqual([
			expect.objectContaining({ conflicts: 2 }),
		]);
		expect((await pair.run('conflicts')).code).toBe(1);
		const idOf = (key: string) => open.find((record) => record.key === key)?.id ?? '';

		const first = await pair.run('resolve', 'pair', idOf('id=1'), '--keep', 'cloud');
		expect(first).toMatchObject({
			code: 0,
			stdout: `pair: ${idOf('id=1')}: resolved, winner cloud\n`,
		});
		expect(await namesOn(pair, 'local')).toEqual(['there, later', 'here']);
		expect(await namesOn(pair, 'cloud')).toEqual(['there, later', 'there']);
		expect((await pair.run('resolve', 'pair', idOf('id=2'), '--keep', 'local')).code).toBe(0);
		expect(await namesOn(pair, 'cloud')).toEqual(['there, later', 'here']);
		expect(await onRecord(pair, '--open')).toEqual([]);
		expect((await onRecord(pair)).map(({ kept }) => kept).sort()).toEqual(['cloud', 'local']);
		expect((await pair.run('sync')).code).toBe(0);

		const again = await pair.run('resolve', 'pair', idOf('id=2'), '--keep', 'cloud');
		expect(again.code).toBe(2);
		expect(again.stderr).toContain('is already resolved: local won');
	});

	it('are closed where both sides end with the same row by themselves', async () => {
		const pair = await contested('manual');
		await pair.local.connection.query("UPDATE item SET name = 'here' WHERE id = 1");
		await pair.cloud.connection.query("UPDATE item SET name = 'there' WHERE id = 1");
		await pair.sync();
		expect(await onRecord(pair, '--open')).toHaveLength(1);
		await pair.local.connection.query("UPDATE item SET name = 'there' WHERE id = 1");
		expect((await pair.run('sync')).code).toBe(0);
		expect(await onRecord(pair, '--open')).toEqual([]);
	});

	it.each([
		[['pair'], 'resolve takes one pair and the id of one conflict'],
		[['pair', 'L1'], '--keep is missing'],
		[['pair', 'L1', '--keep', 'both'], 'invalid value for --keep: both'],
		[['pair', 'L99', '--keep', 'local'], 'the pair has no conflict L99'],
		[['pair', 'x', '--keep', 'local'], 'the pair has no conflict x'],
		[['pear', 'L1', '--keep', 'local'], 'there is no pair named pear'],
	])('are not decided by resolve %j', async (args, message) => {
		const pair = await testPair({ local: 'mariadb', cloud: 'mysql' });
		const result = await pair.run('resolve', ...args);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain(message);
	});
});
