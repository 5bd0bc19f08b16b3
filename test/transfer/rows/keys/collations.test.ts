import { expect, it } from 'vitest';
import { type EnginePair, enginePair, errorsOf } from '../../../support/engine-pair.ts';
import { describeCombinations } from '../../../support/suites.ts';

function table(collation: string): string[] {
	return [
		`CREATE TABLE item (word VARCHAR(20) COLLATE ${collation} PRIMARY KEY, n INT)`,
		'CREATE TABLE other (id INT PRIMARY KEY)',
	];
}

async function wordsOf({ cloud }: EnginePair): Promise<unknown> {
	const [rows] = await cloud.connection.query({
		sql: 'SELECT word, n FROM item ORDER BY HEX(word)',
		rowsAsArray: true,
	});
	return rows;
}

describeCombinations('key columns whose collations differ, between', (combination) => {
	it('are told before anything moves, with the statement that mends it', async () => {
		const pair = await enginePair(combination, {
			schema: { local: table('utf8mb4_bin'), cloud: table('utf8mb4_unicode_ci') },
		});
		const { said } = await pair.sync();
		const warning = said.find((line) => line.includes('collat') || line.includes('utf8mb4_bin'));
		expect(warning).toContain('utf8mb4_bin on local and utf8mb4_unicode_ci on cloud');
		const cure = /ALTER TABLE .* NOT NULL/.exec(warning ?? '')?.[0] ?? '';
		await pair[warning?.includes('(cloud): ALTER') ? 'cloud' : 'local'].connection.query(cure);
		expect((await pair.sync()).said.join('\n')).not.toContain('utf8mb4_bin');
	});

	it('lose no row and change no other: what is one key to the target stays pending', async () => {
		const pair = await enginePair(combination, {
			schema: { local: table('utf8mb4_bin'), cloud: table('utf8mb4_unicode_ci') },
		});
		await pair.sync();
		const { connection } = pair.local;
		await connection.query("INSERT INTO item VALUES ('A', 1), ('a', 2), ('ä', 3), ('b', 4)");
		const errors = errorsOf(await pair.sync());
		expect(errors).toEqual([
			expect.stringMatching(/table item, row word=a: .*same value/),
			expect.stringMatching(/table item, row word=ä: .*same value/),
		]);
		expect(await wordsOf(pair)).toEqual([
			['A', 1],
			['b', 4],
		]);
		await connection.query("DELETE FROM item WHERE word = 'a'");
		await connection.query("UPDATE item SET n = 5 WHERE word = 'ä'");
		expect(errorsOf(await pair.sync())).toHaveLength(1);
		expect(await wordsOf(pair)).toEqual([
			['A', 1],
			['b', 4],
		]);
		await connection.query("DELETE FROM item WHERE word = 'A'");
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await wordsOf(pair)).toEqual([
			['b', 4],
			['ä', 5],
		]);
	});

	it('carry a key that changes its case alone', async () => {
		const pair = await enginePair(combination, { schema: table('utf8mb4_unicode_ci') });
		await pair.sync();
		const { connection } = pair.local;
		await connection.query("INSERT INTO item VALUES ('a', 1), ('b', 2)");
		await pair.sync();
		await connection.query("UPDATE item SET word = 'A' WHERE word = 'a'");
		await connection.query("UPDATE item SET word = 'B ' WHERE word = 'b'");
		expect(errorsOf(await pair.sync())).toEqual([]);
		expect(await wordsOf(pair)).toEqual([
			['A', 1],
			['B ', 2],
		]);
	});
});
