/** Translates a key for the other server. */
import { quoteName } from '../sql/identifiers.ts';
import { columnOf, type DefinedKey } from './parse.ts';
import { indexOfWords, render, startsWith, type Token, unquoted, without } from './tokens.ts';
import { asWords, type Translation } from './translation.ts';

/**
 * @param has true for the name of a column that the translated table has
 * @returns null if the other server cannot have it
 */
export function translateKey(
	{ same, to, from, periods, leaveOut }: Translation,
	key: DefinedKey,
	has: (name: string) => boolean,
): DefinedKey | null {
	if (same) return key;
	const called = key.name ? unquoted(key.name) : 'PRIMARY';
	const refuse = (why: string) => {
		leaveOut(`the key ${called} (${key.parts.map(render).join(', ')}): ${why}`);
		return null;
	};
	if (key.kind === 'VECTOR') return refuse('the other server has no such keys');
	const rowEnd = periods.get('SYSTEM_TIME')?.end;
	const parts = key.parts.flatMap((part): Token[][] => {
		const name = columnOf(part);
		const period = name === null ? undefined : periods.get(name);
		if (period && startsWith(part, 'WITHOUT OVERLAPS', 1)) {
			leaveOut(`WITHOUT OVERLAPS of the key ${called}`);
			// In the order of the catalogue.
			return [asWords(quoteName(period.end)), asWords(quoteName(period.start))];
		}
		// MariaDB adds it to every unique key itself.
		const isAdded = key.kind === 'PRIMARY' || key.kind === 'UNIQUE';
		return isAdded && name !== null && name === rowEnd ? [] : [part];
	});
	if (parts.some((part) => columnOf(part) === null) && to.product === 'mariadb') {
		return refuse('MariaDB has no keys on expressions');
	}
	const lacking = parts.map(columnOf).find((name) => name !== null && !has(name));
	if (lacking) return refuse(`there is no column ${lacking}`);
	if (to.product === 'mysql' && isLongUnique(key, from)) {
		return refuse('MySQL cannot keep values unique that are too long for an index');
	}
	return { ...key, parts, options: keyOptions(key.options, to.product, called, leaveOut) };
}

/**
 * MariaDB enforces uniqueness of values too long for an index with a hidden hash, which the catalogue shows.
 */
function isLongUnique({ name }: DefinedKey, { indexes }: Translation['from']): boolean {
	const called = name && unquoted(name);
	return indexes.some((index) => index.name === called && /HASH/i.test(index.type));
}

function keyOptions(
	options: readonly Token[],
	product: Translation['to']['product'],
	called: string,
	leaveOut: Translation['leaveOut'],
): Token[] {
	let rest = [...options];
	const parser = indexOfWords(rest, 'WITH PARSER');
	if (parser >= 0) {
		leaveOut(`${render(rest.slice(parser, parser + 3))} of the key ${called}`);
		rest = without(rest, parser, 3);
	}
	const [hidden, other] = product === 'mysql' ? ['IGNORED', 'INVISIBLE'] : ['INVISIBLE', 'IGNORED'];
	const place = indexOfWords(rest, hidden);
	if (place >= 0) rest = [...without(rest, place, 1), ...asWords(other)];
	const hash = indexOfWords(rest, 'USING HASH');
	return hash < 0 ? rest : without(rest, hash, 2);
}
