import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Side, sides } from '../../source/config/types.ts';
import { closeBoth, openBoth } from '../../source/engine/connections.ts';
import { installPair, uninstallPair } from '../../source/engine/installation.ts';
import { startOwnServer } from '../support/databases.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import { describeCombinations, describeOn } from '../support/suites.ts';

const names = [
	'with a space',
	"quo'te",
	'"double"',
	'back`tick``s',
	'dot.ted.',
	'semi;colon',
	'?',
	'what ? now ?',
	'select',
	'change_log x',
	'NEW',
	'Straße',
	'表と列',
	'-- dashes',
	'/* comment */',
	'per%cent_',
	'\\back\\slash',
	'0',
	`${'alike '.repeat(10)}end1`,
	`${'alike '.repeat(10)}end2`,
];

const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;

/** A table and one that refers to it; every name in them is odd. */
interface OddTables {
	parent: string;
	child: string;
	key: string;
	value: string;
}

const tables: OddTables[] = names.map((name, index) => ({
	parent: quote(name),
	// Shorter: MySQL makes the foreign key's name of it.
	child: quote(`${index} ${name}`.slice(0, 50)),
	key: quote(name),
	value: quote(`${index}${name}`.slice(0, 64)),
}));

const schema = tables.flatMap(({ parent, child, key, value }) => [
	`CREATE TABLE ${parent} (${key} INT PRIMARY KEY, ${value} VARCHAR(20), UNIQUE KEY ${key} (${value}))`,
	`CREATE TABLE ${child} (
		${key} INT, ${value} VARCHAR(20), PRIMARY KEY (${value}, ${key}),
		FOREIGN KEY (${key}) REFERENCES ${parent} (${key}) ON DELETE CASCADE ON UPDATE CASCADE
	)`,
]);

async function expectInSync(pair: EnginePair): Promise<void> {
	expect(errorsOf(await pair.sync())).toEqual([]);
	expect(await pair.differences()).toEqual([]);
}

async function inEach(
	connection: Connection,
	statements: (tables: OddTables) => readonly string[],
): Promise<void> {
	for (const each of tables) {
		for (const sql of statements(each)) await connection.query(sql);
	}
}

function oddSchemaName(side: Side): string {
	return `t_${randomBytes(4).toString('hex')} we'ird \`na.me\`; "${side}"? ß`;
}

describeCombinations('odd names of schemas, tables, columns and keys, between', (combination) => {
	it('have their rows carried over, leave nothing behind, and are installed once', async () => {
		const pair = await enginePair(combination, {
			schema,
			names: { local: oddSchemaName('local'), cloud: oddSchemaName('cloud') },
		});
		await pair.sync();
		const [local, cloud] = [pair.local.connection, pair.cloud.connection];
		await inEach(local, ({ parent, child }) => [
			`INSERT INTO ${parent} VALUES (1, 'one?'), (2, 'two'), (3, 'three')`,
			`INSERT INTO ${child} VALUES (1, 'a'), (2, 'b'), (3, 'c')`,
		]);
		await expectInSync(pair);
		await inEach(cloud, ({ parent, key, value }) => [
			`UPDATE ${parent} SET ${value} = 'uno' WHERE ${key} = 1`,
			`UPDATE ${parent} SET ${key} = 20 WHERE ${key} = 2`,
			`DELETE FROM ${parent} WHERE ${key} = 3`,
		]);
		await expectInSync(pair);
		for (const { child } of tables) {
			const [rows] = await local.query({
				sql: `SELECT * FROM ${child} ORDER BY 1`,
				rowsAsArray: true,
			});
			expect(rows).toEqual([
				[1, 'a'],
				[20, 'b'],
			]);
		}
		const connections = await openBoth(pair.config);
		try {
			const again = await installPair(connections, pair.config);
			for (const side of sides) expect(again[side]).toMatchObject({ installed: [], failed: [] });
			await uninstallPair(connections, pair.config, { table: null, dropLog: true });
		} finally {
			await closeBoth(connections);
		}
		for (const connection of [local, cloud]) {
			const [left] = await connection.query('SHOW TRIGGERS');
			expect(left).toEqual([]);
		}
	});
});

describeOn(['mariadb', 'mysql'], 'names in upper and lower case', () => {
	it.each(['mariadb', 'mysql'] as const)(
		'are the same to a server with lower_case_table_names, and %s follows',
		async (other) => {
			const folding = await startOwnServer('mariadb', { args: ['--lower-case-table-names=1'] });
			const pair = await enginePair(
				{ local: folding, cloud: other },
				{
					schema: [
						'CREATE TABLE Parent (id INT PRIMARY KEY, Name VARCHAR(9) UNIQUE)',
						'CREATE TABLE Child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES Parent (id) ON DELETE CASCADE)',
					],
				},
			);
			await pair.sync();
			await pair.local.connection.query("INSERT INTO PARENT VALUES (1, 'a'), (2, 'b')");
			await pair.local.connection.query('INSERT INTO child VALUES (1, 1), (2, 2)');
			expect(errorsOf(await pair.sync())).toEqual([]);
			await pair.cloud.connection.query('DELETE FROM Parent WHERE id = 1');
			await pair.local.connection.query("UPDATE parent SET NAME = 'c' WHERE id = 2");
			expect(errorsOf(await pair.sync())).toEqual([]);
			const [here] = await pair.local.connection.query(
				'SELECT * FROM Parent JOIN Child ON parent = Parent.id',
			);
			const [there] = await pair.cloud.connection.query(
				'SELECT * FROM Parent JOIN Child ON parent = Parent.id',
			);
			expect(here).toEqual([{ id: 2, Name: 'c', parent: 2 }]);
			expect(there).toEqual(here);
		},
	);

	it('of two tables on one side that are one on the other are told, and not mixed up', async () => {
		const folding = await startOwnServer('mariadb', { args: ['--lower-case-table-names=1'] });
		const pair = await enginePair(
			{ local: folding, cloud: 'mysql' },
			{
				schema: {
					local: [
						'CREATE TABLE item (id INT PRIMARY KEY)',
						'CREATE TABLE other (id INT PRIMARY KEY)',
					],
					cloud: [
						'CREATE TABLE item (id INT PRIMARY KEY)',
						'CREATE TABLE Item (id INT PRIMARY KEY)',
						'CREATE TABLE other (id INT PRIMARY KEY)',
					],
				},
			},
		);
		await pair.local.connection.query('INSERT INTO other VALUES (1)');
		const { said } = await pair.sync();
		expect(said.join('\n')).toMatch(/item is skipped: .*Item/i);
		await pair.local.connection.query('INSERT INTO item VALUES (1)');
		await pair.local.connection.query('INSERT INTO other VALUES (2)');
		expect(errorsOf(await pair.sync())).toEqual([]);
		for (const table of ['item', 'Item']) {
			const [rows] = await pair.cloud.connection.query(`SELECT * FROM ${table}`);
			expect(rows).toEqual([]);
		}
	});
});
