import { randomBytes } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { lineOf, textOf } from '../../source/engine/api/messages.ts';
import type { LivePair } from '../../source/engine/api/snapshot.ts';
import { compareTables } from '../support/compare-tables.ts';
import { type TestPair, testPair } from '../support/pair.ts';
import { runProgram, writeConfig } from '../support/program.ts';
import { runningEngine } from '../support/running-engine.ts';
import { type Combination, describeOneWay } from '../support/suites.ts';
import { waitFor } from '../support/wait.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE line (id INT PRIMARY KEY, item INT, FOREIGN KEY (item) REFERENCES item (id))',
	'CREATE TABLE part (id INT PRIMARY KEY, line INT, FOREIGN KEY (line) REFERENCES line (id))',
	'CREATE TABLE other (id INT PRIMARY KEY, v INT)',
	'CREATE TABLE steady (id INT PRIMARY KEY)',
];

/** The right that the user of the cloud loses, the resulting messages, and the fix. */
interface Fault {
	name: string;
	/** Statements of the cloud's administrator; $ is the database, @ the user. */
	befall: readonly string[];
	/** Statements of the local application. */
	write: readonly string[];
	/** By table, where the others go on. */
	told: Record<string, RegExp>;
	/** Of the pair, where nothing goes on. */
	problem?: RegExp;
	/** Statements that leave no trace after the fix. */
	mend: readonly string[];
}

const faults: readonly Fault[] = [
	{
		name: 'no right to insert',
		befall: ['REVOKE INSERT ON $.item FROM @'],
		write: [
			"INSERT INTO item VALUES (1, 'one')",
			'INSERT INTO line VALUES (1, 1)',
			'INSERT INTO part VALUES (1, 1)',
		],
		told: {
			item: /on cloud the user .* may not INSERT rows, so none are applied there\. Fix \(cloud\): GRANT INSERT ON `t_\w+`.`item` TO 'few_/,
			line: /it refers to item, whose changes wait/,
			part: /it refers to item, whose changes wait/,
		},
		mend: ['GRANT INSERT ON $.item TO @'],
	},
	{
		name: 'no right to delete, on a table that another one is referred to by',
		befall: ['REVOKE DELETE ON $.part FROM @'],
		write: ['DELETE FROM part', 'DELETE FROM line', "UPDATE item SET name = 'changed'"],
		told: {
			part: /may not DELETE rows/,
			line: /changes wait: some of its rows wait for rows of part/,
		},
		mend: ['GRANT DELETE ON $.part TO @'],
	},
	{
		name: 'a right on some columns only',
		befall: ['REVOKE INSERT, UPDATE ON $.other FROM @', 'GRANT INSERT (id) ON $.other TO @'],
		write: ['INSERT INTO other VALUES (1, 1)'],
		told: { other: /may not INSERT \(v\) or UPDATE rows, .*: GRANT INSERT, UPDATE ON/ },
		mend: ['GRANT INSERT, UPDATE ON $.other TO @'],
	},
	{
		name: 'no right to read',
		befall: ['REVOKE SELECT ON $.other FROM @'],
		write: ['UPDATE other SET v = 2'],
		told: { other: /may not SELECT rows, so none are synced\. .*: GRANT SELECT ON/ },
		mend: ['GRANT SELECT ON $.other TO @'],
	},
	{
		name: 'no right on the change log',
		befall: ['REVOKE SELECT ON $.change_log FROM @'],
		write: ['UPDATE other SET v = 3'],
		told: {},
		problem: /cloud: SELECT command denied to user .*change_log.*Grant the user that right on/s,
		mend: ['GRANT SELECT ON $.change_log TO @'],
	},
	{
		name: 'no right on rows',
		befall: ['REVOKE ALL PRIVILEGES ON $.other FROM @', 'GRANT CREATE ON $.* TO @'],
		write: ['UPDATE other SET v = 4'],
		told: { other: /may not SELECT, INSERT, UPDATE or DELETE rows, so none are synced/ },
		mend: [
			'REVOKE CREATE ON $.* FROM @',
			'GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON $.other TO @',
		],
	},
	{
		name: 'no right at all, then one on the whole database',
		befall: ['REVOKE ALL PRIVILEGES ON $.other FROM @'],
		write: ['UPDATE other SET v = 5'],
		told: { other: /no such table \(cloud\), or the user few_\S+ has no right on it there/ },
		mend: ['GRANT SELECT, INSERT, UPDATE, DELETE ON $.* TO @'],
	},
	{
		name: 'a trigger whose account is gone',
		befall: [
			"CREATE DEFINER = 'gone'@'127.0.0.1' TRIGGER orphan BEFORE UPDATE ON other FOR EACH ROW SET @a = 1",
		],
		write: ['UPDATE other SET v = 6'],
		told: { other: /changes wait: cloud: The user specified as a definer .* does not exist/ },
		mend: ['DROP TRIGGER orphan'],
	},
];

interface FewRights {
	pair: TestPair;
	/** A configuration that reaches the cloud by a user with few rights. */
	configPath: string;
	/** Runs statements of a fault as the cloud's administrator. */
	root: (statements: readonly string[]) => Promise<void>;
}

/** A pair that is installed; the cloud's user then has its rights table by table. */
async function withFewRights(combination: Combination): Promise<FewRights> {
	const pair = await testPair(combination, { schema });
	await pair.run('install');
	const { connection, name, end } = pair.cloud;
	const user = `few_${randomBytes(4).toString('hex')}`;
	const account = `'${user}'@'127.0.0.1'`;
	const root = async (statements: readonly string[]) => {
		for (const statement of statements) {
			await connection.query(statement.replace('$', name).replace(/@$/, account));
		}
	};
	await root([`CREATE USER ${account} IDENTIFIED BY 'few'`]);
	onTestFinished(() => root([`DROP USER ${account}`]));
	const [tables] = await connection.query<RowDataPacket[]>('SHOW TABLES');
	for (const table of tables.flatMap((row) => Object.values(row))) {
		await root([`GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON $.${table} TO @`]);
	}
	const configPath = await writeConfig({
		...{ node_id: 'site', interval: '200ms', refresh: '200ms' },
		sync_pairs: [
			{
				name: 'pair',
				local: pair.local.end,
				cloud: { ...end, user, password: 'few' },
				tables: 'all',
			},
		],
	});
	return { pair, configPath, root };
}

describeOneWay('a user without some right on one table, between', (combination) => {
	it('makes the table wait as a whole, and what depends on it; all of it arrives once it is given', async () => {
		const { pair, configPath, root } = await withFewRights(combination);
		const { local, cloud } = pair;
		const inSync = async () =>
			(await compareTables(local.connection, cloud.connection)).length === 0;
		const [first] = faults;
		await root(first?.befall ?? []);
		for (const statement of first?.write ?? []) await local.connection.query(statement);

		const refused = await runProgram(['sync', '--json'], { config: configPath });

		expect(refused.code).toBe(1);
		expect(refused.json()).toMatchObject({
			pairs: [{ local_to_cloud: { applied: 0, errors: 0 } }],
		});
		expect(refused.stderr).toMatch(/pair: item: on cloud the user few_.* may not INSERT rows/);
		expect(refused.stderr).toContain('pair: line: 1 change waiting on local');
		expect(await runProgram(['errors'], { config: configPath })).toMatchObject({ code: 0 });
		const status = await runProgram(['status'], { config: configPath });
		expect(status.stdout).toMatch(/^ {4}item: on cloud the user few_.* may not INSERT rows/m);

		const { shown } = await runningEngine({ ...pair, configPath });
		for (const [id, { name, befall, write, told, problem, mend }] of faults.entries()) {
			if (id > 0) await root(befall);
			const toldOf = (snapshot: LivePair, table: string) =>
				[
					snapshot.tables.find((one) => one.name === table)?.skipped_reason,
					...(snapshot.notes[table] ?? []).map(textOf),
				].join('\n');
			if (id > 0) for (const statement of write) await local.connection.query(statement);
			await local.connection.query(`INSERT INTO steady VALUES (${id})`);
			const tables = Object.entries(told);
			const isTold = () =>
				tables.every(([table, words]) => words.test(toldOf(shown(), table))) &&
				(problem?.test(`${shown().problem}`) ?? true);
			await waitFor(isTold, { what: `word of: ${name}` }).catch((error) => {
				const words = [...tables.map(([table]) => toldOf(shown(), table)), shown().problem];
				throw new Error(`${name}: ${words.join('\n')}`, { cause: error });
			});
			if (id === 0) {
				// The screen and `status` say the same.
				for (const finding of shown().notes.item ?? [])
					expect(status.stdout).toContain(`    ${lineOf(finding)}\n`);
			}
			const arrived = async () => {
				const [rows] = await cloud.connection.query('SELECT id FROM steady');
				return (rows as unknown[]).length === id + 1;
			};
			if (!problem) await waitFor(arrived, { what: `the rest to go on with: ${name}` });
			expect(await inSync(), name).toBe(false);
			await root(mend);
			await waitFor(inSync, { what: `all to arrive after: ${name}` }).catch((error) => {
				const { state, problem, notes, directions } = shown();
				const found = JSON.stringify({ state, problem, notes, directions });
				throw new Error(`${name}: ${found}`, { cause: error });
			});
		}
		const done = () =>
			Object.keys(shown().notes).length === 0 &&
			shown().directions.local_to_cloud.pending === 0 &&
			shown().state === 'idle' &&
			shown().problem === null;
		await waitFor(done, {
			what: () => `nothing left to be said: ${JSON.stringify([shown().notes, shown().problem])}`,
		});
		expect(shown().directions.local_to_cloud.errors).toBe(0);
	});
});
