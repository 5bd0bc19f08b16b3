/** Translates a key for the other server. */
import { columnOf, type DefinedKey } from './parse.ts';
import { placeOf, render, startsWith, type Token, unquoted, without } from './tokens.ts';
import { type Translation, words } from './translation.ts';

/**
 * @param has true for the name of a column that the translated table has
 * @returns null if the other server cannot have it
 */
export function translateKey(
	{ same, to, from, leaveOut }: Translation,
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
	const parts = key.parts.filter(
		(part) => !part.some((_, index) => startsWith(part, 'WITHOUT OVERLAPS', index)),
	);
	if (parts.length < key.parts.length) leaveOut(`WITHOUT OVERLAPS of the key ${called}`);
	if (parts.some((part) => columnOf(part) === null) && to.product === 'mariadb') {
		return refuse('MariaDB has no keys on expressions');
	}
	const lacking = parts.map(columnOf).find((name) => name !== null && !has(name));
	if (lacking) return refuse(`there is no column ${lacking}`);
	if (to.product === 'mysql' && isLongUnique(key, from.columns)) {
		return refuse('MySQL requires a prefix length for each TEXT or BLOB column in a key');
	}
	return { ...key, parts, options: keyOptions(key.options, to.product, called, leaveOut) };
}

/** MariaDB enforces uniqueness of whole texts with a hidden hash. */
function isLongUnique(
	{ kind, parts }: DefinedKey,
	columns: Translation['from']['columns'],
): boolean {
	if (kind !== 'UNIQUE') return false;
	return parts.some((part) => {
		const type = columns.find(({ name }) => name === columnOf(part))?.type ?? '';
		return /(text|blob)$/.test(type) && !part.some(({ text }) => text === '(');
	});
}

function keyOptions(
	options: readonly Token[],
	product: Translation['to']['product'],
	called: string,
	leaveOut: Translation['leaveOut'],
): Token[] {
	let rest = [...options];
	const parser = placeOf(rest, 'WITH PARSER');
	if (parser >= 0) {
		leaveOut(`${render(rest.slice(parser, parser + 3))} of the key ${called}`);
		rest = without(rest, parser, 3);
	}
	const [hidden, other] = product === 'mysql' ? ['IGNORED', 'INVISIBLE'] : ['INVISIBLE', 'IGNORED'];
	const place = placeOf(rest, hidden);
	if (place >= 0) rest = [...without(rest, place, 1), ...words(other)];
	const hash = placeOf(rest, 'USING HASH');
	return hash < 0 ? rest : without(rest, hash, 2);
}
