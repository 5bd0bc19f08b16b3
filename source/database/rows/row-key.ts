/**
 * The `row_key` of the change log: a row's primary key as text, one `x…` part per key column,
 * separated by commas: `x3432` is the key 42, `x3432,x6162` the key (42, 'ab'). The digits are the
 * bytes of the column's value as utf8mb4 text. Exceptions: binary columns, and text of a character set
 * that does not survive the conversion, are stored as they are; a TIMESTAMP as seconds since 1970 in
 * UTC, because a trigger runs in the writer's time zone. Hexadecimal, because JSON_OBJECT, QUOTE and
 * CAST AS CHAR lose bytes or make the application's write fail.
 */
import { isUtf8 } from 'node:buffer';
import { SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import type { Column } from '../catalogue/catalogue.ts';
import { quoteName } from '../sql/identifiers.ts';
import { quoteBytes, quoteString } from '../sql/literals.ts';
import { decode, isText, keepsKeysAsText } from '../values/character-sets.ts';
import { ownSpelling } from '../values/vendor-spelling.ts';
import { unfitFinding } from './unfit.ts';

interface KeyCodec {
	/** SQL that returns the bytes of the part. */
	encode: (column: string) => string;
	/** The part's bytes as a literal that compares with the column exactly and by index. */
	literal: (bytes: Buffer) => string;
	/** The part in readable form. */
	display: (bytes: Buffer) => string;
	/**
	 * Parses the part from user input.
	 * @throws TypeError if it is not a value of the type
	 */
	read: (written: string) => Buffer;
}

const text = (bytes: Buffer) => bytes.toString('utf8');
const quoted = (bytes: Buffer) => quoteString(text(bytes));
const hexadecimal = (bytes: Buffer) => `0x${bytes.toString('hex')}`;
const fromText = (written: string) => Buffer.from(written);

function fromHexadecimal(written: string): Buffer {
	if (!/^0x([0-9a-f]{2})*$/i.test(written))
		throw new TypeError('expected 0x and pairs of hexadecimal digits');
	return Buffer.from(written.slice(2), 'hex');
}

/** Numbers are not quoted: in some places quoted ones are compared as DOUBLE and match other rows. */
function numeric(bytes: Buffer): string {
	const digits = text(bytes);
	if (!/^-?\d*\.?\d+$/.test(digits)) throw new TypeError(`not a number: ${digits}`);
	return digits;
}

const numberCodec: KeyCodec = {
	encode: (column) => `HEX(CAST(${column} AS BINARY))`,
	literal: numeric,
	display: text,
	read: fromText,
};
const stringCodec: KeyCodec = {
	encode: (column) => `HEX(CONVERT(${column} USING utf8mb4))`,
	literal: quoted,
	display: text,
	read: fromText,
};
/** With an explicit character set, a literal adopts the column's collation. */
const encodedCodec = (characterSet: string): KeyCodec => ({
	encode: (column) => `HEX(CAST(${column} AS BINARY))`,
	literal: (bytes) => `_${characterSet} ${quoteBytes(bytes)}`,
	display: (bytes) => decode(bytes, characterSet) ?? hexadecimal(bytes),
	read: fromHexadecimal,
});
const castCodec: KeyCodec = {
	encode: (column) => `HEX(CAST(${column} AS CHAR))`,
	literal: quoted,
	display: text,
	read: fromText,
};
/** A text that the server spells differently is not a key: its row would be that of another key. */
const ownCodec = (type: string): KeyCodec => ({
	...castCodec,
	literal: (bytes) =>
		ownSpelling(type, text(bytes)) === text(bytes).toLowerCase() ? quoted(bytes) : 'NULL',
});
const bytesCodec: KeyCodec = {
	encode: (column) => `HEX(CAST(${column} AS BINARY))`,
	literal: quoteBytes,
	display: hexadecimal,
	read: fromHexadecimal,
};
const bitCodec: KeyCodec = {
	encode: (column) => `HEX(CAST(${column} AS BINARY))`,
	literal: (bytes) => BigInt(bytes.length === 0 ? '0' : hexadecimal(bytes)).toString(),
	display: hexadecimal,
	read: fromHexadecimal,
};
const timestampCodec: KeyCodec = {
	// UNIX_TIMESTAMP of the zero date is NULL on MariaDB and 0 on MySQL.
	encode: (column) => `HEX(CAST(COALESCE(UNIX_TIMESTAMP(${column}), 0) AS BINARY))`,
	literal: (bytes) => quoteString(instant(bytes)),
	display: (bytes) => `${instant(bytes)} UTC`,
	read: (written) => {
		const [, time = '', fraction = ''] = /^([-\d]+ [:\d]+)(\.\d+)?(?: UTC)?$/.exec(written) ?? [];
		const seconds = time.startsWith('0000') ? 0 : Date.parse(`${time.replace(' ', 'T')}Z`) / 1000;
		if (Number.isNaN(seconds))
			throw new TypeError('expected a UTC time such as 2026-01-31 12:00:00');
		return Buffer.from(`${seconds}${fraction}`);
	},
};

/** `1700000000.25` as `2023-11-14 22:13:20.25`; 0 is the zero date, which is no instant. */
function instant(bytes: Buffer): string {
	const match = /^(\d+)(\.\d+)?$/.exec(text(bytes));
	if (!match) throw new TypeError(`not a time: ${text(bytes)}`);
	const [, seconds = '0', fraction = ''] = match;
	if (Number(text(bytes)) === 0) return '0000-00-00 00:00:00';
	const at = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
	return at + fraction;
}

const codecs: Record<string, KeyCodec> = {
	tinyint: numberCodec,
	smallint: numberCodec,
	mediumint: numberCodec,
	int: numberCodec,
	bigint: numberCodec,
	decimal: numberCodec,
	year: numberCodec,
	char: stringCodec,
	varchar: stringCodec,
	tinytext: stringCodec,
	text: stringCodec,
	mediumtext: stringCodec,
	longtext: stringCodec,
	enum: stringCodec,
	set: stringCodec,
	date: castCodec,
	datetime: castCodec,
	time: castCodec,
	uuid: ownCodec('uuid'),
	inet4: ownCodec('inet4'),
	inet6: ownCodec('inet6'),
	binary: bytesCodec,
	varbinary: bytesCodec,
	tinyblob: bytesCodec,
	blob: bytesCodec,
	mediumblob: bytesCodec,
	longblob: bytesCodec,
	bit: bitCodec,
	timestamp: timestampCodec,
};

/** Why a column cannot be part of a key; null if it can. */
export function unsafeKey({ name, type }: Column): Finding | null {
	// A FLOAT never equals its own text, and MySQL truncates the text of a DOUBLE at 22 characters.
	if (type === 'float' || type === 'double') {
		return unfitFinding('key_column_inexact', {}, { column: name, type: type.toUpperCase() });
	}
	return type in codecs ? null : unfitFinding('key_column_unsupported', {}, { column: name, type });
}

function keyCodecOf(column: Column): KeyCodec {
	const { characterSet } = column;
	if (isText(column) && characterSet !== null && !keepsKeysAsText(characterSet)) {
		return encodedCodec(characterSet);
	}
	const codec = codecs[column.type];
	if (!codec) throw new TypeError(`no key codec for ${column.type}`);
	return codec;
}

/** SQL for the row key of a row. The qualifier is a table, or NEW or OLD in a trigger. */
export function rowKeyExpression(key: readonly Column[], qualifier: string): string {
	const parts = key.map((column, index) => {
		const part = keyCodecOf(column).encode(`${qualifier}.${quoteName(column.name)}`);
		return `${index === 0 ? "'x'" : "',x'"}, ${part}`;
	});
	return `CONCAT(${parts.join(', ')})`;
}

/** A parsed row key: one Buffer per key column. */
export type RowKey = Buffer[];

/**
 * Parses a row key. A log that predates this format may contain the plain value of a one-column key.
 * @throws SyncError `refused` if the text does not match the table's key
 */
export function parseRowKey(rowKey: string | null, key: readonly Column[]): RowKey {
	const parts = rowKey?.split(',') ?? [];
	if (parts.length === key.length && parts.every((part) => /^x([0-9A-F]{2})*$/.test(part))) {
		return parts.map((part) => Buffer.from(part.slice(1), 'hex'));
	}
	if (rowKey !== null && key.length === 1) return [Buffer.from(rowKey)];
	throw new SyncError(
		'refused',
		`the change log holds a row key that does not match the primary key: ${rowKey?.slice(0, 60) ?? 'NULL'}`,
		{
			hint: `The table's key is (${key.map((column) => column.name).join(', ')}): was it changed after this entry was written?`,
		},
	);
}

/** Formats a row key like `rowKeyExpression`. */
export function formatRowKey(rowKey: RowKey): string {
	return rowKey.map((part) => `x${part.toString('hex').toUpperCase()}`).join(',');
}

/** Compares two row keys in the order of the table's index, as far as their bytes tell. */
export function compareRowKeys(one: RowKey, other: RowKey, key: readonly Column[]): number {
	for (const [index, column] of key.entries()) {
		const [a, b] = [one[index] ?? Buffer.of(), other[index] ?? Buffer.of()];
		const difference =
			codecs[column.type] === numberCodec
				? Number(text(a)) - Number(text(b))
				: Buffer.compare(a, b);
		if (difference !== 0) return difference;
	}
	return 0;
}

/** A row key in readable form: `id=42`, or `order_id=7, line=2`. */
export function displayRowKey(rowKey: RowKey, key: readonly Column[]): string {
	return key
		.map(
			(column, index) =>
				`${column.name}=${keyCodecOf(column).display(rowKey[index] ?? Buffer.of())}`,
		)
		.join(', ');
}

/**
 * Parses a row key from user input: one value per key column, optionally with its name (`id=42`).
 * @throws SyncError `usage` if a value cannot be one of its column
 */
export function readRowKey(values: readonly string[], key: readonly Column[]): RowKey {
	return key.map((column, index) => {
		const written = values[index] ?? '';
		const named = `${column.name}=`;
		const value = written.startsWith(named) ? written.slice(named.length) : written;
		try {
			return keyCodecOf(column).read(value);
		} catch (error) {
			throw new SyncError(
				'usage',
				`${value} is not a valid value of ${column.name}: ${(error as Error).message}`,
			);
		}
	});
}

/** A condition that is true if two values of a key column have the same bytes as text. */
export function sameBytes(column: Column, one: string, other: string): string {
	const { encode } = keyCodecOf(column);
	return `${encode(one)} = ${encode(other)}`;
}

/**
 * A condition for the rows with one of the keys, compared by the key columns' collations: it finds the row of
 * 'A' for the key 'a'. Written with `=` and OR, because row constructors and IN lists of quoted numbers
 * matched other rows on one server or the other.
 * @throws SyncError `refused` if a part cannot be a value of its column
 */
export function keyCondition(
	keys: readonly RowKey[],
	key: readonly Column[],
	qualifier: string,
): string {
	return condition(keys, key, qualifier, false);
}

/** Like `keyCondition`, but compares keys byte by byte. */
export function exactKeyCondition(
	keys: readonly RowKey[],
	key: readonly Column[],
	qualifier: string,
): string {
	return condition(keys, key, qualifier, true);
}

function condition(
	keys: readonly RowKey[],
	key: readonly Column[],
	qualifier: string,
	exact: boolean,
): string {
	const [only] = key;
	const nameOf = (column: Column) => `${qualifier}.${quoteName(column.name)}`;
	if (key.length === 1 && only && isListable(only)) {
		const values = keys.map((rowKey) => literal(rowKey[0], only));
		const listed = listsOf(values, only)
			.map((list) => `${nameOf(only)} IN (${list.join(', ')})`)
			.join(' OR ');
		if (!exact || !isText(only)) return listed;
		const digits = keys.map((rowKey) => digitsOf(rowKey[0]));
		return `${listed} AND ${keyCodecOf(only).encode(nameOf(only))} IN (${digits.join(', ')})`;
	}
	const conditions = keys.map((rowKey) => {
		const parts = key.flatMap((column, index) => {
			const equal = `${nameOf(column)} = ${literal(rowKey[index], column)}`;
			if (!exact || !isText(column)) return [equal];
			return [equal, `${keyCodecOf(column).encode(nameOf(column))} = ${digitsOf(rowKey[index])}`];
		});
		return `(${parts.join(' AND ')})`;
	});
	return conditions.join(' OR ');
}

const largestSigned = '9223372036854775807';

/**
 * Literals in lists of one type each. Integers below and above 2^63 have different types, and MariaDB scans
 * the whole table for a list of both.
 */
function listsOf(literals: readonly string[], { fullType }: Column): string[][] {
	if (!/^bigint.*unsigned/.test(fullType)) return [[...literals]];
	const isLarge = (digits: string) =>
		digits.length > largestSigned.length ||
		(digits.length === largestSigned.length && digits > largestSigned);
	const lists = [literals.filter((digits) => !isLarge(digits)), literals.filter(isLarge)];
	return lists.filter((list) => list.length > 0);
}

/** SQL for the order of a key's rows in its index. */
export function keyOrder(key: readonly Column[], qualifier: string): string {
	return key.map((column) => `${qualifier}.${quoteName(column.name)}`).join(', ');
}

/**
 * A condition for the rows after a key in that order.
 * @throws SyncError `refused` if a part cannot be a value of its column
 */
export function afterKey(rowKey: RowKey, key: readonly Column[], qualifier: string): string {
	const parts = key.map((column, index) => {
		const name = `${qualifier}.${quoteName(column.name)}`;
		// ENUM and SET are ordered by number, but compared with a text as texts.
		const number = memberNumber(column, text(rowKey[index] ?? Buffer.of()));
		return number === null
			? { name, value: literal(rowKey[index], column) }
			: { name: `CAST(${name} AS UNSIGNED)`, value: number };
	});
	const alternatives = parts.map(({ name, value }, index) => {
		const equal = parts.slice(0, index).map((before) => `${before.name} = ${before.value}`);
		return `(${[...equal, `${name} > ${value}`].join(' AND ')})`;
	});
	return `(${alternatives.join(' OR ')})`;
}

/** The number that the servers store for an ENUM or SET; null for other types. */
function memberNumber({ type, fullType }: Column, label: string): string | null {
	if (type !== 'enum' && type !== 'set') return null;
	const members = [...fullType.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = '']) =>
		member.replaceAll("''", "'"),
	);
	if (type === 'enum') return String(members.indexOf(label) + 1);
	const chosen = label === '' ? [] : label.split(',');
	return String(
		chosen.reduce((bits, member) => bits | (1n << BigInt(members.indexOf(member))), 0n),
	);
}

/** The part's digits as they appear in the row key, as a literal. */
function digitsOf(bytes: Buffer = Buffer.of()): string {
	return quoteString(bytes.toString('hex').toUpperCase());
}

/** True if IN compares the column's type like `=` does: bare integers, strings and bytes. */
function isListable(column: Column): boolean {
	return /int$|char$|binary$/.test(column.type);
}

/**
 * Text with lone surrogates, which MariaDB allows. A server that does not gets NULL, which matches no row; as
 * a literal with its character set it would be an error there.
 */
function unlikelyText(bytes: Buffer, { characterSet, collation }: Column): string {
	if (!characterSet?.startsWith('utf8')) return 'NULL';
	return `CONVERT(${quoteBytes(bytes)} USING ${characterSet}) COLLATE ${collation}`;
}

function literal(bytes: Buffer | undefined, column: Column): string {
	try {
		const codec = keyCodecOf(column);
		const part = bytes ?? Buffer.of();
		return codec === stringCodec && isText(column) && !isUtf8(part)
			? unlikelyText(part, column)
			: codec.literal(part);
	} catch (error) {
		throw new SyncError(
			'refused',
			`the change log holds a row key that is not a valid value of ${column.name}: ${(error as Error).message}`,
			{ cause: error },
		);
	}
}
