/** Splits the text of SHOW CREATE TABLE into tokens, and joins tokens again. */

export interface Token {
	text: string;
	kind: 'name' | 'string' | 'word' | 'sign';
	/** True if white space precedes it: a function call has none before its bracket. */
	spaced: boolean;
}

const pieces = /(\s+)|(`(?:[^`]|``)*`)|('(?:[^'\\]|\\.|'')*')|([\p{L}\p{N}_$@.]+)|(.)/suy;

/**
 * Tokenizes a definition. The content of executable comments is part of it; other comments are dropped.
 * (MariaDB would take MySQL's version numbers for its own.)
 */
export function tokenize(sql: string): Token[] {
	const bare = sql.replace(
		/'(?:[^'\\]|\\.|'')*'|`(?:[^`]|``)*`|\/\*M?!\d*|\*\/|\/\*.*?\*\//gs,
		(text) => (/^['`]/.test(text) ? text : ' '),
	);
	const tokens: Token[] = [];
	let spaced = false;
	for (const [, space, name, string, word, sign] of bare.matchAll(new RegExp(pieces, 'gsu'))) {
		if (space !== undefined) {
			spaced = true;
			continue;
		}
		const kind = name ? 'name' : string ? 'string' : word ? 'word' : 'sign';
		tokens.push({ text: name ?? string ?? word ?? sign ?? '', kind, spaced });
		spaced = false;
	}
	return tokens;
}

/** The tokens as one line: line breaks in strings are escaped. */
export function render(tokens: readonly Token[]): string {
	return tokens
		.map(({ text, kind, spaced }, index) => {
			const shown = kind === 'string' ? escaped(text) : text;
			return spaced && index > 0 ? ` ${shown}` : shown;
		})
		.join('');
}

const escapes: Record<string, string> = {
	'\0': '\\0',
	'\b': '\\b',
	'\t': '\\t',
	'\n': '\\n',
	'\r': '\\r',
	'\x1a': '\\Z',
};

function escaped(literal: string): string {
	return literal.replace(
		/\\(.)|[\0\b\t\n\r\x1a]/gs,
		(text, character = text) => escapes[character] ?? text,
	);
}

/** The value of a string literal, without quotes and escapes. */
export function stringValue({ text }: Token): string {
	return text
		.slice(1, -1)
		.replace(/''|\\(.)/gs, (pair, character?: string) =>
			character === undefined
				? pair.slice(1)
				: (Object.keys(escapes).find((control) => escapes[control] === pair) ?? character),
		);
}

/** True if the tokens from a position on are these words, ignoring case. */
export function startsWith(tokens: readonly Token[], words: string, from = 0): boolean {
	return words
		.split(' ')
		.every((word, index) => tokens[from + index]?.text.toUpperCase() === word.toUpperCase());
}

/** The position of words outside brackets; -1 if they are absent. */
export function indexOfWords(tokens: readonly Token[], words: string): number {
	let depth = 0;
	for (const [index, { text, kind }] of tokens.entries()) {
		if (kind === 'sign' && text === '(') depth += 1;
		else if (kind === 'sign' && text === ')') depth -= 1;
		else if (depth === 0 && startsWith(tokens, words, index)) return index;
	}
	return -1;
}

/** The position after the bracket that closes the one at a position. */
export function afterBracket(tokens: readonly Token[], open: number): number {
	let depth = 0;
	for (let index = open; index < tokens.length; index += 1) {
		const token = tokens[index];
		if (token?.kind !== 'sign') continue;
		if (token.text === '(') depth += 1;
		if (token.text === ')') depth -= 1;
		if (depth === 0) return index + 1;
	}
	return tokens.length;
}

/** Number of tokens of the type: six in `decimal(10,3)`, two in `int unsigned`. */
export function typeLength(column: readonly Token[]): number {
	let length = column[1]?.text === '(' ? afterBracket(column, 1) : 1;
	while (/^(unsigned|zerofill)$/i.test(column[length]?.text ?? '')) length += 1;
	return length;
}

/** The parts between commas outside brackets. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
	const parts: Token[][] = [[]];
	let depth = 0;
	for (const token of tokens) {
		if (token.kind === 'sign' && token.text === '(') depth += 1;
		if (token.kind === 'sign' && token.text === ')') depth -= 1;
		if (depth === 0 && token.kind === 'sign' && token.text === ',') parts.push([]);
		else parts.at(-1)?.push(token);
	}
	return parts.filter((part) => part.length > 0);
}

/** The tokens without the `_utf8mb4` that MySQL writes before each string, or other names of ASCII. */
export function withoutIntroducers(tokens: readonly Token[]): Token[] {
	return tokens.filter(({ text, kind }, index) => {
		const next = tokens[index + 1];
		if (kind !== 'word' || !text.startsWith('_') || next?.kind !== 'string') return true;
		const isPlain =
			/^'[\x20-\x7e]*'$/.test(next.text) && !/^_(binary|ucs2|utf16|utf16le|utf32)$/i.test(text);
		return !(isPlain || /^_utf8mb[34]$/i.test(text));
	});
}

/** The tokens without `count` of them from a position on. */
export function without(tokens: readonly Token[], from: number, count: number): Token[] {
	return [...tokens.slice(0, from), ...tokens.slice(from + count)];
}

/** A name without its quotes. */
export function unquoted({ text, kind }: Token): string {
	return kind === 'name' ? text.slice(1, -1).replaceAll('``', '`') : text;
}
