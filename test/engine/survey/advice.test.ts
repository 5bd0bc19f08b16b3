import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../source/config/load.ts';
import type { Side } from '../../../source/config/types.ts';
import { textOf } from '../../../source/engine/api/messages.ts';
import { Engine } from '../../../source/engine/engine.ts';
import { startOwnServer } from '../../support/databases.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import { testPair } from '../../support/pair.ts';
import { startProgram, writeConfig } from '../../support/program.ts';
import { hasNewMariadb } from '../../support/servers.ts';
import { describeCrossed, describeOneWay } from '../../support/suites.ts';
import { waitFor } from '../../support/wait.ts';

async function write(pair: EnginePair, side: Side, ...statements: string[]): Promise<void> {
	for (const statement of statements) await pair[side].connection.query(statement);
}

async function saidOf(pair: EnginePair, table: string): Promise<string[]> {
	return (await pair.sync()).said.filter((line) => line.startsWith(`pair: ${table}`));
}

function statementIn(line: string): string {
	return /\. Fix \((?:local|cloud)\): (.*)$/.exec(line)?.[1] ?? '';
}

describeOneWay('advice that is given between', (combination) => {
	it('does not rename two unrelated new tables with the same columns to each other', async () => {
		const pair = await enginePair(combination, {
			schema: {
				local: ['CREATE TABLE plug_a (id INT PRIMARY KEY, v VARCHAR(20))'],
				cloud: ['CREATE TABLE plug_b (id INT PRIMARY KEY, v VARCHAR(20))'],
			},
		});
		for (let run = 0; run < 2; run += 1) {
			const { said } = await pair.sync();
			expect(said.filter((line) => line.includes('RENAME'))).toEqual([]);
			expect(said.filter((line) => line.includes('CREATE TABLE'))).toHaveLength(2);
		}
		await write(pair, 'local', "INSERT INTO plug_a VALUES (1, 'a')");
		await write(pair, 'cloud', "INSERT INTO plug_b VALUES (1, 'b')");
		for (const [side, table] of [
			['cloud', 'plug_a'],
			['local', 'plug_b'],
		] as const) {
			const [line = ''] = await saidOf(pair, table);
			await write(pair, side, statementIn(line));
		}
		await pair.sync();
		expect(await pair.differences()).toEqual([]);
	});

	it('does not rename a new table to one that was dropped on that side', async () => {
		const item = 'CREATE TABLE item (id INT PRIMARY KEY, v VARCHAR(20))';
		const pair = await enginePair(combination, { schema: [item] });
		await pair.sync();
		await write(pair, 'cloud', 'DROP TABLE item', item.replace('item', 'plug'));
		for (let run = 0; run < 2; run += 1) {
			expect((await pair.sync()).said.filter((line) => line.includes('RENAME'))).toEqual([]);
		}
	});

	it('names keys that one side has and the other lacks, with what adds them', async () => {
		const pair = await enginePair(combination, {
			schema: {
				local: [
					'CREATE TABLE parent (id INT PRIMARY KEY)',
					`CREATE TABLE item (id INT PRIMARY KEY, a INT, b VARCHAR(40), c INT, p INT,
						UNIQUE KEY by_a (a), KEY by_b (b(10)), KEY by_both (c, a), FULLTEXT KEY words (b),
						FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE)`,
				],
				cloud: [
					'CREATE TABLE parent (id INT PRIMARY KEY)',
					'CREATE TABLE item (id INT PRIMARY KEY, a INT, b VARCHAR(40), c INT, p INT, KEY other_name (c, a, b), UNIQUE KEY two (a, c))',
				],
			},
		});
		await write(
			pair,
			'local',
			'INSERT INTO parent VALUES (1)',
			"INSERT INTO item VALUES (1, 1, 'x', 1, 1)",
		);

		const lines = await saidOf(pair, 'item');

		expect(lines).toContainEqual(
			expect.stringMatching(
				/^pair: item: cloud lacks keys that local has: UNIQUE KEY \(a\), KEY \(b\(10\)\), KEY \(p\), FULLTEXT KEY \(b\), FOREIGN KEY \(p\) to parent, ON DELETE CASCADE, ON UPDATE RESTRICT, so it accepts rows that local refuses\. Fix/,
			),
		);
		expect(lines).toContainEqual(
			expect.stringMatching(
				/^pair: item: local lacks keys that cloud has: UNIQUE KEY \(a, c\), KEY \(c, a, b\), so it accepts/,
			),
		);
		// They are transferred anyway.
		expect(await pair.differences()).toEqual([]);
		for (const line of lines.filter((words) => words.includes('lacks keys'))) {
			const side = /\((local|cloud)\): ALTER/.exec(line)?.[1] as Side;
			await write(pair, side, statementIn(line));
		}
		expect(await saidOf(pair, 'item')).toEqual([]);
	});
});

describeCrossed('types that one side lacks, between', (combination) => {
	const mariadb: Side = combination.local === 'mariadb' ? 'local' : 'cloud';
	const mysql: Side = mariadb === 'local' ? 'cloud' : 'local';
	const schema = (onMariadb: string[], onMysql: string[]) =>
		({ [mariadb]: onMariadb, [mysql]: onMysql }) as Record<Side, string[]>;

	it.skipIf(hasNewMariadb())(
		'keep a vector a vector, and offer no table and no column that cannot hold it',
		async () => {
			const pair = await enginePair(combination, {
				schema: schema(
					[
						'CREATE TABLE m1 (id INT PRIMARY KEY, vec LONGBLOB)',
						'CREATE TABLE m3 (id INT PRIMARY KEY)',
					],
					[
						'CREATE TABLE m1 (id INT PRIMARY KEY, vec VECTOR(3))',
						'CREATE TABLE m2 (id INT PRIMARY KEY, vec VECTOR(3))',
						'CREATE TABLE m3 (id INT PRIMARY KEY, vec VECTOR(3))',
					],
				),
			});
			const { said } = await pair.sync();
			const lines = said.filter((line) => /pair: m\d/.test(line));
			expect(lines.filter((line) => /ALTER|CREATE/.test(line))).toEqual([]);
			expect(lines).toContainEqual(
				expect.stringMatching(
					/m1 is skipped: .*these types are not compatible, so it cannot be synced\. Fix: exclude the table/,
				),
			);
			expect(lines).toContainEqual(
				expect.stringMatching(
					/m2 is skipped: .*cannot be created there: the column vec is vector\(3\), a type/,
				),
			);
			expect(lines).toContainEqual(
				expect.stringMatching(/m3 is skipped: .*no vector, so it cannot be synced/),
			);
		},
	);

	it('carry a UUID and addresses to the text that is offered for them and back, without a word', async () => {
		const pair = await enginePair(combination, {
			schema: schema(
				['CREATE TABLE u (id UUID PRIMARY KEY, a INET4, b INET6, o UUID NOT NULL)'],
				[],
			),
		});
		const [line = ''] = await saidOf(pair, 'u');
		await write(pair, mysql, statementIn(line));
		expect(await saidOf(pair, 'u')).toEqual([]);
		const row = (n: number) =>
			`INSERT INTO u VALUES ('0000000a-0000-4000-8000-00000000000${n}', '10.0.0.${n}', '2001:db8::${n}', '0000000b-0000-4000-8000-00000000000${n}')`;
		await write(pair, mariadb, row(1));
		await write(pair, mysql, row(2));
		expect(await saidOf(pair, 'u')).toEqual([]);
		expect(await pair.differences()).toEqual([]);
		await write(pair, mariadb, "UPDATE u SET a = '10.1.1.1' WHERE a = '10.0.0.2'");
		await write(pair, mysql, "DELETE FROM u WHERE a = '10.0.0.1'");
		expect(await saidOf(pair, 'u')).toEqual([]);
		expect(await pair.differences()).toEqual([]);
		const [rows] = await pair[mariadb].connection.query('SELECT * FROM u');
		expect(rows).toHaveLength(1);
	});

	it('change the text to fit, and never the column of such a type', async () => {
		const pair = await enginePair(combination, {
			schema: schema(
				['CREATE TABLE u (id INT PRIMARY KEY, a UUID, b UUID NOT NULL, c UUID)'],
				['CREATE TABLE u (id INT PRIMARY KEY, a VARCHAR(99), b CHAR(36), c CHAR(20))'],
			),
		});
		const alters = (await saidOf(pair, 'u')).filter((line) => line.includes('ALTER'));
		expect(alters.map((line) => /Fix \((?:local|cloud)\): .*/.exec(line)?.[0])).toEqual(
			expect.arrayContaining([
				expect.stringMatching(`\\(${mariadb}\\): ALTER TABLE .u. MODIFY .b. uuid NULL`),
				expect.stringMatching(`\\(${mysql}\\): ALTER TABLE .u. MODIFY .c. char\\(36\\)`),
			]),
		);
		expect(alters).toHaveLength(2);
	});
});

describeCrossed('text that is no value of the type on the other side, between', (combination) => {
	const mariadb: Side = combination.local === 'mariadb' ? 'local' : 'cloud';
	const mysql: Side = mariadb === 'local' ? 'cloud' : 'local';
	const schema = (onMariadb: string[], onMysql: string[]) =>
		({ [mariadb]: onMariadb, [mysql]: onMysql }) as Record<Side, string[]>;
	const uuid = (n: number) => `0000000a-0000-4000-8000-00000000000${n}`;
	const rowsOf = async (pair: EnginePair, side: Side, table: string) => {
		const [rows] = await pair[side].connection.query({
			sql: `SELECT * FROM ${table} ORDER BY 1`,
			rowsAsArray: true,
		});
		return rows as unknown as unknown[][];
	};

	it('is parked with table, key and cause, and everything else goes on', async () => {
		const pair = await enginePair(combination, {
			schema: schema(
				['CREATE TABLE u (id INT PRIMARY KEY, u UUID, a INET4, b INET6)'],
				['CREATE TABLE u (id INT PRIMARY KEY, u CHAR(36), a VARCHAR(15), b VARCHAR(39))'],
			),
		});
		await pair.sync();
		await write(
			pair,
			mysql,
			`INSERT INTO u VALUES (1, 'no uuid', '10.0.0.1', '::1'), (2, '${uuid(2)}', '10.0.0.999', '::2'), (3, '${uuid(3)}', '10.0.0.3', ':::'),
				(4, '', '', ''), (5, '${uuid(5)}', '10.0.0.5', '2001:db8::5'), (6, NULL, NULL, NULL)`,
		);
		const errors = errorsOf(await pair.sync());
		expect(errors).toHaveLength(4);
		for (const [index, cause] of ['no uuid', '10.0.0.999', ':::', ''].entries()) {
			expect(errors[index]).toContain(`${mariadb}, table u, row id=${index + 1}: Incorrect`);
			expect(errors[index]).toContain(`value: '${cause}' for column`);
		}
		expect(await rowsOf(pair, mariadb, 'u')).toHaveLength(2);
		for (let run = 0; run < 2; run += 1) {
			const { local_to_cloud, cloud_to_local } = await pair.sync();
			expect(local_to_cloud.applied + cloud_to_local.applied).toBe(0);
		}
		await write(
			pair,
			mysql,
			`UPDATE u SET u = '${uuid(1)}', a = '10.0.0.1', b = '::1' WHERE id < 5`,
		);
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
	});

	it.runIf(hasNewMariadb())('is parked if it is a vector of another dimension', async () => {
		const vectors = 'CREATE TABLE v (id INT PRIMARY KEY, v VECTOR(3))';
		const pair = await enginePair(combination, { schema: [vectors] });
		await pair.sync();
		await write(
			pair,
			mysql,
			"INSERT INTO v VALUES (1, TO_VECTOR('[1]')), (2, TO_VECTOR('[1, -2e-30, 3.5]')), (3, NULL)",
		);
		expect(errorsOf(await pair.sync())).toEqual([
			expect.stringContaining(`${mariadb}, table v, row id=1: Incorrect vector value`),
		]);
		await write(pair, mariadb, "INSERT INTO v VALUES (4, VEC_FROMTEXT('[4, 5, 6]'))");
		await write(pair, mysql, "UPDATE v SET v = TO_VECTOR('[1, 1, 1]') WHERE id = 1");
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await pair.differences()).toEqual([]);
	});

	it('is refused as a key where it would come back as another row’s', async () => {
		const pair = await enginePair(combination, {
			schema: schema(
				[
					'CREATE TABLE k (id UUID PRIMARY KEY, v INT)',
					'CREATE TABLE a (id INET6 PRIMARY KEY, v INT)',
					'CREATE TABLE b (id INET4 PRIMARY KEY)',
				],
				[
					'CREATE TABLE k (id CHAR(36) CHARACTER SET ascii PRIMARY KEY, v INT)',
					'CREATE TABLE a (id VARCHAR(39) CHARACTER SET ascii PRIMARY KEY, v INT)',
					'CREATE TABLE b (id VARCHAR(15) CHARACTER SET ascii PRIMARY KEY)',
				],
			),
		});
		await pair.sync();
		const bare = uuid(1).replaceAll('-', '');
		await write(
			pair,
			mysql,
			`INSERT INTO k VALUES ('${bare}', 1), ('${uuid(2).toUpperCase()}', 1), ('${uuid(3)}', 1)`,
			"INSERT INTO a VALUES ('2001:0db8::1', 1), ('2001:DB8::2', 1), ('::3', 1)",
			"INSERT INTO b VALUES ('10.0.0.01'), ('10.0.0.2')",
		);
		const errors = errorsOf(await pair.sync());
		expect(errors).toEqual([
			expect.stringContaining(
				`table k, row id=${bare}: Incorrect uuid value: '${bare}, which MariaDB spells ${uuid(1)}'`,
			),
			expect.stringContaining(
				"table a, row id=2001:0db8::1: Incorrect inet6 value: '2001:0db8::1, which MariaDB spells 2001:db8::1'",
			),
			expect.stringContaining(
				"table b, row id=10.0.0.01: Incorrect inet4 value: '10.0.0.01, which MariaDB spells 10.0.0.1'",
			),
		]);
		for (const table of ['k', 'a']) await write(pair, mariadb, `UPDATE ${table} SET v = 2`);
		await pair.sync();
		for (const table of ['k', 'a']) {
			expect((await rowsOf(pair, mysql, table)).map(([, v]) => Number(v)).sort()).toEqual([
				1, 2, 2,
			]);
		}
		// One row is deleted, and not the one that the other text stands for.
		await write(pair, mysql, `INSERT INTO k VALUES ('${uuid(1)}', 5)`);
		await pair.sync();
		await write(pair, mysql, `DELETE FROM k WHERE id = '${bare}'`);
		expect(errorsOf(await pair.sync()).filter((line) => line.includes('table k'))).toEqual([]);
		expect(await rowsOf(pair, mariadb, 'k')).toHaveLength(3);
		await write(pair, mysql, "UPDATE a SET id = '2001:db8::1' WHERE id = '2001:0db8::1'");
		await write(pair, mysql, "UPDATE b SET id = '10.0.0.1' WHERE id = '10.0.0.01'");
		expect(errorsOf(await pair.sync())).toEqual([]);
		// MariaDB gives back what it keeps, in small letters.
		const shown = async (side: Side) =>
			[...(await rowsOf(pair, side, 'k')), ...(await rowsOf(pair, side, 'a'))].map(String).sort();
		expect(await shown(mysql)).toEqual(await shown(mariadb));
	});
});

describeOneWay('a table whose triggers cannot be created, between', ({ local, cloud }) => {
	it('is reported at every run, with the reason, and has them once it can', async () => {
		const server = await startOwnServer(cloud, { args: ['--log-bin', '--server-id=7'] });
		const pair = await testPair(
			{ local, cloud: server },
			{ schema: ['CREATE TABLE item (id INT PRIMARY KEY)'] },
		);
		const root = pair.cloud.connection;
		await root.query(`CREATE USER few@'127.0.0.1' IDENTIFIED BY 'few'`);
		await root.query(`GRANT ALL ON \`${pair.cloud.name}\`.* TO few@'127.0.0.1'`);
		const configPath = await writeConfig({
			...{ node_id: 'site', interval: '200ms', refresh: '200ms' },
			sync_pairs: [
				{
					...{ name: 'pair', tables: 'all', local: pair.local.end },
					cloud: { ...pair.cloud.end, user: 'few', password: 'few' },
				},
			],
		});
		const program = await startProgram(['run'], { config: configPath });
		await program.waitForOutput(/cloud: no triggers on item: You do not have the SUPER privilege/, {
			stream: 'stderr',
		});
		await pair.local.connection.query('INSERT INTO item VALUES (1)');
		await program.waitForOutput('local-to-cloud: applied 1 change', { stream: 'stderr' });
		await pair.local.connection.query('INSERT INTO item VALUES (2)');
		await waitFor(() => (program.stderr.match(/applied 1 change/g) ?? []).length > 1, {
			what: 'another run',
		});
		expect(program.stderr).not.toContain('its triggers are gone');
		program.signal('SIGTERM');
		await program.exited;

		const engine = new Engine(await loadConfig({ path: configPath }));
		engine.start();
		onTestFinished(() => engine.stop());
		const shown = () => engine.snapshot().pairs[0];
		const noted = () => shown()?.notes.item?.map(textOf).join('\n') ?? '';
		await waitFor(
			() => /^cloud: no triggers: .*SUPER.*log_bin_trust_function_creators=1/.test(noted()),
			{
				what: `a note: ${noted()}`,
			},
		);
		await root.query('SET GLOBAL log_bin_trust_function_creators = 1');
		await waitFor(() => shown()?.tables[0]?.triggers.cloud === 'installed', {
			what: 'the triggers',
		});
		await waitFor(() => noted() === '', { what: 'the note to go' });
	});
});
