import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Side, sides } from '../../../source/config/types.ts';
import { type EnginePair, enginePair, errorsOf } from '../../support/engine-pair.ts';
import type { PairEnd } from '../../support/pair.ts';
import { describeCombinations, everything } from '../../support/suites.ts';
import { Random, randomTypes } from './random-types.ts';

/** Rows that are written on each side, with a value of every type in each. */
const rowsPerSide = everything ? 50_000 : 1_500;

const rowsPerStatement = 1_000;

/** RANDOM_SEED=7 draws others. */
const seed = Number(process.env.RANDOM_SEED ?? 1);

async function write({ connection }: PairEnd, side: Side): Promise<void> {
	const random = new Random(seed + (side === 'local' ? 0 : 1));
	const first = side === 'local' ? 0 : rowsPerSide;
	for (let start = 0; start < rowsPerSide; start += rowsPerStatement) {
		const rows = Array.from(
			{ length: Math.min(rowsPerStatement, rowsPerSide - start) },
			(_, index) => {
				const values = randomTypes.map(({ draw }) => draw(random));
				return `(${first + start + index}, ${values.join(', ')})`;
			},
		);
		await connection.query(`INSERT INTO drawn VALUES ${rows.join(', ')}`);
	}
}

/** By id, what the server makes of a row's bits. */
async function digests({ connection }: PairEnd): Promise<Map<number, string>> {
	const bits = randomTypes.map((type, index) => type.bits(`c${index}`));
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT id, SHA2(CONCAT_WS(' ', ${bits.join(', ')}), 256) AS digest FROM drawn`,
	);
	return new Map(rows.map(({ id, digest }) => [id, digest]));
}

/** The columns of some rows that the two servers do not have the same bits of. */
async function differences(pair: EnginePair, ids: readonly number[]): Promise<string[]> {
	if (ids.length === 0) return [];
	const read = async ({ connection }: PairEnd) => {
		const bits = randomTypes.map((type, index) => type.bits(`c${index}`));
		const [rows] = await connection.query<RowDataPacket[][]>({
			sql: `SELECT id, ${bits.join(', ')} FROM drawn WHERE id IN (${ids.join(', ')}) ORDER BY id`,
			rowsAsArray: true,
		});
		return rows;
	};
	const [local, cloud] = [await read(pair.local), await read(pair.cloud)];
	return local.flatMap((row, index) =>
		randomTypes.flatMap(({ type }, column) => {
			const [here, there] = [row[column + 1], cloud[index]?.[column + 1]];
			return String(here) === String(there) ? [] : [`row ${row[0]}, ${type}: ${here} and ${there}`];
		}),
	);
}

describeCombinations('random values of every numeric and temporal type, between', (combination) => {
	it('arrive with every bit', async () => {
		const columns = randomTypes.map(({ type }, index) => `c${index} ${type} NULL`);
		const pair = await enginePair(combination, {
			schema: [
				"SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES'",
				`CREATE TABLE drawn (id INT PRIMARY KEY, ${columns.join(', ')})`,
			],
		});
		await pair.sync();
		for (const side of sides) await write(pair[side], side);
		const moved = await pair.sync();
		expect(errorsOf(moved)).toEqual([]);
		const [local, cloud] = [await digests(pair.local), await digests(pair.cloud)];
		expect(local.size).toBe(2 * rowsPerSide);
		expect(cloud.size).toBe(2 * rowsPerSide);
		const unequal = [...local].filter(([id, digest]) => cloud.get(id) !== digest);
		const some = unequal.slice(0, 20).map(([id]) => id);
		expect(await differences(pair, some)).toEqual([]);
		expect(unequal).toHaveLength(0);
	}, 300_000);
});
