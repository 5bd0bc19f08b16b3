/** Tables that are dropped and created again, swapped, restored, or that lose their triggers. */

import type { RowDataPacket } from 'mysql2';
import { expect, it, onTestFinished } from 'vitest';
import { directions, type Side, sides } from '../../../source/config/types.ts';
import { thisHolder } from '../../../source/engine/lease/holder.ts';
import { Passes } from '../../../source/engine/run/passes.ts';
import { prepare } from '../../../source/engine/run/prepare.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { type TestPair, testPair } from '../../support/pair.ts';
import { startProgram } from '../../support/program.ts';
import { describeOneWay, everyday } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

const item = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))';
const steady = 'CREATE TABLE steady (id INT PRIMARY KEY)';

type AnyPair = Pick<EnginePair | TestPair, Side>;

async function write(pair: AnyPair, side: Side, ...statements: string[]): Promise<void> {
	for (const statement of statements) await pair[side].connection.query(statement);
}

async function namesOn(pair: AnyPair, side: Side): Promise<Record<string, string>> {
	const [rows] = await pair[side].connection.query<RowDataPacket[]>(
		'SELECT id, name FROM item ORDER BY id',
	);
	return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}

async function triggersOf(pair: AnyPair, side: Side): Promise<{ name: string; sql: string }[]> {
	const { connection } = pair[side];
	const [found] = await connection.query<RowDataPacket[]>("SHOW TRIGGERS LIKE 'item'");
	const triggers: { name: string; sql: string }[] = [];
	for (const { Trigger: name } of found) {
		const [[shown]] = await connection.query<RowDataPacket[]>(`SHOW CREATE TRIGGER ${name}`);
		triggers.push({ name, sql: String(shown?.['SQL Original Statement']) });
	}
	return triggers;
}

/** What is done to the table of one side; it holds rows 5 and 6 afterwards. */
const recreations: Record<string, (pair: AnyPair, side: Side) => Promise<void>> = {
	'dropped and created again': async (pair, side) => {
		await write(pair, side, 'DROP TABLE item', item, "INSERT INTO item VALUES (5, 'e'), (6, 'f')");
	},
	'swapped for a copy': async (pair, side) => {
		await write(
			pair,
			side,
			'CREATE TABLE item_new LIKE item',
			"INSERT INTO item_new VALUES (5, 'e'), (6, 'f')",
			'RENAME TABLE item TO item_old, item_new TO item',
			'DROP TABLE item_old',
		);
	},
	'restored from a dump with its triggers': async (pair, side) => {
		const triggers = await triggersOf(pair, side);
		await write(
			pair,
			side,
			'DROP TABLE item',
			item,
			"INSERT INTO item VALUES (5, 'e'), (6, 'f')",
			...triggers.map(({ sql }) => sql),
		);
	},
};

/** A pair that has carried rows 1 and 2 over. */
async function synced(
	combination: Parameters<typeof enginePair>[0],
	config: Parameters<typeof enginePair>[1] = {},
): Promise<EnginePair> {
	const pair = await enginePair(combination, { schema: [item, steady], ...config });
	await pair.sync();
	await write(pair, 'local', "INSERT INTO item VALUES (1, 'a'), (2, 'b')");
	expect(errorsOf(await pair.sync())).toEqual([]);
	expect(await namesOn(pair, 'cloud')).toEqual({ 1: 'a', 2: 'b' });
	// Times of creation have no parts of a second.
	await nextSecond(pair);
	return pair;
}

/** Waits until both servers' clocks show another second than that of the tables. */
async function nextSecond(pair: AnyPair): Promise<void> {
	for (const side of sides) {
		await waitFor(
			async () => {
				const [[row]] = await pair[side].connection.query<RowDataPacket[]>(
					`SELECT COUNT(*) AS young FROM information_schema.tables
					WHERE table_schema = DATABASE() AND table_name = 'item'
						AND create_time >= NOW() - INTERVAL 1 SECOND`,
				);
				return Number(row?.young) === 0;
			},
			{ what: 'another second' },
		);
	}
}

function cure(lines: readonly string[], pattern: RegExp): string {
	const found = lines.map((line) => pattern.exec(line)?.[1]).find((one) => one !== undefined);
	if (found === undefined) throw new Error(`no ${pattern} in ${lines.join('\n')}`);
	return found;
}

const settling = /once both sides are right \((?:local|cloud)\): (UPDATE change_log_tables .*)$/;

describeOneWay('a table that is recreated, between', (combination) => {
	it.each(everyday(Object.keys(recreations), 2))(
		'%s on one side is reported until a person has compared it',
		async (how) => {
			for (const side of sides) {
				const other = side === 'local' ? 'cloud' : 'local';
				const pair = await synced(combination);
				await recreations[how]?.(pair, side);

				const first = await pair.sync();

				expect(first.unsettled).toEqual([
					expect.stringMatching(
						new RegExp(
							`^${side}, table item: it was recreated, .*Compare the two sides.*Send all rows of ${side} to .* \\(${side}\\): UPDATE \`item\` SET \`id\` = \`id\``,
						),
					),
				]);
				expect(await namesOn(pair, other)).toEqual({ 1: 'a', 2: 'b' });
				expect(await namesOn(pair, side)).toEqual({ 5: 'e', 6: 'f' });
				expect((await pair.sync()).unsettled).toEqual(first.unsettled);
				// Later writes are transferred in both directions.
				await write(pair, side, "INSERT INTO item VALUES (7, 'g')");
				await write(pair, other, "INSERT INTO item VALUES (8, 'h')");
				await pair.sync();
				expect(await namesOn(pair, other)).toMatchObject({ 7: 'g', 8: 'h' });
				expect(await namesOn(pair, side)).toMatchObject({ 7: 'g', 8: 'h' });
				await write(pair, side, cure(first.unsettled, settling));
				expect((await pair.sync()).unsettled).toEqual([]);
			}
		},
		120_000,
	);

	it.each(everyday(Object.keys(recreations), 2))(
		'%s on both sides, and filled on one, is filled on the other',
		async (how) => {
			const pair = await synced(combination);
			for (const side of sides) await recreations[how]?.(pair, side);
			await write(pair, 'cloud', 'TRUNCATE TABLE item');

			const { said, unsettled } = await pair.sync();

			expect(unsettled).toEqual([]);
			expect(said).toContain('pair: local: item was recreated, and changes are captured again');
			expect(said).toContain('pair: cloud: item was recreated, and changes are captured again');
			expect(said).toContain('pair: item: 2 rows of local queued for cloud');
			expect(await pair.differences()).toEqual([]);
			expect(await namesOn(pair, 'cloud')).toEqual({ 5: 'e', 6: 'f' });
		},
	);

	it('with rows while the other side is empty is filled there', async () => {
		const pair = await synced(combination);
		await write(pair, 'cloud', 'DELETE FROM item');
		await pair.sync();
		await write(pair, 'local', 'DROP TABLE item', item, "INSERT INTO item VALUES (5, 'e')");
		const { said, unsettled } = await pair.sync();
		expect(unsettled).toEqual([]);
		expect(said).toContain('pair: item: 1 row of local queued for cloud');
		expect(await namesOn(pair, 'cloud')).toEqual({ 5: 'e' });
	});

	it('empty on one side brings no old rows back from the other, until that is recreated too', async () => {
		const pair = await synced(combination);
		await write(pair, 'local', 'DROP TABLE item', item);
		const { unsettled } = await pair.sync();
		expect(unsettled).toEqual([expect.stringMatching(/^local, table item: it was recreated/)]);
		expect(await namesOn(pair, 'local')).toEqual({});
		expect(await namesOn(pair, 'cloud')).toEqual({ 1: 'a', 2: 'b' });
		await write(pair, 'cloud', 'DROP TABLE item', item);
		expect((await pair.sync()).unsettled).toEqual([]);
		await write(pair, 'local', "INSERT INTO item VALUES (9, 'i')");
		await pair.sync();
		expect(await namesOn(pair, 'cloud')).toEqual({ 9: 'i' });
	});

	it('with the rows of the other side needs nobody', async () => {
		const pair = await synced(combination);
		await write(
			pair,
			'cloud',
			'CREATE TABLE item_new LIKE item',
			'INSERT INTO item_new SELECT * FROM item',
			'RENAME TABLE item TO item_old, item_new TO item',
			'DROP TABLE item_old',
		);
		const { said, unsettled } = await pair.sync();
		expect(unsettled).toEqual([]);
		expect(said).toContain(
			'pair: item: capture was interrupted; both sides hold the same rows, and nothing is left to do',
		);
	});

	it.each(everyday(Object.keys(recreations), 2))(
		'%s has no pending change applied as a deletion',
		async (how) => {
			for (const autoInstall of [true, false]) {
				const pair = await synced(combination);
				await write(
					pair,
					'local',
					"INSERT INTO item VALUES (3, 'c')",
					"UPDATE item SET name = 'changed' WHERE id = 1",
					'DELETE FROM item WHERE id = 2',
				);
				await recreations[how]?.(pair, 'local');
				pair.config.autoInstall = autoInstall;

				const { said } = await pair.sync();

				// What somebody deleted is deleted; what went with the table is not.
				expect(await namesOn(pair, 'cloud')).toEqual({ 1: 'a' });
				expect(said).toContainEqual(
					expect.stringMatching(
						/^pair: local, table item: pending changes name 2 rows that are gone, and no deletion was captured \(id=3 and id=1\)/,
					),
				);
			}
		},
	);

	it('after both sides were without it has no old change applied as a deletion', async () => {
		const pair = await synced(combination);
		await write(
			pair,
			'local',
			"INSERT INTO item VALUES (3, 'c')",
			"UPDATE item SET name = 'changed' WHERE id = 1",
		);
		for (const side of sides) await write(pair, side, 'DROP TABLE item');
		expect((await pair.sync()).unsettled).toEqual([
			expect.stringMatching(/table item: the table no longer exists/),
		]);
		for (const side of sides) await write(pair, side, item);
		await write(pair, 'cloud', "INSERT INTO item VALUES (1, 'new'), (3, 'new')");

		const { said, unsettled } = await pair.sync();

		expect(unsettled).toEqual([]);
		expect(said).toContain('pair: item: 2 rows of cloud queued for local');
		expect(await namesOn(pair, 'cloud')).toEqual({ 1: 'new', 3: 'new' });
		expect(await pair.differences()).toEqual([]);
	});

	it('in the middle of a run is left to the next one', async () => {
		const pair = await synced(combination);
		await write(
			pair,
			'local',
			"UPDATE item SET name = 'changed' WHERE id = 1",
			'INSERT INTO steady VALUES (1)',
		);
		const connections = await openBoth(pair.config);
		onTestFinished(() => closeBoth(connections));
		const { tables, captures } = await prepare(connections, pair.config, new Set());
		await recreations['dropped and created again']?.(pair, 'local');
		const passes = new Passes(connections, pair.config, {
			directions,
			once: false,
			lease: {
				leaseFence: () => [],
				requireHeld: async () => {},
				makeDurable: async () => {},
				holder: thisHolder(),
			},
			stopped: () => false,
		});

		const { local_to_cloud } = await passes.move(tables, () => false, captures);

		expect(local_to_cloud.map(({ message }) => message)).toEqual([
			'it was recreated, or its triggers were dropped',
		]);
		expect(await namesOn(pair, 'cloud')).toEqual({ 1: 'a', 2: 'b' });
		const [others] = await pair.cloud.connection.query('SELECT id FROM steady');
		expect(others).toHaveLength(1);
		expect((await pair.sync()).unsettled).toEqual([
			expect.stringMatching(/^local, table item: it was recreated/),
		]);
		expect(await namesOn(pair, 'cloud')).toEqual({ 1: 'a', 2: 'b' });
	});

	it('is not supposed on another node of a cluster, nor where an older program left no word', async () => {
		const pair = await synced(combination);
		for (const captured of ["CONCAT('elsewhere', captured)", 'NULL']) {
			await write(pair, 'local', `UPDATE change_log_tables SET captured = ${captured}`);
			expect((await pair.sync()).unsettled).toEqual([]);
		}
		await recreations['restored from a dump with its triggers']?.(pair, 'local');
		expect((await pair.sync()).unsettled).toHaveLength(1);
	});

	it('is no table whose triggers another site of a hub replaces', async () => {
		const one = await synced(combination);
		const two = await enginePair(combination, {
			schema: { local: [item, steady], cloud: [] },
			node: 'other',
			cloud: one.cloud,
		});
		expect((await two.sync()).unsettled).toEqual([]);
		const before = await triggersOf(one, 'cloud');
		const otherKey = 'ALTER TABLE item MODIFY id VARCHAR(20)';
		for (const end of [one.local, one.cloud, two.local]) await end.connection.query(otherKey);

		expect((await two.sync()).unsettled).toEqual([]);
		expect(await triggersOf(one, 'cloud')).not.toEqual(before);
		expect((await one.sync()).unsettled).toEqual([]);
		await write(one, 'local', "INSERT INTO item VALUES ('x', 'y')");
		await one.sync();
		expect(await namesOn(one, 'cloud')).toMatchObject({ x: 'y' });

		await write(
			one,
			'cloud',
			'DROP TABLE item',
			item.replace('INT', 'VARCHAR(20)'),
			"INSERT INTO item VALUES ('e', 'f')",
		);
		for (const pair of [two, one]) {
			expect((await pair.sync()).unsettled).toEqual([
				expect.stringMatching(/^cloud, table item: (it was recreated|its triggers were gone)/),
			]);
		}
	});

	it('is no table that is altered, optimized or truncated', async () => {
		const pair = await synced(combination);
		await write(
			pair,
			'local',
			'ALTER TABLE item ADD KEY (name)',
			'ALTER TABLE item ENGINE = InnoDB',
			'OPTIMIZE TABLE item',
		);
		expect(await pair.sync()).toMatchObject({ unsettled: [] });
		await write(pair, 'local', 'DELETE FROM item', 'TRUNCATE TABLE item');
		expect(await pair.sync()).toMatchObject({ unsettled: [] });
		expect(await namesOn(pair, 'cloud')).toEqual({});
	});

	it('is reported if only its triggers were dropped, and nothing is deleted for that', async () => {
		const pair = await synced(combination);
		await write(pair, 'local', "UPDATE item SET name = 'changed' WHERE id = 1");
		for (const { name } of await triggersOf(pair, 'local')) {
			await write(pair, 'local', `DROP TRIGGER ${name}`);
		}
		await write(pair, 'local', 'DELETE FROM item WHERE id = 1', "INSERT INTO item VALUES (3, 'c')");
		pair.config.autoInstall = false;
		expect((await pair.sync()).unsettled[0]).toMatch(
			/^local, table item: its triggers are gone, .*install pair --table item/,
		);
		pair.config.autoInstall = true;
		const { unsettled } = await pair.sync();
		expect(unsettled).toEqual([
			expect.stringMatching(
				/^local, table item: its triggers were gone, and changes made meanwhile were not captured/,
			),
		]);
		expect(await namesOn(pair, 'cloud')).toEqual({ 1: 'a', 2: 'b' });
		await write(pair, 'local', cure(unsettled, /\(local\): (UPDATE `item` [^;]*);/));
		await write(pair, 'cloud', 'DELETE FROM item WHERE id = 1');
		await pair.sync();
		// Equal now, which is found without anybody's word.
		expect((await pair.sync()).unsettled).toEqual([]);
		expect(await pair.differences()).toEqual([]);
	});

	it('is found by status while no engine runs, and by sync', async () => {
		for (const how of everyday(Object.keys(recreations), 1)) {
			const pair = await testPair(combination, { schema: [item, steady] });
			await write(pair, 'local', "INSERT INTO item VALUES (1, 'a')");
			expect(await pair.run('sync')).toMatchObject({ code: 0 });
			expect(await pair.run('status')).toMatchObject({ code: 0 });
			await nextSecond(pair);
			await recreations[how]?.(pair, 'cloud');

			const before = await pair.run('status');
			expect(before.code).toBe(1);
			expect(before.stdout).toMatch(/cloud, table item: (it was recreated|its triggers were)/);
			expect(await pair.run('sync')).toMatchObject({ code: 1 });
			const after = await pair.run('status', '--json');
			expect(after.code).toBe(1);
			expect(after.stderr).toMatch(/pair: cloud, table item: it was recreated, .*Compare/);
			expect(await namesOn(pair, 'local')).toEqual({ 1: 'a' });
			await write(pair, 'cloud', cure(after.stderr.split('\n'), settling));
			expect(await pair.run('status')).toMatchObject({ code: 0 });
			expect(await pair.run('sync')).toMatchObject({ code: 0 });
		}
	}, 120_000);
});

describeOneWay('a table that is recreated under a running engine, between', (combination) => {
	it.each([true, false])(
		'is taken up again; auto_install: %s',
		async (auto) => {
			const pair = await testPair(combination, {
				schema: [item, steady],
				config: { interval: '200ms', auto_install: auto },
			});
			await pair.run('install');
			const program = await startProgram(['run'], { config: pair.configPath });
			const says = (pattern: RegExp) => program.waitForOutput(pattern, { stream: 'stderr' });
			const arrives = async (side: Side, names: Record<string, string>) => {
				await waitFor(
					async () => JSON.stringify(await namesOn(pair, side)) === JSON.stringify(names),
					{ what: `${JSON.stringify(names)} on ${side}: ${program.said()}` },
				);
			};
			await write(pair, 'local', "INSERT INTO item VALUES (1, 'a')");
			await arrives('cloud', { 1: 'a' });
			await nextSecond(pair);

			await write(pair, 'cloud', 'DROP TABLE item', item);
			if (!auto) {
				await says(/warning pair: cloud, table item: it was recreated without its triggers/);
				expect((await pair.run('install', '--table', 'item')).stdout).toContain('it was recreated');
			}
			await says(/warning pair: cloud, table item: it was recreated, .*Compare the two sides/);
			expect(await pair.run('status')).toMatchObject({ code: 1 });
			expect(await namesOn(pair, 'local')).toEqual({ 1: 'a' });
			await write(pair, 'local', 'DROP TABLE item', item, "INSERT INTO item VALUES (2, 'b')");
			if (!auto) {
				await says(/warning pair: local, table item: it was recreated without its triggers/);
				await pair.run('install');
			}
			await arrives('cloud', { 2: 'b' });
			expect(await namesOn(pair, 'local')).toEqual({ 2: 'b' });
			await write(pair, 'cloud', "INSERT INTO item VALUES (3, 'c')");
			await arrives('local', { 2: 'b', 3: 'c' });
			expect(await pair.run('status')).toMatchObject({ code: 0 });

			const triggers = await triggersOf(pair, 'local');
			for (const { name } of triggers) await write(pair, 'local', `DROP TRIGGER ${name}`);
			await says(/warning pair: local, table item: its triggers are gone/);
			await write(pair, 'local', "INSERT INTO item VALUES (4, 'd')");
			const status = await pair.run('status');
			expect(status.code).toBe(1);
			expect(status.stdout).toContain('local, table item: its triggers are gone');
			await write(pair, 'local', ...triggers.map(({ sql }) => sql));
			await says(
				/warning pair: local, table item: its triggers were gone, and changes made meanwhile/,
			);
			expect(await pair.run('status')).toMatchObject({ code: 1 });
			await write(pair, 'local', 'UPDATE item SET id = id');
			await arrives('cloud', { 2: 'b', 3: 'c', 4: 'd' });
			await says(/both sides hold the same rows, and nothing is left to do/);
			expect(await pair.run('status')).toMatchObject({ code: 0 });
			program.signal('SIGTERM');
			expect(await program.exited).toMatchObject({ code: 0 });
		},
		120_000,
	);
});
