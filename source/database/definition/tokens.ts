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

export function render(tokens: readonly Token[]): string {
	return tokens
		.map(({ text, spaced }, index) => (spaced && index > 0 ? ` ${text}` : text))
		.join('');
}

/** True if the tokens from a position on are these words, ignoring case. */
export function startsWith(tokens: readonly Token[], words: string, from = 0): boolean {
	return words
		.split(' ')
		.every((word, index) => tokens[from + index]?.text.toUpperCase() === word.toUpperCase());
}

/** The position of words outside brackets; -1 if they are absent. */
export function placeOf(tokens: readonly Token[], words: string): number {
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

/** The tokens without `count` of them from a position on. */
export function without(tokens: readonly Token[], from: number, count: number): Token[] {
	return [...tokens.slice(0, from), ...tokens.slice(from + count)];
}

/** A name without its quotes. */
export function unquoted({ text, kind }: Token): string {
	return kind === 'name' ? text.slice(1, -1).replaceAll('``', '`') : text;
}
