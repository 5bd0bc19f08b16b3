/**
 * SQL whose safety does not rest on the care of whoever writes it. In sql`… ${value} …` every value
 * becomes a literal. Only what this module has made itself enters a statement as SQL: other fragments,
 * names, lists of ids. The exception is `rawSql`, for SQL that other code has quoted.
 */
import { quoteName } from './identifiers.ts';
import { idList, quoteString } from './literals.ts';

/** A statement, or a part of one. Only the functions of this module make it. */
class Fragment {
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
	}

	toString(): string {
		return this.#text;
	}
}

export type Sql = Fragment;

/** A statement as a connection takes it. */
export type SqlText = string | Sql;

type Literal = string | number | bigint | null;

/** Arrays become comma-separated lists, for IN and VALUES. */
type SqlPart = Literal | Sql | readonly (Literal | Sql)[];

/** A statement, or a part of one, in which each value is quoted as a literal. */
export function sql(texts: TemplateStringsArray, ...parts: readonly SqlPart[]): Sql {
	const rest = parts.map((part, index) => `${partText(part)}${texts[index + 1]}`);
	return new Fragment(`${texts[0]}${rest.join('')}`);
}

/** A schema, table, column, index, procedure or trigger name. */
export function name(text: string): Sql {
	return new Fragment(quoteName(text));
}

/** Ids as bare digits, for IN lists. A quoted id would be compared as a floating-point number. */
export function ids(texts: string | readonly string[]): Sql {
	return new Fragment(idList(typeof texts === 'string' ? [texts] : texts));
}

/** Fragments with another one between each two, such as sql` OR `. */
export function joined(fragments: readonly Sql[], between: Sql): Sql {
	return new Fragment(fragments.join(String(between)));
}

/** SQL that was put together elsewhere, from quoted parts only. */
export function rawSql(text: string): Sql {
	return new Fragment(text);
}

function partText(part: SqlPart): string {
	return Array.isArray(part)
		? part.map(literalText).join(', ')
		: literalText(part as Literal | Sql);
}

function literalText(value: Literal | Sql): string {
	if (value instanceof Fragment) return String(value);
	if (value === null) return 'NULL';
	if (typeof value === 'string') return quoteString(value);
	if (typeof value === 'bigint' || Number.isFinite(value)) return String(value);
	throw new TypeError(`no SQL literal: ${String(value)}`);
}
