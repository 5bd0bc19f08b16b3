/**
 * Values written into statement text. Every session of this program runs with a sql_mode that has
 * backslash escapes on and a utf8mb4 client character set, which is what mysql2's escaping assumes.
 */
import { escape as escapeValue, format } from 'mysql2';

/** A value of a row, as it is read and written. */
export type Value = string | number | Buffer | TextBytes | null;

/** A quoted string literal. */
export function quoteString(text: string): string {
	return escapeValue(text);
}

/**
 * Text that JavaScript cannot hold, as its bytes: MariaDB takes lone surrogates for characters. As a value
 * of a statement it is `_utf8mb4 x'…'`, which the other server takes, turns into its column's character
 * set, or refuses. The driver's escaping calls `toSqlString`.
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

/** A binary string literal; the empty one is `x''`. */
export function quoteBytes(bytes: Buffer): string {
	return `x'${bytes.toString('hex')}'`;
}

/** `'a', 'b'`: for IN lists and VALUES. */
export function quoteStrings(texts: readonly string[]): string {
	return texts.map(quoteString).join(', ');
}

/** Ids of the change log as an IN list; they are digits, and nothing else may pass. */
export function idList(ids: readonly string[]): string {
	for (const id of ids) {
		if (!/^-?\d+$/.test(id)) throw new TypeError(`not an id of the change log: ${id}`);
	}
	return ids.join(', ');
}

/** Puts literals in the places of a text's question marks; no name may stand in it. */
export function fillIn(template: string, values: readonly Value[]): string {
	return format(template, [...values]);
}
