/** Translates a column's default for the other server. */
import type { Column } from '../catalogue/catalogue.ts';
import { bytesIn } from './raw-bytes.ts';
import {
	afterBracket,
	indexOfWords,
	render,
	stringValue,
	type Token,
	typeLength,
} from './tokens.ts';
import { asWords } from './translation.ts';

/** Types for which MySQL accepts a default only as an expression. */
const expressionDefaults =
	/^((tiny|medium|long)?(text|blob)|json|vector|geom\w*|point|linestring|polygon|multi\w+)$/i;

/** Types whose default may be the current time without brackets. */
const momentTypes = /^(datetime|timestamp)$/i;

/** Writes bytes in a default as a hexadecimal literal: MariaDB shows them raw. */
export function withByteDefault(tokens: readonly Token[]): Token[] {
	const place = indexOfWords(tokens, 'DEFAULT');
	const value = tokens[place + 1];
	if (place < 0 || !value || value.kind !== 'string') return [...tokens];
	if (!/binary$|blob$/i.test(tokens[0]?.text ?? '') || /^'[\x20-\x7e]*'$/.test(value.text)) {
		return [...tokens];
	}
	const bytes = bytesIn(stringValue(value)).toString('hex');
	const literal: Token = { text: `0x${bytes}`, kind: 'word', spaced: true };
	return [...tokens.slice(0, place + 1), literal, ...tokens.slice(place + 2)];
}

/** MySQL requires the current time with the column's number of decimals. */
export function withPrecision(tokens: readonly Token[]): Token[] {
	const place = indexOfWords(tokens, 'ON UPDATE');
	if (place < 0) return [...tokens];
	const end = endOfDefault(tokens, place + 2);
	const moment = asWords(`current_timestamp${precisionOf(tokens)}`);
	return [...tokens.slice(0, place + 2), ...moment, ...tokens.slice(end)];
}

/** `(3)` for a DATETIME(3), `()` for a DATETIME. */
function precisionOf(tokens: readonly Token[]): string {
	return render(tokens.slice(1, typeLength(tokens))) || '()';
}

/**
 * MySQL requires brackets around every default except literals and the
 * current time, and for some types always.
 */
export function expressionDefault(tokens: readonly Token[], known: Column | undefined): Token[] {
	const place = indexOfWords(tokens, 'DEFAULT');
	if (place < 0 || known?.generated) return [...tokens];
	const end = endOfDefault(tokens, place + 1);
	const value = tokens.slice(place + 1, end);
	const [first] = value;
	const isNull = value.length === 1 && first?.text.toUpperCase() === 'NULL';
	const isMoment =
		/^(current_timestamp|now)$/i.test(first?.text ?? '') &&
		momentTypes.test(tokens[0]?.text ?? '') &&
		(render(value.slice(1)) || '()') === precisionOf(tokens);
	const isLiteral =
		(value.length === 1 && first?.kind === 'string') ||
		/^[-+]?[\d.]+(e[-+]?\d+)?$|^0x[\da-f]+$/i.test(render(value)) ||
		(value.length === 2 && value[1]?.kind === 'string');
	const type = tokens[0]?.text ?? '';
	const plain = isNull || ((isLiteral || isMoment) && !expressionDefaults.test(type));
	if (plain || first?.text === '(') return [...tokens];
	return [
		...tokens.slice(0, place + 1),
		...asWords('('),
		...value.map((token, index) => (index === 0 ? { ...token, spaced: false } : token)),
		{ text: ')', kind: 'sign', spaced: false },
		...tokens.slice(end),
	];
}

/** The end of the text after DEFAULT. */
export function endOfDefault(tokens: readonly Token[], start: number): number {
	let end = start;
	if (/^[-+]$/.test(tokens[end]?.text ?? '')) end += 1;
	if (tokens[end]?.text === '(') return afterBracket(tokens, end);
	end += 1;
	// `b'1'`, `_latin1'x'`; `now(3)`.
	if (tokens[end]?.kind === 'string' && !tokens[end]?.spaced) end += 1;
	else if (tokens[end]?.text === '(' && !tokens[end]?.spaced) return afterBracket(tokens, end);
	return end;
}
