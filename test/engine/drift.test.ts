import { expect, it } from 'vitest';
import type { Side } from '../../source/config/types.ts';
import { type EnginePair, enginePair, errorsOf } from '../support/engine-pair.ts';
import { type Combination, describeCombinations } from '../support/suites.ts';

const item = `CREATE TABLE item (
	id INT PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT 'it''s', price DECIMAL(10, 4)
)`;
const steady = 'CREATE TABLE steady (id INT PRIMARY KEY, v INT)';

/** Both ends hold a row of each table. */
async function synced(combination: Combination): Promise<EnginePair> {
	const pair = await enginePair(combination, { schema: [item, steady] });
	await pair.sync();
	await write(pair, 'local', "INSERT INTO item VALUES (1, 'one', 1.5)");
	await write(pair, 'local', 'INSERT INTO steady VALUES (1, 1)');
	await expectInSync(pair);
	return pair;
}

async function write(pair: EnginePair, side: Side, statement: string): Promise<void> {
	await pair[side].connection.query(statement);
}

async function expectInSync(pair: EnginePair): Promise<void> {
	const { said, ...result } = await pair.sync();
	expect(errorsOf(result)).toEqual([]);
	expect(said.filter((line) => /skipped|mend/.test(line))).toEqual([]);
	expect(await pair.differences()).toEqual([]);
}

/** The one line that a run says of a table. */
async function saidOf(pair: EnginePair, table: string): Promise<string> {
	const { said } = await pair.sync();
	const lines = said.filter((line) => line.startsWith(`pair: ${table}`));
	expect(lines).toHaveLength(1);
	return lines[0] ?? '';
}

/** The statement at the end of a line, after the side that it is for. */
function cureIn(line: string): { side: Side; statement: string } {
	const match = /; to mend it, on (local|cloud): (.*)$/.exec(line);
	if (!match) throw new Error(`no statement in: ${line}`);
	return { side: match[1] as Side, statement: match[2] ?? '' };
}

async function mend(pair: EnginePair, line: string): Promise<void> {
	const { side, statement } = cureIn(line);
	await write(pair, side, statement);
}

async function rowsOf(pair: EnginePair, side: Side, table: string): Promise<unknown[]> {
	const [rows] = await pair[side].connection.query(`SELECT * FROM ${table} ORDER BY 1`);
	return rows as unknown[];
}

describeCombinations('schema drift between', (combination) => {
	it.each([
		['cloud', "note VARCHAR(30) CHARACTER SET utf8mb4 NOT NULL DEFAULT 'it''s' COMMENT 'a?`'"],
		['local', 'seen DATETIME(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)'],
		['cloud', "kind ENUM('a', 'b,c') NOT NULL DEFAULT 'b,c', ADD COLUMN n INT UNSIGNED DEFAULT 5"],
	] as const)(
		'a column missing on the %s side is named with its definition',
		async (lacking, column) => {
			const pair = await synced(combination);
			const having = lacking === 'cloud' ? 'local' : 'cloud';
			await write(pair, having, `ALTER TABLE item ADD COLUMN ${column}`);
			await write(pair, having, 'UPDATE item SET price = 2');
			await write(pair, lacking, 'UPDATE steady SET v = 2');

			const line = await saidOf(pair, 'item');

			expect(line).toMatch(/^pair: item is skipped: the columns? [\w, ]+ (is|are) missing on /);
			expect(await rowsOf(pair, having, 'steady')).toMatchObject([{ v: 2 }]);
			expect(await rowsOf(pair, lacking, 'item')).toMatchObject([{ price: '1.5000' }]);
			await mend(pair, line);
			await expectInSync(pair);
		},
	);
});
