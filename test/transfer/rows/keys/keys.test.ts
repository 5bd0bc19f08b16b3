import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import type { Side } from '../../../../source/config/types.ts';
import { type EnginePair, enginePair, errorsOf } from '../../../support/engine-pair.ts';
import type { PairEnd } from '../../../support/pair.ts';
import { type Combination, describeCombinations } from '../../../support/suites.ts';
import { type KeyType, keyTypes } from './types.ts';

/** A table with one key type: the key alone, or the middle part of one. */
interface KeyTable extends KeyType {
	name: string;
	side: Side;
	composite: boolean;
}

/** Each type alone is first written locally, and in a composite key in the cloud. */
function tablesFor({ local, cloud }: Combination): KeyTable[] {
	const usable = keyTypes.filter(
		({ only }) => only === undefined || (only === local && only === cloud),
	);
	return usable.flatMap((type, index) => [
		{ ...type, name: `alone_${index}`, side: 'local', composite: false },
		{ ...type, name: `composite_${index}`, side: 'cloud', composite: true },
	]);
}

function definition({ name, type, composite }: KeyTable): string {
	return composite
		? `CREATE TABLE ${name} (a INT, k ${type} NOT NULL, b BIGINT UNSIGNED, v INT, PRIMARY KEY (a, k, b))`
		: `CREATE TABLE ${name} (k ${type} NOT NULL PRIMARY KEY, v INT)`;
}

/** A row's whole key: in a composite one the other parts are the same in all rows but two. */
function row({ composite }: KeyTable, value: string, v: number): string {
	return composite ? `(7, ${value}, 18446744073709551615, ${v})` : `(${value}, ${v})`;
}

async function rowsOf({ connection }: PairEnd, { name }: KeyTable): Promise<string[]> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT CONCAT(HEX(CAST(k AS BINARY)), '=', v) AS whole FROM ${name}`,
	);
	return rows.map(({ whole }) => String(whole)).sort();
}

/** Tables whose rows are not the same on both sides, or not as many as there have to be. */
async function unequal(
	pair: EnginePair,
	tables: readonly KeyTable[],
	count: (table: KeyTable) => number,
): Promise<string[]> {
	const found: string[] = [];
	for (const table of tables) {
		const [here, there] = [await rowsOf(pair.local, table), await rowsOf(pair.cloud, table)];
		if (here.join() === there.join() && here.length === count(table)) continue;
		found.push(`${table.type}, ${table.name} from ${table.side}: ${here} and ${there}`);
	}
	return found;
}

/** Writes on the side that a table belongs to, in the zone of a writer far from UTC. */
async function write(
	pair: EnginePair,
	tables: readonly KeyTable[],
	statement: (table: KeyTable) => string,
): Promise<void> {
	for (const table of tables) await pair[table.side].connection.query(statement(table));
}

const where = (value: string) => `k = ${value}`;

describeCombinations(
	'a row of every type of key, between',
	(combination) => {
		it('is inserted, changed, re-keyed and deleted from both sides', async () => {
			const tables = tablesFor(combination);
			const pair = await enginePair(combination, {
				schema: [
					"SET sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO', time_zone = '+05:30'",
					...tables.map(definition),
				],
			});
			const errors = async () => errorsOf(await pair.sync());
			expect(await errors()).toEqual([]);

			await write(pair, tables, (table) => {
				const rows = table.values.map((value, index) => row(table, value, index));
				return `INSERT INTO ${table.name} VALUES ${rows.join(', ')}`;
			});
			expect(await errors()).toEqual([]);
			expect(await unequal(pair, tables, ({ values }) => values.length)).toEqual([]);

			await write(
				pair,
				tables,
				({ name, values }) => `UPDATE ${name} SET v = 100 WHERE ${where(values[1])}`,
			);
			await write(
				pair,
				tables,
				({ name, values }) => `DELETE FROM ${name} WHERE ${where(values[2])}`,
			);
			await write(
				pair,
				tables,
				({ name, values, changed }) =>
					`UPDATE ${name} SET k = ${changed} WHERE ${where(values[0])}`,
			);
			expect(await errors()).toEqual([]);
			expect(await unequal(pair, tables, ({ values }) => values.length - 1)).toEqual([]);

			// The other side now takes its turn with the rows that arrived.
			const turned = tables.map(
				(table) => ({ ...table, side: table.side === 'local' ? 'cloud' : 'local' }) as const,
			);
			await write(
				pair,
				turned,
				({ name, changed }) => `UPDATE ${name} SET v = 200 WHERE ${where(changed)}`,
			);
			await write(
				pair,
				turned,
				({ name, values }) => `DELETE FROM ${name} WHERE ${where(values[1])}`,
			);
			expect(await errors()).toEqual([]);
			expect(await unequal(pair, tables, ({ values }) => values.length - 2)).toEqual([]);

			const again = await pair.sync();
			expect(again.local_to_cloud.applied + again.cloud_to_local.applied).toBe(0);
		}, 120_000);
	},
	'one way',
);
