/** A complete row as readable JSON, without loss. */
import type { Column } from '../catalogue/catalogue.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../sql/identifiers.ts';
import { TextBytes, type Value } from '../sql/literals.ts';
import { isText } from '../values/character-sets.ts';
import { readExpression } from '../values/values.ts';
import { formatRowKey, type RowKey } from './row-key.ts';
import { rowsByKey } from './rows-by-key.ts';
import type { TrackedTable } from './tracked-table.ts';

/** By column: text, dates and decimals as strings, bytes as `0x…`, integers as numbers while exact. */
export type RowImage = Record<string, string | number | null>;

/** Reads complete rows by row key. Deleted rows are omitted. */
export async function readImages(
	connection: Connection,
	table: TrackedTable,
	key: readonly Column[],
	wanted: readonly RowKey[],
): Promise<Map<string, RowImage>> {
	const images = new Map<string, RowImage>();
	if (wanted.length === 0) return images;
	const { name, columns } = table;
	const rows = await rowsByKey(
		connection,
		{ table: { name, key, columns }, select: columns.map(expression) },
		wanted.map((each) => ({ rowKey: formatRowKey(each), key: each })),
	);
	for (const [rowKey, values] of rows) {
		const entries = columns.map((column, index) => [
			column.name,
			imageOf(column, values[index] ?? null),
		]);
		images.set(rowKey, Object.fromEntries(entries));
	}
	return images;
}

/** An ENUM as its label instead of its index, and text of any character set as text. */
function expression(column: Column): string {
	if (column.type === 'enum' || isText(column)) return `t.${quoteName(column.name)}`;
	return readExpression({ source: column, target: column }, 't');
}

function imageOf({ type }: Column, value: Value): string | number | null {
	if (value === null) return null;
	const bytes = value instanceof TextBytes ? value.bytes : value;
	if (Buffer.isBuffer(bytes)) return `0x${bytes.toString('hex')}`;
	if (typeof value === 'number' && !Object.is(value, -0)) return value;
	const text = Object.is(value, -0) ? '-0' : String(value);
	const exact = /int$|^year$/.test(type) && Number.isSafeInteger(Number(text));
	return exact ? Number(text) : text;
}
