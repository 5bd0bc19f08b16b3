import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type PairEnd, testPair } from '../support/pair.ts';
import { describeCombinations, describeOn } from '../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40))',
	'CREATE TABLE thing (id INT PRIMARY KEY)',
	'CREATE TABLE loose (words VARCHAR(20))',
];

async function triggersOf({ connection }: PairEnd): Promise<string[]> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT DISTINCT event_object_table AS name FROM information_schema.triggers
		WHERE event_object_schema = DATABASE() ORDER BY 1`,
	);
	return rows.map(({ name }) => String(name));
}

describeCombinations('install and uninstall', (products) => {
	it('tell that what was written between the two was not captured', async () => {
		const pair = await testPair(products, { schema });
		await pair.run('install');
		await pair.local.connection.query('INSERT INTO item (id) VALUES (1)');
		await pair.sync();
		await pair.run('uninstall');
		await pair.local.connection.query('INSERT INTO item (id) VALUES (2)');

		const { stdout, stderr } = await pair.run('install');

		expect(stdout + stderr).toMatch(
			/local, table item: its triggers were gone, and changes made meanwhile were not captured.*UPDATE `item`/,
		);
	});

	it('create the log and the triggers once, and take them away again', async () => {
		const pair = await testPair(products, { schema });
		const side = {
			change_log: 'created',
			installed: ['item', 'thing'],
			unchanged: [],
			skipped: [{ table: 'loose', reason: 'no primary key' }],
			failed: [],
		};
		const first = await pair.run('install', '--json');
		expect(first).toMatchObject({ code: 0, stderr: '' });
		expect(first.json()).toEqual({ pairs: [{ name: 'pair', local: side, cloud: side }] });
		const again = { ...side, change_log: 'present', installed: [], unchanged: ['item', 'thing'] };
		const second = await pair.run('install', '--json');
		expect(second.json()).toEqual({ pairs: [{ name: 'pair', local: again, cloud: again }] });

		const removed = await pair.run('uninstall', '--drop-log', '--json');

		const gone = { uninstalled: ['item', 'thing'], log_dropped: true };
		expect(removed.json()).toEqual({ pairs: [{ name: 'pair', local: gone, cloud: gone }] });
		for (const end of [pair.local, pair.cloud]) {
			expect(await triggersOf(end)).toEqual([]);
			const [tables] = await end.connection.query<RowDataPacket[]>('SHOW TABLES');
			expect(tables).toHaveLength(3);
		}
	});
});

describeOn(['mariadb', 'mysql'], 'install and uninstall', () => {
	const products = { local: 'mariadb', cloud: 'mysql' } as const;

	it('take one table alone', async () => {
		const pair = await testPair(products, { schema });
		expect(await pair.run('install', '--table', 'thing')).toMatchObject({ code: 0 });
		expect(await triggersOf(pair.local)).toEqual(['thing']);
		await pair.run('install');
		expect(await pair.run('uninstall', '--table', 'thing')).toMatchObject({ code: 0 });
		expect(await triggersOf(pair.cloud)).toEqual(['item']);
		const unknown = await pair.run('uninstall', '--table', 'nothing');
		expect(unknown.code).toBe(2);
		expect(unknown.stderr).toContain('the pair does not track a table named nothing');
	});

	it('refuse --table beside --drop-log', async () => {
		const pair = await testPair(products);
		const result = await pair.run('uninstall', '--table', 'x', '--drop-log');
		expect(result).toMatchObject({ code: 2, stdout: '' });
	});

	it('are refused on a pair that is read-only or not enabled', async () => {
		const readOnly = await testPair(products, { pair: { read_only: true } });
		expect(await readOnly.run('install')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('the pair is read-only'),
		});
		const disabled = await testPair(products, { pair: { enabled: false } });
		expect(await disabled.run('install', 'pair')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('the pair is not enabled'),
		});
		expect(await disabled.run('install')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('no pair is enabled'),
		});
	});
});
