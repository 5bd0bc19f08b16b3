import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type PairEnd, testPair } from '../support/pair.ts';
import { describeOneWay } from '../support/suites.ts';
import { namesIn, readPage, sectionOf, tableRows } from './pages.ts';

/** The tables of a database that are this program's, with their columns. */
async function ownTablesOf({ connection }: PairEnd): Promise<Map<string, string[]>> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT table_name AS name, column_name AS part
		FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name LIKE 'change\\_log%'
		ORDER BY table_name, ordinal_position`,
	);
	const tables = new Map<string, string[]>();
	for (const { name, part } of rows) tables.set(name, [...(tables.get(name) ?? []), part]);
	return tables;
}

/** The same according to architecture.md. */
async function toldTables(): Promise<Map<string, string[]>> {
	const page = sectionOf(await readPage('source/architecture.md'), '## Own tables');
	const names = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name = '']) => name);
	return new Map(
		names.map((name) => {
			const rows = tableRows(sectionOf(page, `### \`${name}\``));
			return [name, rows.flatMap(([column = '']) => namesIn(column))];
		}),
	);
}

/** Every key of a JSON document, but for those of other commands' records and of users' rows. */
function keysOf(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(keysOf);
	if (typeof value !== 'object' || value === null) return [];
	const apart =
		'kept' in value ? ['local', 'cloud'] : 'made_at' in value ? ['conflict', 'parked'] : [];
	return Object.entries(value).flatMap(([key, inner]) => [
		key,
		...(apart.includes(key) ? [] : keysOf(inner)),
	]);
}

describeOneWay('what the pages say of the databases and of the documents', ({ local, cloud }) => {
	it('is what the program makes', async () => {
		const schema = ['CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20))'];
		const pair = await testPair({ local, cloud }, { schema, config: { conflict: 'manual' } });
		const contract = await readPage('source/contract.md');
		const isTold = async (expected: string, command: string, ...args: string[]) => {
			const { json } = await pair.run(command, ...args, '--json');
			const told = sectionOf(contract, `### JSON of ${command}`);
			const keys = new Set(keysOf(json()));
			expect(keys, command).toContain(expected);
			expect([...keys].filter((key) => !new RegExp(`\\b${key}\\??:`).test(told))).toEqual([]);
		};
		await isTold('installed', 'install');
		const told = await toldTables();
		expect(await ownTablesOf(pair.local)).toEqual(told);
		told.delete('change_log_marks');
		expect(await ownTablesOf(pair.cloud)).toEqual(told);

		for (const { connection, product } of [pair.local, pair.cloud]) {
			await connection.query(`INSERT INTO item VALUES (1, '${product}')`);
		}
		await pair.cloud.connection.query('ALTER TABLE item ADD CHECK (id < 9)');
		await pair.local.connection.query("INSERT INTO item VALUES (9, 'refused')");
		await isTold('applied', 'sync');
		await isTold('last_batch', 'status');
		await isTold('kept', 'conflicts');
		await isTold('next_at', 'errors');
		await isTold('made_at', 'history', 'pair', 'item', '1');
		await isTold('uninstalled', 'uninstall');
	});
});
