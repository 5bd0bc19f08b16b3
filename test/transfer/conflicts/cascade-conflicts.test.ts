import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type ConflictPolicy, type Side, sides } from '../../../source/config/types.ts';
import {
	type ConflictRecord,
	listConflicts,
	resolveConflict,
} from '../../../source/engine/records/conflicts.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { someoneWaits } from '../../support/lock-waits.ts';
import { describeOn } from '../../support/suites.ts';

const schema = [
	'CREATE TABLE orders (id INT PRIMARY KEY)',
	`CREATE TABLE line (
		id INT PRIMARY KEY, orders INT NOT NULL,
		FOREIGN KEY (orders) REFERENCES orders (id) ON DELETE CASCADE
	)`,
	`CREATE TABLE parcel (
		id INT PRIMARY KEY, line INT NOT NULL,
		FOREIGN KEY (line) REFERENCES line (id) ON DELETE CASCADE
	)`,
	`CREATE TABLE remark (
		id INT PRIMARY KEY, orders INT, text VARCHAR(20),
		FOREIGN KEY (orders) REFERENCES orders (id) ON DELETE SET NULL
	)`,
];

/** An order with lines 1 and 2 and a remark, the same on both sides. */
async function agreedOrder(conflict: ConflictPolicy): Promise<EnginePair> {
	const pair = await enginePair(
		{ local: 'mariadb', cloud: 'mysql' },
		{ schema, config: { conflict } },
	);
	await pair.sync();
	const { connection } = pair.local;
	await connection.query('INSERT INTO orders VALUES (1)');
	await connection.query('INSERT INTO line VALUES (1, 1), (2, 1)');
	await connection.query("INSERT INTO remark VALUES (1, 1, 'agreed')");
	await pair.sync();
	return pair;
}

/** The local side deletes the order, the cloud gives one of its lines a parcel; `later` is the second. */
async function deleteAndAdd({ local, cloud }: EnginePair, later: Side = 'cloud'): Promise<void> {
	const remove = () => local.connection.query('DELETE FROM orders WHERE id = 1');
	const add = () => cloud.connection.query('INSERT INTO parcel VALUES (7, 1)');
	if (later === 'cloud') await remove();
	else await add();
	await local.connection.query('DO SLEEP(0.002)');
	if (later === 'cloud') await add();
	else await remove();
}

/** Rows of a side, as `table id`. */
async function rowsOf(pair: EnginePair, side: Side): Promise<string[]> {
	const [rows] = await pair[side].connection.query<RowDataPacket[]>(
		`SELECT CONCAT('order ', id) AS name FROM orders
		UNION ALL SELECT CONCAT('line ', id) FROM line
		UNION ALL SELECT CONCAT('parcel ', id) FROM parcel`,
	);
	return rows.map(({ name }) => String(name));
}

async function record(pair: EnginePair, decide?: Side): Promise<ConflictRecord[]> {
	const connections = await openBoth(pair.config);
	try {
		const conflicts = await listConflicts(connections, pair.config, decide !== undefined);
		for (const { id } of conflicts) {
			if (decide) await resolveConflict(connections, pair.config, id, decide);
		}
		return conflicts;
	} finally {
		await closeBoth(connections);
	}
}

async function expectGone(pair: EnginePair): Promise<void> {
	for (const side of sides) expect(await rowsOf(pair, side)).toEqual([]);
	expect(await record(pair)).toContainEqual(
		expect.objectContaining({ table: 'parcel', kept: 'local', cloud: { id: 7, line: 1 } }),
	);
}

async function expectWhole(pair: EnginePair): Promise<void> {
	const whole = ['order 1', 'line 1', 'line 2', 'parcel 7'];
	for (const side of sides) expect(await rowsOf(pair, side)).toEqual(whole);
	expect(await record(pair)).toContainEqual(
		expect.objectContaining({ table: 'orders', kept: 'cloud', local: null, cloud: { id: 1 } }),
	);
}

async function expectAtRest(pair: EnginePair): Promise<void> {
	const again = await pair.sync();
	expect(errorsOf(again)).toEqual([]);
	expect(again.local_to_cloud.batches + again.cloud_to_local.batches).toBe(0);
	expect(await pair.differences()).toEqual([]);
}

describeOn(['mariadb', 'mysql'], 'a row that the other side adds below one that is deleted', () => {
	it.each([
		['local', 'cloud'],
		['newest', 'local'],
	] as const)(
		'goes with it, and is on record, where the policy is %s and the later one was %s',
		async (policy, later) => {
			const pair = await agreedOrder(policy);
			await deleteAndAdd(pair, later);
			await pair.sync();
			await expectGone(pair);
			await expectAtRest(pair);
		},
	);

	it.each([
		['cloud', 'local'],
		['newest', 'cloud'],
	] as const)(
		'brings it back with all that was below it where the policy is %s and the later one was %s',
		async (policy, later) => {
			const pair = await agreedOrder(policy);
			await deleteAndAdd(pair, later);
			await pair.sync();
			await expectWhole(pair);
			await expectAtRest(pair);
		},
	);

	it.each(sides)('stays where it is until a person decides for %s', async (side) => {
		const pair = await agreedOrder('manual');
		await deleteAndAdd(pair);
		await pair.sync();
		await pair.sync();
		expect(await rowsOf(pair, 'local')).toEqual([]);
		expect(await rowsOf(pair, 'cloud')).toEqual(['order 1', 'line 1', 'line 2', 'parcel 7']);
		expect(await record(pair, side)).toEqual([
			expect.objectContaining({ table: 'orders', key: 'id=1', kept: null }),
		]);
		await pair.sync();
		await (side === 'local' ? expectGone(pair) : expectWhole(pair));
		await expectAtRest(pair);
	});

	it('is on record also where it is added while the deletion is under way', async () => {
		const pair = await agreedOrder('local');
		const { connection } = pair.cloud;
		await pair.local.connection.query('INSERT INTO orders VALUES (0)');
		await pair.sync();
		await pair.local.connection.query('DELETE FROM orders');
		await connection.query('START TRANSACTION');
		await connection.query('INSERT INTO line VALUES (7, 1)');
		const syncing = pair.sync();
		await someoneWaits(await pair.cloud.connect());
		await connection.query('COMMIT');
		await syncing;
		expect(await record(pair)).toContainEqual(
			expect.objectContaining({ table: 'line', kept: 'local', cloud: { id: 7, orders: 1 } }),
		);
		await expectAtRest(pair);
	});

	it('is decided first where the other side has it too, and cannot deliver it', async () => {
		const pair = await agreedOrder('cloud');
		const { local, cloud } = pair;
		await local.connection.query('INSERT INTO orders VALUES (2)');
		await cloud.connection.query('INSERT INTO line VALUES (7, 1)');
		await local.connection.query('INSERT INTO line VALUES (7, 2)');
		await local.connection.query('DELETE FROM orders WHERE id = 1');
		// The order that the local line refers to never arrives.
		await local.connection.query(
			"DELETE FROM change_log WHERE table_name = 'orders' AND row_key = 'x32'",
		);
		await pair.sync();
		for (const side of sides) expect(await rowsOf(pair, side)).toContain('order 1');
		const versions = (await record(pair)).map((one) => [one.table, one.local, one.cloud]);
		expect(versions).toContainEqual(['line', { id: 7, orders: 2 }, { id: 7, orders: 1 }]);
		await local.connection.query('DELETE FROM orders WHERE id = 2');
		await pair.sync();
		await expectAtRest(pair);
	});

	it('goes or stays at all sites of a hub', async () => {
		const north = await agreedOrder('newest');
		const south = await enginePair(
			{ local: 'mysql', cloud: 'mysql' },
			{ schema, node: 'south', cloud: north.cloud },
		);
		await south.sync();
		await north.cloud.connection.query('INSERT INTO line VALUES (7, 1)');
		await south.sync();
		// Gone in the cloud with the order, and on record there; the north never had it.
		await north.local.connection.query('DELETE FROM orders WHERE id = 1');
		await north.sync();
		// The south's later parcel brings the order back, with all that was below it there.
		await south.local.connection.query('INSERT INTO parcel VALUES (9, 1)');
		for (let round = 0, moved = 1; moved > 0; round += 1) {
			expect(round).toBeLessThan(4);
			moved = 0;
			for (const pair of [south, north]) {
				const { local_to_cloud, cloud_to_local } = await pair.sync();
				moved += local_to_cloud.batches + cloud_to_local.batches;
			}
		}
		for (const { local } of [north, south]) {
			const [rows] = await local.connection.query('SELECT id FROM line');
			expect(rows).toEqual([{ id: 1 }, { id: 2 }, { id: 7 }]);
		}
		for (const pair of [north, south]) await expectAtRest(pair);
	});

	it('is decided as any other where the deletion only takes its reference away', async () => {
		const pair = await agreedOrder('local');
		await pair.local.connection.query('DELETE FROM orders WHERE id = 1');
		await pair.cloud.connection.query("UPDATE remark SET text = 'of the cloud' WHERE id = 1");
		await pair.sync();
		const [rows] = await pair.local.connection.query('SELECT orders, text FROM remark');
		const versions = (await record(pair)).map(({ local, cloud }) => [local?.text, cloud?.text]);
		expect([rows, versions]).toEqual([
			[{ orders: null, text: 'agreed' }],
			[['agreed', 'of the cloud']],
		]);
		await expectAtRest(pair);
	});
});
