/** Translates a column's definition for the other server. */
import type { Column } from '../catalogue/catalogue.ts';
import { describeServer } from '../connection/session.ts';
import { asText, hasType } from '../values/vendor-types.ts';
import type { DefinedColumn, DefinedKey } from './parse.ts';
import { afterBracket, placeOf, render, startsWith, type Token, without } from './tokens.ts';
import { collationFor, type Translation, words } from './translation.ts';

/** Types for which MySQL accepts a default only as an expression. */
const expressionDefaults =
	/^((tiny|medium|long)?(text|blob)|json|geom\w*|point|linestring|polygon|multi\w+)$/i;

/**
 * @param keys the keys that contain it
 * @param referred the column of the other server that it references
 * @returns the definition after its name; null if the other server cannot have it
 */
export function translateColumn(
	translation: Translation,
	{ name, tokens }: DefinedColumn,
	keys: readonly DefinedKey[],
	referred: Column | null,
): Token[] | null {
	const { same, to, leaveOut } = translation;
	let column = withKnownType(translation, name, tokens);
	if (!column) return null;
	if (!same) {
		if (
			startsWith(column, 'GENERATED ALWAYS AS ROW', typeLength(column)) ||
			placeOf(column, 'AS ROW') >= 0
		) {
			leaveOut(`the system-versioning column ${name}`);
			return null;
		}
		column =
			to.product === 'mysql'
				? toMysql(translation, name, column, keys)
				: toMariadb(translation, name, column);
		column = withCharacterSet(translation, name, column);
	}
	if (referred) column = withCollationOf(column, referred);
	if (same) return column;
	return withExpressions(translation, name, column);
}

/** The column with a type that the other server has; null if none has the same values. */
function withKnownType(
	{ to, leaveOut, refuse }: Translation,
	name: string,
	column: readonly Token[],
): Token[] | null {
	const type = column[0]?.text.toLowerCase() ?? '';
	if (hasType(to, type)) return [...column];
	const text = asText[type];
	if (text === undefined) {
		const written = render(column.slice(0, typeLength(column)));
		refuse(`the column ${name} is ${written}, a type that ${describeServer(to)} lacks`);
		return null;
	}
	leaveOut(`the type ${type} of ${name} (${text} instead)`);
	return withType(column, `${text} CHARACTER SET ascii`);
}

/** Number of tokens of the type: six in `decimal(10,3)`, two in `int unsigned`. */
function typeLength(column: readonly Token[]): number {
	let length = column[1]?.text === '(' ? afterBracket(column, 1) : 1;
	while (/^(unsigned|zerofill)$/i.test(column[length]?.text ?? '')) length += 1;
	return length;
}

function withType(column: readonly Token[], type: string): Token[] {
	return [...words(type), ...column.slice(typeLength(column))];
}

function drop(
	column: readonly Token[],
	phrase: string,
	length = phrase.split(' ').length,
): Token[] {
	const place = placeOf(column, phrase);
	return place < 0 ? [...column] : without(column, place, length);
}

function toMysql(
	{ leaveOut, from }: Translation,
	name: string,
	tokens: readonly Token[],
	keys: readonly DefinedKey[],
): Token[] {
	let column = [...tokens];
	const [type = ''] = [column[0]?.text.toLowerCase()];
	const isZerofill = placeOf(column, 'zerofill') >= 0;
	if (
		/int$/.test(type) &&
		column[1]?.text === '(' &&
		!isZerofill &&
		!/^\(1\)/.test(render(column.slice(1, 4)))
	) {
		column = without(column, 1, 3);
	}
	if (type === 'year' && column[1]?.text === '(') column = without(column, 1, 3);
	column = column.filter(({ text, kind }) => kind !== 'word' || !/^REF_SYSTEM_ID$/i.test(text));
	const check = placeOf(column, 'CHECK');
	const isJson =
		type === 'longtext' && check >= 0 && /^\(json_valid\(/i.test(render(column.slice(check + 1)));
	// MySQL has no keys over JSON; in a key it stays a text.
	if (isJson && keys.length === 0) {
		column = without(column, check, afterBracket(column, check + 1) - check);
		column = withType(column, 'json');
		column = drop(drop(column, 'CHARACTER SET', 3), 'COLLATE', 2);
	}
	for (const phrase of ['COMPRESSED', 'WITHOUT SYSTEM VERSIONING', 'WITH SYSTEM VERSIONING']) {
		if (placeOf(column, phrase) < 0) continue;
		column = drop(column, phrase);
		leaveOut(`${phrase} of ${name}`);
	}
	return expressionDefault(
		column,
		from.columns.find((one) => one.name === name),
	);
}

/**
 * MySQL requires brackets around every default except literals and the
 * current time, and for some types always.
 */
function expressionDefault(tokens: readonly Token[], known: Column | undefined): Token[] {
	const place = placeOf(tokens, 'DEFAULT');
	if (place < 0 || known?.generated) return [...tokens];
	const end = endOfDefault(tokens, place + 1);
	const value = tokens.slice(place + 1, end);
	const [first] = value;
	const isNull = value.length === 1 && first?.text.toUpperCase() === 'NULL';
	const isMoment = /^(current_timestamp|now)$/i.test(first?.text ?? '');
	const isLiteral =
		first?.kind === 'string' ||
		/^[-+]?[\d.]/.test(render(value)) ||
		(value.length === 2 && value[1]?.kind === 'string');
	const type = tokens[0]?.text ?? '';
	const plain = isNull || ((isLiteral || isMoment) && !expressionDefaults.test(type));
	if (plain || first?.text === '(') return [...tokens];
	return [
		...tokens.slice(0, place + 1),
		...words('('),
		...value.map((token, index) => (index === 0 ? { ...token, spaced: false } : token)),
		{ text: ')', kind: 'sign', spaced: false },
		...tokens.slice(end),
	];
}

/** The end of the text after DEFAULT. */
function endOfDefault(tokens: readonly Token[], start: number): number {
	let end = start;
	if (/^[-+]$/.test(tokens[end]?.text ?? '')) end += 1;
	if (tokens[end]?.text === '(') return afterBracket(tokens, end);
	end += 1;
	// `b'1'`, `_latin1'x'`; `now(3)`.
	if (tokens[end]?.kind === 'string' && !tokens[end]?.spaced) end += 1;
	else if (tokens[end]?.text === '(' && !tokens[end]?.spaced) return afterBracket(tokens, end);
	return end;
}

function toMariadb({ leaveOut }: Translation, name: string, tokens: readonly Token[]): Token[] {
	let column = [...tokens];
	const type = column[0]?.text.toLowerCase() ?? '';
	if (type === 'geomcollection') column = withType(column, 'geometrycollection');
	const system = placeOf(column, 'SRID');
	if (system >= 0) {
		leaveOut(`${render(column.slice(system, system + 2))} of ${name}`);
		column = without(column, system, 2);
	}
	for (const phrase of [
		'COLUMN_FORMAT',
		'STORAGE',
		'ENGINE_ATTRIBUTE',
		'SECONDARY_ENGINE_ATTRIBUTE',
	]) {
		const place = placeOf(column, phrase);
		if (place < 0) continue;
		const length = column[place + 1]?.text === '=' ? 3 : 2;
		leaveOut(`${phrase} of ${name}`);
		column = without(column, place, length);
	}
	if (placeOf(column, 'NOT SECONDARY') >= 0) column = drop(column, 'NOT SECONDARY');
	return column;
}

/** The column's character set and collation, or the nearest on the other server. */
function withCharacterSet(
	translation: Translation,
	name: string,
	tokens: readonly Token[],
): Token[] {
	const { to, from, leaveOut } = translation;
	const place = placeOf(tokens, 'CHARACTER SET');
	const collate = placeOf(tokens, 'COLLATE');
	if (place < 0 && collate < 0) return [...tokens];
	const known = from.columns.find((column) => column.name === name);
	const written = place < 0 ? known?.characterSet : tokens[place + 2]?.text.toLowerCase();
	const characterSet = written ?? 'utf8mb4';
	const rest = drop(drop(tokens, 'COLLATE', 2), 'CHARACTER SET', 3);
	const at = typeLength(rest);
	const insert = (sql: string) => [...rest.slice(0, at), ...words(sql), ...rest.slice(at)];
	if (!to.characterSets.has(characterSet)) {
		leaveOut(`the character set ${characterSet} of ${name} (utf8mb4 instead)`);
		return insert('CHARACTER SET utf8mb4');
	}
	const compared = collate < 0 ? known?.collation : tokens[collate + 1]?.text;
	const collation = compared && collationFor(translation, compared, ` of ${name}`);
	return insert(`CHARACTER SET ${characterSet}${collation ? ` COLLATE ${collation}` : ''}`);
}

function withCollationOf(tokens: readonly Token[], referred: Column): Token[] {
	const rest = drop(drop(tokens, 'COLLATE', 2), 'CHARACTER SET', 3);
	const at = typeLength(rest);
	const sql = `CHARACTER SET ${referred.characterSet} COLLATE ${referred.collation}`;
	return [...rest.slice(0, at), ...words(sql), ...rest.slice(at)];
}

/** The column without expressions that use functions unknown to the other server. */
function withExpressions(
	{ to, leaveOut }: Translation,
	name: string,
	tokens: readonly Token[],
): Token[] | null {
	const column = [...tokens];
	const generated = placeOf(column, 'AS');
	if (generated >= 0) {
		const expression = column.slice(generated + 1, afterBracket(column, generated + 1));
		if (to.knows(expression)) return column;
		leaveOut(
			`the generated column ${name}, whose expression ${render(expression)} is not supported there`,
		);
		return null;
	}
	let rest = column;
	const check = placeOf(rest, 'CHECK');
	if (check >= 0) {
		const end = afterBracket(rest, check + 1);
		if (!to.knows(rest.slice(check + 1, end))) {
			leaveOut(`${render(rest.slice(check, end))} of ${name}`);
			rest = without(rest, check, end - check);
		}
	}
	const place = placeOf(rest, 'DEFAULT');
	if (place < 0) return rest;
	const end = endOfDefault(rest, place + 1);
	const value = rest.slice(place + 1, end);
	const isPlain =
		value.length <= 2 && value.every(({ kind, text }) => kind !== 'sign' || /^[-+]$/.test(text));
	if (isPlain || to.knows(value)) return rest;
	leaveOut(`the default ${render(value)} of ${name}`);
	return without(rest, place, end - place);
}
