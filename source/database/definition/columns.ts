/** Translates a column's definition for the other server. */
import type { Column } from '../catalogue/catalogue.ts';
import { hasType, typeAsText } from '../values/vendor-types.ts';
import { endOfDefault, expressionDefault, withByteDefault, withPrecision } from './defaults.ts';
import type { DefinedColumn, DefinedKey } from './parse.ts';
import {
	afterBracket,
	indexOfWords,
	render,
	startsWith,
	type Token,
	typeLength,
	unquoted,
	without,
} from './tokens.ts';
import { asWords, collationFor, type Translation } from './translation.ts';

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
	let column = withByteDefault(withKnownType(translation, name, tokens));
	if (!same) {
		if (
			startsWith(column, 'GENERATED ALWAYS AS ROW', typeLength(column)) ||
			indexOfWords(column, 'AS ROW') >= 0
		) {
			leaveOut(`the system-versioning column ${name}`);
			return null;
		}
		column =
			to.product === 'mysql'
				? toMysql(translation, name, column, keys)
				: toMariadb(translation, name, column);
	}
	column = withCharacterSet(translation, name, column);
	if (referred) column = withCollationOf(column, referred);
	return withExpressions(translation, name, column);
}

/** The column with a type that the other server has. */
function withKnownType(
	{ to, leaveOut }: Translation,
	name: string,
	column: readonly Token[],
): Token[] {
	const type = column[0]?.text.toLowerCase() ?? '';
	const text = typeAsText[type];
	if (text === undefined || hasType(to, type)) return [...column];
	leaveOut(`the type ${type} of ${name} (${text} instead)`);
	return withType(column, `${text} CHARACTER SET ascii`);
}

function withType(column: readonly Token[], type: string): Token[] {
	return [...asWords(type), ...column.slice(typeLength(column))];
}

function drop(
	column: readonly Token[],
	phrase: string,
	length = phrase.split(' ').length,
): Token[] {
	const place = indexOfWords(column, phrase);
	return place < 0 ? [...column] : without(column, place, length);
}

function toMysql(
	{ leaveOut, rewritten, from }: Translation,
	name: string,
	tokens: readonly Token[],
	keys: readonly DefinedKey[],
): Token[] {
	let column = [...tokens];
	const [type = ''] = [column[0]?.text.toLowerCase()];
	const isZerofill = indexOfWords(column, 'zerofill') >= 0;
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
	const check = indexOfWords(column, 'CHECK');
	const checked = check < 0 ? [] : column.slice(check + 1, afterBracket(column, check + 1));
	const known = from.columns.find((one) => one.name === name);
	const isJson =
		type === 'longtext' &&
		known?.collation === 'utf8mb4_bin' &&
		/^\(json_valid\(`[^`]*`\)\)$/i.test(render(checked));
	// MySQL has no keys over JSON; in a key it stays a text.
	if (isJson && keys.length === 0) {
		rewritten.push(name);
		column = without(column, check, afterBracket(column, check + 1) - check);
		column = withType(column, 'json');
		column = drop(drop(column, 'CHARACTER SET', 3), 'COLLATE', 2);
	}
	for (const phrase of ['COMPRESSED', 'WITHOUT SYSTEM VERSIONING', 'WITH SYSTEM VERSIONING']) {
		if (indexOfWords(column, phrase) < 0) continue;
		column = drop(column, phrase);
		leaveOut(`${phrase} of ${name}`);
	}
	return expressionDefault(withPrecision(column), known);
}

function toMariadb({ leaveOut }: Translation, name: string, tokens: readonly Token[]): Token[] {
	let column = [...tokens];
	const type = column[0]?.text.toLowerCase() ?? '';
	if (type === 'geomcollection') column = withType(column, 'geometrycollection');
	const system = indexOfWords(column, 'SRID');
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
		const place = indexOfWords(column, phrase);
		if (place < 0) continue;
		const length = column[place + 1]?.text === '=' ? 3 : 2;
		leaveOut(`${phrase} of ${name}`);
		column = without(column, place, length);
	}
	if (indexOfWords(column, 'NOT SECONDARY') >= 0) column = drop(column, 'NOT SECONDARY');
	if (indexOfWords(column, 'AS') >= 0 && indexOfWords(column, 'NOT NULL') >= 0) {
		leaveOut(`NOT NULL of the generated column ${name}`);
		column = drop(column, 'NOT NULL');
	}
	return column;
}

/** The column's character set and collation, or the nearest on the other server. */
function withCharacterSet(
	translation: Translation,
	name: string,
	tokens: readonly Token[],
): Token[] {
	const { to, from, leaveOut } = translation;
	const place = indexOfWords(tokens, 'CHARACTER SET');
	const collate = indexOfWords(tokens, 'COLLATE');
	if (place < 0 && collate < 0) return [...tokens];
	const known = from.columns.find((column) => column.name === name);
	const written = place < 0 ? known?.characterSet : tokens[place + 2]?.text.toLowerCase();
	const characterSet = written ?? 'utf8mb4';
	const rest = drop(drop(tokens, 'COLLATE', 2), 'CHARACTER SET', 3);
	const at = typeLength(rest);
	const insert = (sql: string) => [...rest.slice(0, at), ...asWords(sql), ...rest.slice(at)];
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
	return [...rest.slice(0, at), ...asWords(sql), ...rest.slice(at)];
}

/** MariaDB shows a sequence with its database, whose name differs on the other side. */
function withoutDatabase(tokens: readonly Token[], database: string): Token[] {
	const isQualifier = (token: Token, index: number) =>
		token.kind === 'name' && unquoted(token) === database && tokens[index + 1]?.text === '.';
	return tokens.filter(
		(token, index) =>
			!isQualifier(token, index) &&
			!(token.text === '.' && index > 0 && isQualifier(tokens[index - 1] as Token, index - 1)),
	);
}

/** The column without expressions that use functions unknown to the other server. */
function withExpressions(
	{ to, from, leaveOut }: Translation,
	name: string,
	tokens: readonly Token[],
): Token[] | null {
	const column = withoutDatabase(tokens, from.rights.database);
	if (indexOfWords(column, 'AS ROW') >= 0) return column;
	const generated = indexOfWords(column, 'AS');
	if (generated >= 0) {
		const expression = column.slice(generated + 1, afterBracket(column, generated + 1));
		if (to.knows(expression, from)) return column;
		leaveOut(
			`the generated column ${name}, whose expression ${render(expression)} is not supported there`,
		);
		return null;
	}
	let rest = column;
	const check = indexOfWords(rest, 'CHECK');
	if (check >= 0) {
		const end = afterBracket(rest, check + 1);
		if (!to.knows(rest.slice(check + 1, end), from)) {
			leaveOut(`${render(rest.slice(check, end))} of ${name}`);
			rest = without(rest, check, end - check);
		}
	}
	const place = indexOfWords(rest, 'DEFAULT');
	if (place < 0) return rest;
	const end = endOfDefault(rest, place + 1);
	const value = rest.slice(place + 1, end);
	const isPlain =
		value.length <= 2 && value.every(({ kind, text }) => kind !== 'sign' || /^[-+]$/.test(text));
	if (isPlain || to.knows(value, from)) return rest;
	leaveOut(`the default ${render(value)} of ${name}`);
	return without(rest, place, end - place);
}
