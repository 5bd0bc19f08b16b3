/**
 * Lets every value of every type travel both ways and compares what the two servers then hold, by
 * expressions and a protocol that the program does not use.
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type Side, sides } from '../../../source/config/types.ts';
import type { EnginePair } from '../../support/engine-pair.ts';
import type { PairEnd } from '../../support/pair.ts';
import type { Family, ValueType } from './types.ts';

/** What became of a type's values, both directions together. */
export interface Outcome {
	type: string;
	/** Values times ways that they travelled. */
	cells: number;
	exact: number;
	/** Cells that are equal in meaning only, in words. */
	inMeaning: string[];
	/** Cells that are neither. */
	wrong: string[];
	/** Whether the two servers cannot hold the same values. */
	mayDiffer: boolean;
}

const firstId: Record<Side, number> = { local: 0, cloud: 100_000 };

/** The types of a family that both ends know. */
function typesFor(family: Family, pair: EnginePair): readonly ValueType[] {
	return family.types.filter(({ only }) =>
		sides.every((side) => only === undefined || only === pair[side].product),
	);
}

/** One table with a column for each type; a row has a value in one of them. */
export async function createTables(pair: EnginePair, families: readonly Family[]): Promise<void> {
	for (const side of sides) {
		const { connection } = pair[side];
		await connection.query("SET time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES'");
		for (const family of families) {
			const columns = typesFor(family, pair).map(({ type }, index) => `c${index} ${type} NULL`);
			if (columns.length === 0) continue;
			await connection.query(
				`CREATE TABLE \`${family.name}\` (id INT PRIMARY KEY, ${columns.join(', ')})`,
			);
		}
	}
}

/**
 * Writes the values: on each side rows of its own, or with a shift the rows that the other side made,
 * whose values then move on by so many.
 */
export async function writeValues(
	pair: EnginePair,
	families: readonly Family[],
	shift = 0,
): Promise<void> {
	for (const side of sides) {
		const rowsOf = shift === 0 ? side : side === 'local' ? 'cloud' : 'local';
		for (const family of families) {
			for (const [index, { values }] of typesFor(family, pair).entries()) {
				const rows = values.map((_, position) => {
					const value = values[(position + shift) % values.length];
					return `(${idOf(rowsOf, index, position)}, ${value})`;
				});
				await pair[side].connection.query(
					`INSERT INTO \`${family.name}\` (id, c${index}) VALUES ${rows.join(', ')}
					ON DUPLICATE KEY UPDATE c${index} = VALUES(c${index})`,
				);
			}
		}
	}
}

function idOf(side: Side, column: number, position: number): number {
	return firstId[side] + column * 2000 + position;
}

/** Compares both ends, cell by cell. */
export async function outcomes(pair: EnginePair, family: Family): Promise<Outcome[]> {
	const found: Outcome[] = [];
	for (const [index, type] of typesFor(family, pair).entries()) {
		const [local, cloud] = [
			await readCells(pair.local, family.name, index, type.type),
			await readCells(pair.cloud, family.name, index, type.type),
		];
		const mayDiffer = type.inMeaning === true && pair.local.product !== pair.cloud.product;
		const outcome: Outcome = {
			type: type.type,
			cells: 0,
			exact: 0,
			inMeaning: [],
			wrong: [],
			mayDiffer,
		};
		for (const side of sides) {
			for (const [position, value] of type.values.entries()) {
				const id = idOf(side, index, position);
				const [here, there] = [local.get(id), cloud.get(id)];
				const words = `${value.slice(0, 60)} from ${side}: ${show(here)} and ${show(there)}`;
				outcome.cells += 1;
				if (here === undefined || there === undefined) outcome.wrong.push(words);
				else if (here === there) outcome.exact += 1;
				else if (sameMeaning(here, there, type.type)) outcome.inMeaning.push(words);
				else outcome.wrong.push(words);
			}
		}
		found.push(outcome);
	}
	return found;
}

async function readCells(
	{ connection }: PairEnd,
	table: string,
	index: number,
	type: string,
): Promise<Map<number, string>> {
	const column = `c${index}`;
	const read = isFloating(type) ? readBits : readHex;
	const rows = await read(connection, table, column, type);
	return new Map(rows.map(({ id, value }) => [Number(id), String(value)]));
}

interface Cell {
	id: number;
	value: string;
}

function isFloating(type: string): boolean {
	return /^(FLOAT|DOUBLE|REAL)/.test(type);
}

/** A prepared statement brings a floating point number as its bits. */
async function readBits(connection: Connection, table: string, column: string): Promise<Cell[]> {
	const [rows] = await connection.execute<RowDataPacket[]>(
		`SELECT id, ${column} AS value FROM \`${table}\` WHERE ${column} IS NOT NULL`,
	);
	return rows.map(({ id, value }) => {
		const bits = Buffer.alloc(8);
		bits.writeDoubleBE(Number(value));
		return { id, value: bits.toString('hex') };
	});
}

async function readHex(
	connection: Connection,
	table: string,
	column: string,
	type: string,
): Promise<Cell[]> {
	const bytes = `HEX(CAST(${type.startsWith('JSON') ? `CAST(${column} AS CHAR)` : column} AS BINARY))`;
	const value = type.startsWith('ENUM') ? `CONCAT(${column} + 0, ' ', ${bytes})` : bytes;
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT id, ${value} AS value FROM \`${table}\` WHERE ${column} IS NOT NULL`,
	);
	return rows as Cell[];
}

function sameMeaning(one: string, other: string, type: string): boolean {
	if (isFloating(type)) {
		const [a, b] = [one, other].map((hex) => Buffer.from(hex, 'hex').readDoubleBE());
		return a === b;
	}
	if (!type.startsWith('JSON')) return false;
	const [a, b] = [one, other].map((hex) =>
		canonical(JSON.parse(Buffer.from(hex, 'hex').toString())),
	);
	return a === b;
}

function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
	if (typeof value !== 'object' || value === null)
		return Object.is(value, -0) ? '0' : JSON.stringify(value);
	const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}

function show(value: string | undefined): string {
	if (value === undefined) return 'nothing';
	return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}
