/**
 * Decodes the bytes of a result. The driver returns them untouched (`typeCast: false`), because
 * its own decoding is inexact: it sums the digits of a DOUBLE and gets a different number for
 * one in seventy, parses geometries and vectors, and replaces bytes that are not UTF-8 with
 * U+FFFD, such as the lone surrogates that MariaDB stores.
 */
import { isUtf8 } from 'node:buffer';
import mysql, { type FieldPacket } from 'mysql2';
import { TextBytes, type Value } from '../sql/literals.ts';

const { Types } = mysql;

/** Types that a JavaScript number represents exactly; BIGINT and DECIMAL stay text. */
const numbers = new Set<number>([
	Types.TINY,
	Types.SHORT,
	Types.INT24,
	Types.LONG,
	Types.YEAR,
	Types.FLOAT,
	Types.DOUBLE,
]);

/** Sent as ASCII although the field's character set is `binary`. */
const texts = new Set<number>([
	Types.LONGLONG,
	Types.DECIMAL,
	Types.NEWDECIMAL,
	Types.DATE,
	Types.NEWDATE,
	Types.TIME,
	Types.DATETIME,
	Types.TIMESTAMP,
	Types.JSON,
]);

/** The id of the character set `binary`. */
const binary = 63;

/**
 * Decodes the rows of one result.
 * @param exact true to return text that is not UTF-8 as its bytes; otherwise it becomes text with U+FFFD
 */
export function decodeRows(
	rows: readonly (readonly (Buffer | null)[])[],
	fields: readonly FieldPacket[],
	exact: boolean,
): Value[][] {
	const decoders = fields.map((field) => decoderOf(field, exact));
	const decode = (bytes: Buffer | null, index: number) => {
		const decoder = decoders[index];
		return bytes === null || !decoder ? bytes : decoder(bytes);
	};
	return rows.map((row) => row.map(decode));
}

/** Like `decodeRows`, but returns each row as an object. */
export function decodeNamed<Row>(
	rows: readonly (readonly (Buffer | null)[])[],
	fields: readonly FieldPacket[],
): Row[] {
	const names = fields.map(({ name }) => name);
	return decodeRows(rows, fields, false).map(
		(row) => Object.fromEntries(names.map((name, index) => [name, row[index]])) as Row,
	);
}

type Decoder = (bytes: Buffer) => Value;

/** Undefined if the value stays bytes. */
function decoderOf(
	{ columnType = -1, characterSet }: FieldPacket,
	exact: boolean,
): Decoder | undefined {
	// JavaScript rounds a decimal to the nearest DOUBLE, and both servers write the shortest decimal for it.
	if (numbers.has(columnType)) return (bytes) => Number(bytes.toString());
	if (texts.has(columnType)) return (bytes) => bytes.toString();
	if (characterSet === binary) return undefined;
	return exact ? exactText : (bytes) => bytes.toString();
}

const replacement = '\ufffd';

function exactText(bytes: Buffer): string | TextBytes {
	const text = bytes.toString();
	return text.includes(replacement) && !isUtf8(bytes) ? new TextBytes(bytes) : text;
}
