import type { RowDataPacket } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { readRegister } from '../../../source/changelog/tables/register.ts';
import { type Side, sides } from '../../../source/config/types.ts';
import { readCatalogue } from '../../../source/database/catalogue/cached-catalogue.ts';
import { inspectTable } from '../../../source/database/rows/tracked-table.ts';
import { closeBoth, openBoth } from '../../../source/engine/shared/connections.ts';
import { queueRows } from '../../../source/engine/uptake/backfill.ts';
import { freshDatabase } from '../../support/databases.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { testPair } from '../../support/pair.ts';
import { runProgram, startProgram, writeConfig } from '../../support/program.ts';
import {
	type Combination,
	describeCrossed,
	describeOn,
	describeOneWay,
} from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';
import { keyTypes } from '../../transfer/rows/keys/types.ts';

const item = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))';

async function write(pair: EnginePair, side: Side, ...statements: string[]): Promise<void> {
	for (const statement of statements) await pair[side].connection.query(statement);
}

async function countOf(pair: EnginePair, side: Side, table = 'item'): Promise<number> {
	const [rows] = await pair[side].connection.query(`SELECT 1 FROM ${table}`);
	return (rows as unknown[]).length;
}

describeCrossed('rows that a table held before it was tracked, between', (combination) => {
	it.each<Side>(['local', 'cloud'])(
		'travel by themselves where the other side of %s is empty, and that is said',
		async (side) => {
			const pair = await enginePair(combination, { schema: [item] });
			const other = side === 'local' ? 'cloud' : 'local';
			await write(pair, side, "INSERT INTO item VALUES (1, 'a'), (2, 'b'), (3, 'c')");

			const { said, unsettled, ...result } = await pair.sync();

			expect(errorsOf({ unsettled, ...result })).toEqual([]);
			expect(said).toContain(
				`pair: item: ${side} held rows when tracking began and ${other} held none; these rows are queued for ${other}`,
			);
			expect(said).toContain(`pair: item: 3 rows of ${side} queued for ${other}`);
			expect(await pair.differences()).toEqual([]);
			expect(await countOf(pair, other)).toBe(3);
			// Once: what is deleted from then on stays deleted.
			await write(pair, other, 'DELETE FROM item');
			await pair.sync();
			expect([await countOf(pair, 'local'), await countOf(pair, 'cloud')]).toEqual([0, 0]);
		},
	);
});

describeOneWay('what a table held before it was tracked, between', (combination) => {
	it('is reported with row counts if both sides had rows, in one line for all tables', async () => {
		const tables = Array.from({ length: 12 }, (_, index) => `t${index}`);
		const pair = await enginePair(combination, {
			schema: tables.map((name) => `CREATE TABLE ${name} (id INT PRIMARY KEY, v INT)`),
		});
		for (const name of tables) {
			for (const side of sides)
				await write(pair, side, `INSERT INTO ${name} VALUES (1, 1), (2, 1)`);
		}
		await write(
			pair,
			'local',
			'INSERT INTO t3 VALUES (5, 5), (6, 6)',
			'INSERT INTO t7 VALUES (9, 9)',
		);

		const { said, unsettled } = await pair.sync();

		const lines = said.filter((line) => line.includes('before tracking began'));
		expect(lines).toEqual([
			expect.stringMatching(
				/both sides held the same number of rows before tracking began: t0 \(2\), t1 \(2\), .* and 3 more; their contents were not compared$/,
			),
			expect.stringMatching(
				/differences between these are not carried over: t3 \(4 on local, 2 on cloud\) and t7 \(3 on local, 2 on cloud\)\. Compare them\. For each table, send all rows of local to cloud, overwriting rows with the same key \(local\): UPDATE `t3` SET `id` = `id`/,
			),
		]);
		expect(unsettled).toEqual([]);
		expect(await countOf(pair, 'cloud', 't3')).toBe(2);
		await write(pair, 'local', 'UPDATE `t3` SET `id` = `id`', 'UPDATE `t7` SET `id` = `id`');
		expect((await pair.sync()).said).toEqual([]);
		expect(await pair.differences()).toEqual([]);
	});

	it('does not come back where somebody deleted it between install and the first run', async () => {
		const pair = await enginePair(combination, { schema: [item] });
		for (const side of sides) await write(pair, side, "INSERT INTO item VALUES (1, 'a'), (2, 'b')");
		const ends = { local: pair.local.end, cloud: pair.cloud.end };
		const config = await writeConfig({
			node_id: 'site',
			sync_pairs: [{ name: 'pair', ...ends, tables: 'all' }],
		});
		const installed = await runProgram(['install'], { config });
		expect(installed.stdout).toContain(
			'both sides held the same number of rows before tracking began: item (2)',
		);
		await write(pair, 'local', 'DELETE FROM item');
		await runProgram(['sync'], { config });
		expect([await countOf(pair, 'local'), await countOf(pair, 'cloud')]).toEqual([0, 0]);
	});

	it('travels too where triggers are installed by hand alone', async () => {
		const pair = await testPair(combination, { schema: [item], config: { auto_install: false } });
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'a')");
		const installed = await pair.run('install');
		expect(installed.stdout).toContain(
			'item: local held rows when tracking began and cloud held none',
		);
		const synced = await pair.run('sync');
		expect(synced).toMatchObject({ code: 0 });
		const [rows] = await pair.cloud.connection.query('SELECT * FROM item');
		expect(rows).toHaveLength(1);
	});

	it('travels where the other side gets the table later, by the statement that is offered', async () => {
		const pair = await enginePair(combination, {
			schema: ['CREATE TABLE first (id INT PRIMARY KEY)'],
		});
		await pair.sync();
		await write(pair, 'local', item, "INSERT INTO item VALUES (1, 'before the triggers')");
		const { said } = await pair.sync();
		await write(pair, 'local', "INSERT INTO item VALUES (2, 'after')");
		const line = said.find((words) => words.startsWith('pair: item is skipped')) ?? '';
		await write(pair, 'cloud', /Fix \(cloud\): (CREATE TABLE .*)$/.exec(line)?.[1] ?? '');
		await pair.sync();
		expect(await pair.differences()).toEqual([]);
		expect(await countOf(pair, 'cloud')).toBe(2);
	});

	it('is transferred again if both sides dropped and recreated the table', async () => {
		const pair = await enginePair(combination, { schema: [item] });
		await write(pair, 'local', "INSERT INTO item VALUES (1, 'a')");
		await pair.sync();
		for (const side of sides) await write(pair, side, 'DROP TABLE item');
		await pair.sync();
		for (const side of sides) await write(pair, side, item);
		await write(pair, 'cloud', "INSERT INTO item VALUES (7, 'new')");
		await pair.sync();
		expect(await pair.differences()).toEqual([]);
		expect(await countOf(pair, 'local')).toBe(1);
	});

	it('goes parents first, and rows in a circle arrive too', async () => {
		const pair = await enginePair(combination, {
			schema: [
				'CREATE TABLE z_parent (id INT PRIMARY KEY, boss INT, FOREIGN KEY (boss) REFERENCES z_parent (id))',
				'CREATE TABLE a_child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES z_parent (id))',
			],
			config: { batchSize: 100, maxBatchSize: 100 },
		});
		const rows = Array.from({ length: 500 }, (_, index) => index);
		await write(
			pair,
			'local',
			'SET foreign_key_checks = 0',
			`INSERT INTO z_parent VALUES ${rows.map((id) => `(${id}, ${(id + 250) % 500})`).join()}`,
			`INSERT INTO a_child VALUES ${rows.map((id) => `(${id}, ${499 - id})`).join()}`,
			'SET foreign_key_checks = 1',
		);
		const result = await pair.sync();
		expect(errorsOf(result)).toEqual([]);
		expect(await pair.differences()).toEqual([]);
	});

	it('loses to what was changed since on the other side', async () => {
		const pair = await enginePair(combination, { schema: [item] });
		await write(pair, 'local', "INSERT INTO item VALUES (1, 'before'), (2, 'before')");
		const connections = await openBoth(pair.config);
		const { installPair } = await import('../../../source/engine/install/installation.ts');
		await installPair(connections, pair.config).finally(() => closeBoth(connections));
		await write(pair, 'cloud', "INSERT INTO item VALUES (1, 'since')");
		await pair.sync();
		expect(await pair.differences()).toEqual([]);
		const [rows] = await pair.local.connection.query('SELECT name FROM item ORDER BY id');
		expect(rows).toEqual([{ name: 'since' }, { name: 'before' }]);
	});
});

describeOneWay('a table that is created under a running engine, between', (combination) => {
	it('loses none of the rows that are written to it at once', async () => {
		const pair = await testPair(combination, {
			schema: ['CREATE TABLE first (id INT PRIMARY KEY)'],
			config: { interval: '200ms' },
		});
		const program = await startProgram(['run'], { config: pair.configPath });
		await program.waitForOutput('cloud: triggers installed on first', { stream: 'stderr' });
		await pair.cloud.connection.query(item);
		await pair.local.connection.query(item);
		for (let id = 0; id < 277; id += 1) {
			await pair.local.connection.query(`INSERT INTO item VALUES (${id}, 'x')`);
		}
		await waitFor(
			async () => {
				const [rows] = await pair.cloud.connection.query('SELECT id FROM item');
				return (rows as unknown[]).length === 277;
			},
			{ what: `277 rows: ${program.said()}` },
		);
		program.signal('SIGTERM');
		expect(await program.exited).toMatchObject({ code: 0 });
	});

	it('is never half filled, however often the program is killed', async () => {
		const pair = await testPair(combination, {
			schema: [item],
			config: { interval: '200ms', batch_size: 5000 },
		});
		const total = 60_000;
		await pair.local.connection.query(
			`INSERT INTO item WITH RECURSIVE n AS (SELECT 0 AS d UNION ALL SELECT d + 1 FROM n WHERE d < 9)
			SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, 'x'
			FROM n a, n b, n c, n e, n f WHERE f.d < ${total / 10_000}`,
		);
		const progress = async () => {
			const [rows] = await pair.local.connection
				.query<RowDataPacket[]>('SELECT state, entries FROM change_log_tables')
				.catch(() => [[]] as unknown as [RowDataPacket[]]);
			return { state: String(rows[0]?.state), entries: Number(rows[0]?.entries ?? 0) };
		};
		let reached = 0;
		for (let kill = 0; kill < 4; kill += 1) {
			const program = await startProgram(['run'], { config: pair.configPath });
			await waitFor(
				async () => {
					const { state, entries } = await progress();
					return entries > reached || state === 'settled';
				},
				{ what: 'the next rows in line' },
			);
			program.signal('SIGKILL');
			await program.exited;
			const { state, entries } = await progress();
			if (state === 'settled') break;
			expect(entries).toBeGreaterThan(reached);
			reached = entries;
		}
		expect(await runProgram(['sync'], { config: pair.configPath, timeout: 120_000 })).toMatchObject(
			{
				code: 0,
			},
		);
		expect(await progress()).toEqual({ state: 'settled', entries: total });
		const [log] = await pair.local.connection.query<RowDataPacket[]>(
			'SELECT COUNT(*) AS n FROM change_log',
		);
		expect(Number(log[0]?.n)).toBe(total);
		const [rows] = await pair.cloud.connection.query<RowDataPacket[]>(
			'SELECT COUNT(*) AS n FROM item',
		);
		expect(Number(rows[0]?.n)).toBe(total);
	}, 200_000);

	it('is filled completely even if the register of one side is lost', async () => {
		for (const lost of sides) {
			const pair = await testPair(combination, { schema: [item] });
			await pair.local.connection.query("INSERT INTO item VALUES (1, 'a'), (2, 'b')");
			await pair.run('install');
			await pair[lost].connection.query('DROP TABLE change_log_tables');
			await pair.run('sync');
			const [rows] = await pair.cloud.connection.query('SELECT id FROM item');
			expect(rows).toHaveLength(2);
		}
	});
});

describeOn(['mariadb', 'mysql'], 'a hub that a further site joins', () => {
	it('gives its rows to that site alone, and does not overrule what the others have changed', async () => {
		const [hub, one, two] = [
			await freshDatabase('mysql'),
			await freshDatabase('mariadb'),
			await freshDatabase('mariadb'),
		];
		const [atHub, atOne, atTwo] = [await hub.connect(), await one.connect(), await two.connect()];
		for (const connection of [atHub, atOne, atTwo]) await connection.query(item);
		const pairOf = (name: string, { end }: typeof one) => ({
			...{ name, tables: 'all' },
			local: { ...end, node_id: name },
			cloud: { ...hub.end, node_id: 'hub' },
		});
		const first = await writeConfig({ sync_pairs: [pairOf('one', one)] });
		await runProgram(['sync'], { config: first });
		await atHub.query("INSERT INTO item VALUES (1, 'a'), (2, 'b')");
		await runProgram(['sync'], { config: first });
		await atOne.query("UPDATE item SET name = 'changed at one' WHERE id = 1");
		const both = await writeConfig({ sync_pairs: [pairOf('one', one), pairOf('two', two)] });
		await runProgram(['sync', 'two'], { config: both });
		const [before] = await atTwo.query('SELECT name FROM item ORDER BY id');
		expect(before).toEqual([{ name: 'a' }, { name: 'b' }]);
		const synced = await runProgram(['sync', '--json'], { config: both });
		expect(synced.json()).toMatchObject({
			pairs: [{ local_to_cloud: { applied: 1, conflicts: 0 }, cloud_to_local: { applied: 0 } }, {}],
		});
		for (const connection of [atHub, atOne, atTwo]) {
			const [rows] = await connection.query('SELECT name FROM item ORDER BY id');
			expect(rows).toEqual([{ name: 'changed at one' }, { name: 'b' }]);
		}
	});
});

describeCrossed('rows that are queued, from', (combination: Combination) => {
	it('are each row once, in small steps, whatever the type of the key', async () => {
		const usable = keyTypes.filter(({ only }) => only === undefined || only === combination.local);
		const tables = usable.flatMap(({ type, values }, index) => [
			{ name: `alone_${index}`, type, values, definition: `k ${type} NOT NULL PRIMARY KEY, v INT` },
			{
				name: `composite_${index}`,
				type,
				values,
				definition: `a INT, k ${type} NOT NULL, b INT, v INT, PRIMARY KEY (a, k, b)`,
			},
		]);
		const pair = await enginePair(combination, { config: { tables: ['nothing'] } });
		await write(
			pair,
			'local',
			"SET sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'",
		);
		for (const { name, definition, values } of tables) {
			await write(pair, 'local', `CREATE TABLE ${name} (${definition})`);
			const rows = values.flatMap((value) =>
				name.startsWith('alone')
					? [`(${value}, 1)`]
					: [-1, 0, 7].flatMap((a) => [1, 2].map((b) => `(${a}, ${value}, ${b}, 1)`)),
			);
			await write(pair, 'local', `INSERT INTO ${name} VALUES ${rows.join(', ')}`);
		}
		await pair.sync();
		const connections = await openBoth(pair.config);
		onTestFinished(() => closeBoth(connections));
		const { local } = connections;
		const catalogue = await readCatalogue(local);
		const wrong: string[] = [];
		for (const { name, type } of tables) {
			const { tracked } = inspectTable(catalogue.find((table) => table.name === name));
			if (!tracked) throw new Error(`${name} cannot be tracked`);
			await write(
				pair,
				'local',
				`INSERT INTO change_log_tables VALUES ('cloud', '${name}', 'filling', NULL, 0, UTC_TIMESTAMP(6), NULL, NULL, NULL)`,
			);
			let so = (await readRegister(local, 'cloud')).get(name) ?? null;
			for (let step = 0; so !== null && step < 100; step += 1) {
				so = await queueRows(local, 'cloud', tracked, so, 2);
			}
			const [[entries], [rows]] = await Promise.all([
				pair.local.connection.query<RowDataPacket[]>(
					`SELECT COUNT(*) AS n, COUNT(DISTINCT row_key) AS different FROM change_log WHERE table_name = '${name}'`,
				),
				pair.local.connection.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM ${name}`),
			]);
			const [expected, n, different] = [rows[0]?.n, entries[0]?.n, entries[0]?.different].map(
				Number,
			);
			if (n !== expected || different !== expected) {
				wrong.push(
					`${type}, ${name}: ${expected} rows, ${n} entries, ${different} of them different`,
				);
			}
		}
		expect(wrong).toEqual([]);
	});
});
