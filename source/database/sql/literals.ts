/**
 * Values in statement text. Every session of this program has a sql_mode with backslash escapes on, and a
 * utf8mb4 client character set, as mysql2's escaping assumes.
 */
import { escape as escapeValue, format } from 'mysql2';

/** A value of a row, as read and written. */
export type Value = string | number | Buffer | TextBytes | null;

/** A quoted string literal. */
export function quoteString(text: string): string {
	return escapeValue(text);
}

/**
 * Text that JavaScript cannot represent, as its bytes: MariaDB accepts lone surrogates as characters. In a
 * statement it is `_utf8mb4 x'…'`, which the other server accepts, converts to its column's character set, or
 * refuses. The driver's escaping calls `toSqlString`.
 */
export class TextBytes {
	readonly bytes: Buffer;

	constructor(bytes: Buffer) {
		this.bytes = bytes;
	}

	toSqlString(): string {
		return `_utf8mb4 ${quoteBytes(this.bytes)}`;
	}
}

/** A binary string literal; an empty one is `x''`. */
export function quoteBytes(bytes: Buffer): string {
	return `x'${bytes.toString('hex')}'`;
}

/** `'a', 'b'`: for IN lists and VALUES. */
export function quoteStrings(texts: readonly string[]): string {
	return texts.map(quoteString).join(', ');
}

/** Ids of the change log as an IN list; they must consist of digits only. */
export function idList(ids: readonly string[]): string {
	for (const id of ids) {
		if (!/^-?\d+$/.test(id)) throw new TypeError(`not an id of the change log: ${id}`);
	}
	return ids.join(', ');
}

/** Replaces a text's question marks with literals. The text must not contain names. */
export function fillIn(template: string, values: readonly Value[]): string {
	return format(template, [...values]);
}
