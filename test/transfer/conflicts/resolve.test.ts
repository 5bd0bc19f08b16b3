import { expect, it } from 'vitest';
import type { ConflictPolicy } from '../../../source/config/types.ts';
import { compareTables } from '../../support/compare-tables.ts';
import { type EnginePair, enginePair } from '../../support/engine-pair.ts';
import { someoneWaits } from '../../support/lock-waits.ts';
import { describeOn } from '../../support/suites.ts';

const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))'];

async function contested(conflict: ConflictPolicy): Promise<EnginePair> {
	const pair = await enginePair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema, config: { conflict } },
	);
	await pair.sync();
	await pair.local.connection.query("INSERT INTO item VALUES (1, 'agreed'), (2, 'agreed')");
	await pair.sync();
	return pair;
}

async function names(pair: EnginePair, side: 'local' | 'cloud'): Promise<string[]> {
	const [rows] = await pair[side].connection.query('SELECT name FROM item ORDER BY id');
	return (rows as { name: string }[]).map(({ name }) => name);
}

/** Changes row 1 locally and then, by the servers' clocks, in the cloud; row 2 the other way round. */
async function changeBoth({ local, cloud }: EnginePair): Promise<void> {
	await local.connection.query("UPDATE item SET name = 'local' WHERE id = 1");
	await cloud.connection.query("UPDATE item SET name = 'cloud' WHERE id = 2");
	await cloud.connection.query('DO SLEEP(0.002)');
	await cloud.connection.query("UPDATE item SET name = 'cloud' WHERE id = 1");
	await local.connection.query("UPDATE item SET name = 'local' WHERE id = 2");
}

describeOn(['mariadb', 'mysql'], 'a row that changed on both sides', () => {
	it('keeps the later change where the policy is newest', async () => {
		const pair = await contested('newest');
		await changeBoth(pair);
		const moved = await pair.sync();
		expect(moved.local_to_cloud.conflicts).toBe(2);
		expect(await names(pair, 'local')).toEqual(['cloud', 'local']);
		expect(await names(pair, 'cloud')).toEqual(['cloud', 'local']);
	});

	it.each(['local', 'cloud'] as const)(
		'keeps the %s one where the policy says so',
		async (side) => {
			const pair = await contested(side);
			await changeBoth(pair);
			await pair.sync();
			expect(await names(pair, 'local')).toEqual([side, side]);
			expect(await names(pair, 'cloud')).toEqual([side, side]);
			const again = await pair.sync();
			expect(again.local_to_cloud.applied + again.cloud_to_local.applied).toBe(0);
		},
	);

	it('is held as it is on both sides where a person is to decide, and only that row', async () => {
		const pair = await contested('manual');
		await changeBoth(pair);
		await pair.local.connection.query("INSERT INTO item VALUES (3, 'free')");
		const moved = await pair.sync();
		expect(moved.local_to_cloud).toMatchObject({ conflicts: 2, applied: 1 });
		expect(await names(pair, 'local')).toEqual(['local', 'local', 'free']);
		expect(await names(pair, 'cloud')).toEqual(['cloud', 'cloud', 'free']);
	});

	it('in the same way is no conflict', async () => {
		const pair = await contested('manual');
		for (const side of ['local', 'cloud'] as const) {
			await pair[side].connection.query("UPDATE item SET name = 'same' WHERE id = 1");
			await pair[side].connection.query('DELETE FROM item WHERE id = 2');
		}
		const moved = await pair.sync();
		expect(moved.local_to_cloud).toMatchObject({ conflicts: 0, applied: 2 });
		expect(moved.cloud_to_local).toMatchObject({ conflicts: 0, applied: 0 });
	});

	it('by an update here and a deletion there ends the same on both sides', async () => {
		const pair = await contested('newest');
		await pair.local.connection.query("UPDATE item SET name = 'kept?' WHERE id = 1");
		await pair.cloud.connection.query('DELETE FROM item WHERE id = 2');
		await pair.cloud.connection.query('DO SLEEP(0.002)');
		await pair.cloud.connection.query('DELETE FROM item WHERE id = 1');
		await pair.local.connection.query("UPDATE item SET name = 'kept' WHERE id = 2");
		await pair.sync();
		expect(await names(pair, 'local')).toEqual(['kept']);
		expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
	});

	it('by an insert of one key on both sides ends the same on both', async () => {
		const pair = await contested('newest');
		await pair.local.connection.query("INSERT INTO item VALUES (7, 'local')");
		await pair.cloud.connection.query('DO SLEEP(0.002)');
		await pair.cloud.connection.query("INSERT INTO item VALUES (7, 'cloud')");
		await pair.sync();
		expect(await names(pair, 'local')).toEqual(['agreed', 'agreed', 'cloud']);
		expect(await compareTables(pair.local.connection, pair.cloud.connection)).toEqual([]);
	});

	it('is found also when the change on the other side comes while the batch is on its way', async () => {
		const pair = await contested('newest');
		await pair.local.connection.query("UPDATE item SET name = 'local' WHERE id = 1");
		// The cloud's application has changed the row, and not committed yet.
		await pair.cloud.connection.beginTransaction();
		await pair.cloud.connection.query("UPDATE item SET name = 'cloud' WHERE id = 1");
		const syncing = pair.sync();
		await someoneWaits(pair.cloud.connection);
		await pair.cloud.connection.commit();
		const moved = await syncing;
		expect(moved.local_to_cloud.conflicts).toBe(1);
		expect(await names(pair, 'local')).toEqual(['cloud', 'agreed']);
		expect(await names(pair, 'cloud')).toEqual(['cloud', 'agreed']);
	});
});
