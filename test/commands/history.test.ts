import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import type { HistoryEvent, RowHistory } from '../../source/engine/records/history.ts';
import { testPair } from '../support/pair.ts';
import { describeOn } from '../support/suites.ts';

const schema = [
	'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40) UNIQUE)',
	'CREATE TABLE line (bill DECIMAL(6,2), code VARCHAR(20), n INT, PRIMARY KEY (bill, code))',
];

/** What every event of the history says, in short. */
function inShort({ side, event, operation, source_node, applied_nodes, conflict }: HistoryEvent) {
	const of = event === 'conflict' ? `kept ${conflict?.kept}` : `${operation} ${source_node}`;
	return `${side} ${event} ${of} ${applied_nodes.join()}`.trim();
}

const products = { local: 'mariadb', cloud: 'mysql' } as const;

describeOn(['mariadb', 'mysql'], 'history', () => {
	it('shows where a row was changed, when and by which engine it was applied, and its conflicts', async () => {
		const pair = await testPair(products, { schema });
		await pair.sync();
		await pair.local.connection.query("INSERT INTO item VALUES (1, 'one'), (2, 'two')");
		await pair.sync();
		await pair.local.connection.query("UPDATE item SET name = 'here' WHERE id = 1");
		await pair.cloud.connection.query('DO SLEEP(0.002)');
		await pair.cloud.connection.query("UPDATE item SET name = 'there' WHERE id = 1");
		await pair.sync();

		const { code, json } = await pair.run('history', 'pair', 'item', '1', '--json');
		expect(code).toBe(0);
		const [found] = json<{ pairs: (RowHistory & { name: string })[] }>().pairs;
		expect(found).toMatchObject({ name: 'pair', table: 'item', key: 'id=1' });
		expect([...(found?.events ?? [])].map(inShort).sort()).toEqual([
			'cloud applied INSERT site site',
			'cloud captured UPDATE cloud site',
			'cloud conflict kept cloud',
			'local applied UPDATE cloud cloud',
			'local captured INSERT site cloud',
			'local captured UPDATE site cloud',
		]);
		const times = found?.events.map(({ at }) => at) ?? [];
		expect(times).toEqual([...times].sort());
		const applied = found?.events.find(({ event }) => event === 'applied');
		expect(applied?.by).toMatchObject({ host: hostname(), process: expect.any(Number) });
		expect(Date.parse(applied?.at ?? '')).toBeGreaterThanOrEqual(
			Date.parse(applied?.made_at ?? ''),
		);

		const words = await pair.run('history', 'pair', 'item', 'id=1');
		expect(words.stdout).toMatch(/cloud {2}INSERT from site of [-\d]+ [:.\d]+ applied, by /);
		expect(words.stdout).toMatch(/conflict C\d+: winner cloud/);
	});

	it('knows a row that is deleted, and the key however it is written', async () => {
		const pair = await testPair(products, { schema });
		await pair.sync();
		await pair.local.connection.query("INSERT INTO line VALUES (1.5, 'A, code=b', 1)");
		await pair.sync();
		const keys = [
			['1.50', 'A, code=b'],
			['bill=1.5', 'code=A, code=b'],
			['1.5', 'a, CODE=B'],
		];
		for (const key of keys) {
			const { stdout } = await pair.run('history', 'pair', 'line', ...key);
			expect(stdout).toContain('INSERT made here');
		}
		await pair.local.connection.query('DELETE FROM line');
		await pair.sync();
		const { stdout } = await pair.run('history', 'pair', 'line', 'bill=1.50, code=A, code=b');
		expect(stdout).toContain('DELETE from site');
	});

	it('shows parked changes, and keys without a history', async () => {
		const pair = await testPair(products, { schema });
		await pair.sync();
		await pair.cloud.connection.query('ALTER TABLE item ADD CHECK (id < 100)');
		await pair.local.connection.query("INSERT INTO item VALUES (100, 'too much')");
		await pair.run('sync');
		const parked = await pair.run('history', 'pair', 'item', '100');
		expect(parked.stdout).toMatch(/local {2}INSERT refused by the other side, once: /);
		expect(await pair.run('history', 'pair', 'item', '7')).toMatchObject({
			code: 0,
			stdout: expect.stringContaining('item id=7: nothing is recorded'),
		});
		expect(await pair.run('history', 'pair', 'line', '7')).toMatchObject({
			code: 2,
			stderr: expect.stringContaining('the key of line has 2 columns: bill, code'),
		});
		expect(await pair.run('history', 'pair', 'nothing', '7')).toMatchObject({ code: 2 });
		expect(await pair.run('history', 'pair', 'item')).toMatchObject({ code: 2 });
	});
});
