/**
 * Transfers values between servers unchanged. mysql2's default decoding loses the last bits of FLOAT, -0, the
 * SRID of geometries, ENUM's index 0 and more, so each type has its own codec. The pairs of read expression
 * and placeholder were measured on both servers.
 */
import type { Column } from '../catalogue/catalogue.ts';
import { quoteName } from '../sql/identifiers.ts';
import { TextBytes, type Value } from '../sql/literals.ts';
import { isText, survivesAsText } from './character-sets.ts';
import { lengthOf, refusable } from './column-length.ts';
import { sameJson } from './json.ts';
import { ownSpelling, refusableKey } from './vendor-spelling.ts';
import { typeAsText as ownTypes } from './vendor-types.ts';

export type { Value } from '../sql/literals.ts';

interface Codec {
	read: (column: string) => string;
	placeholder: string;
	/** Converts the value that the driver returned to the value to pass to it. */
	convert?: (value: Value) => Value;
}

const asText: Codec = { read: (column) => `CAST(${column} AS CHAR)`, placeholder: '?' };
const asIs: Codec = { read: (column) => column, placeholder: '?' };
const asBytes: Codec = { read: (column) => `CAST(${column} AS BINARY)`, placeholder: '?' };
const asDouble: Codec = {
	read: (column) => `CAST(${column} AS DOUBLE)`,
	placeholder: '?',
	// As a JavaScript number, -0 would be written as 0.
	convert: (value) => (Object.is(value, -0) ? '-0' : value),
};
const asTextWithin = (target: Column): Codec => ({
	...asIs,
	convert: (value) => (typeof value === 'string' ? refusable(value, target) : value),
});
const asKeyOf = ({ source, target }: ColumnPair): Codec => ({
	...asIs,
	convert: (value) =>
		typeof value === 'string'
			? refusableKey(target.type, value, /_(bin|cs)$/.test(source.collation ?? ''))
			: value,
});
const asIndex: Codec = {
	read: (column) => `CAST(${column} AS UNSIGNED)`,
	placeholder: '?',
	// As a string, the index would be taken for a label.
	convert: (value) => (value === null ? null : Number(value)),
};

const spatial = new Set([
	'geometry',
	'point',
	'linestring',
	'polygon',
	'multipoint',
	'multilinestring',
	'multipolygon',
	'geometrycollection',
	'geomcollection',
]);
const verbatim = new Set([
	'char',
	'varchar',
	'tinytext',
	'text',
	'mediumtext',
	'longtext',
	'set',
	'bit',
	'binary',
	'varbinary',
	'tinyblob',
	'blob',
	'mediumblob',
	'longblob',
]);

/** One column on both sides. */
export interface ColumnPair {
	source: Column;
	target: Column;
}

function codecOf({ source, target }: ColumnPair): Codec {
	if (isFloating(source)) return asDouble;
	if (source.type === 'enum') return source.fullType === target.fullType ? asIndex : asIs;
	if (spatial.has(source.type) || source.type === 'vector') return asBytes;
	if (isText(source) && target.inKey && ownTypes[target.type] !== undefined) {
		return asKeyOf({ source, target });
	}
	if (verbatim.has(source.type)) {
		const { characterSet } = source;
		const asItStands =
			isText(source) &&
			characterSet !== null &&
			characterSet === target.characterSet &&
			!survivesAsText(characterSet);
		// A binary literal is stored in a text column byte by byte, and refused if it is not valid text.
		if (asItStands) return asBytes;
		return isText(target) && lengthOf(target) < lengthOf(source) ? asTextWithin(target) : asIs;
	}
	return asText;
}

/** Whether the column's values are floating-point numbers. */
export function isFloating({ type }: Column): boolean {
	return type === 'float' || type === 'double';
}

/** True if a column's values are transferred as ENUM indexes, where 0 means no member. */
export function travelsAsIndex(pair: ColumnPair): boolean {
	return codecOf(pair) === asIndex;
}

/** The select-list expression that reads a column of `source` for `target`. */
export function readExpression(pair: ColumnPair, qualifier: string): string {
	return codecOf(pair).read(`${qualifier}.${quoteName(pair.source.name)}`);
}

/** The placeholder for the value in an INSERT into `target`. */
export function writePlaceholder(pair: ColumnPair): string {
	return codecOf(pair).placeholder;
}

/** Converts values as the driver returned them to values to write, column by column. */
export function converter(pairs: readonly ColumnPair[]): (row: Value[]) => Value[] {
	const conversions = pairs.map((pair) => codecOf(pair).convert);
	return (row) =>
		row.map((value, index) => {
			const convert = conversions[index];
			return convert ? convert(value) : value;
		});
}

/**
 * True if two values of a column, one per end, are equal as far as both ends can store the same: MySQL
 * normalises JSON, MariaDB normalises UUIDs and addresses, and MariaDB turns -0 into 0.
 */
export function sameValue({ source, target }: ColumnPair, one: Value, other: Value): boolean {
	if (one === null || other === null) return one === other;
	if (isFloating(source)) return Number(one) === Number(other);
	if (Buffer.isBuffer(one) && Buffer.isBuffer(other)) return one.equals(other);
	if (one instanceof TextBytes && other instanceof TextBytes) return one.bytes.equals(other.bytes);
	const own = [source.type, target.type].find((type) => ownTypes[type] !== undefined);
	if (own !== undefined && source.type !== target.type) {
		return (ownSpelling(own, String(one)) ?? one) === (ownSpelling(own, String(other)) ?? other);
	}
	if (source.type === 'json' || target.type === 'json') return sameJson(String(one), String(other));
	return one === other;
}

/** Size of a value in bytes. */
export function rawBytes(value: Value): number {
	if (value === null) return 0;
	if (typeof value === 'number') return 8;
	if (value instanceof TextBytes) return value.bytes.length;
	return typeof value === 'string' ? Buffer.byteLength(value) : value.length;
}

/**
 * Bytes that a value takes in a statement, in which bytes are doubled and characters may be; never too low.
 */
export function statementBytes(value: Value): number {
	return 2 * rawBytes(value) + 16;
}
