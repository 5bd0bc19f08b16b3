/**
 * Whether the values of a column fit into a column of the other server, judged by the types alone. What a
 * strict session refuses, and what it silently changes, was measured on both servers: range, length, members,
 * characters and NULL are refused row by row, while excess decimals, fractional seconds and bits of a
 * floating-point number are rounded or truncated.
 */
import type { Column } from '../catalogue/catalogue.ts';
import { holdsEveryCharacter, isText, survivesAsText } from '../values/character-sets.ts';
import { argument, lengthOf } from '../values/column-length.ts';
import { isFloating } from '../values/values.ts';
import { typeAsText } from '../values/vendor-types.ts';

/**
 * `whole`: every value arrives unchanged. `refused`: the server refuses values that do not fit, row
 * by row. `changed`: it silently rounds or truncates values. `foreign`: the types are not
 * compatible, and values would get another meaning.
 */
export type Fit = 'whole' | 'refused' | 'changed' | 'foreign';

const fits: readonly Fit[] = ['whole', 'refused', 'changed', 'foreign'];

/** The worst of several fits. */
function worst(...found: readonly Fit[]): Fit {
	return found.reduce((one, other) => (fits.indexOf(other) > fits.indexOf(one) ? other : one));
}

function fitsIf(condition: boolean): Fit {
	return condition ? 'whole' : 'refused';
}

/** How the values of `from` fit into `to`. */
export function fitOf(from: Column, to: Column): Fit {
	return worst(valueFit(from, to), nullFit(from, to));
}

/** MariaDB converts NULL to the current time in a TIMESTAMP that is NOT NULL. */
function nullFit(from: Column, to: Column): Fit {
	if (!from.nullable || to.nullable) return 'whole';
	return to.type === 'timestamp' ? 'changed' : 'refused';
}

/** How the values other than NULL fit. */
export function valueFit(from: Column, to: Column): Fit {
	const numbers = [numberRange(from), numberRange(to)];
	if (numbers[0] && numbers[1]) return numberFit(numbers[0], numbers[1]);
	if (isFloating(from) && isFloating(to)) return floatingFit(from, to);
	if (isJson(from) && isJson(to)) return 'whole';
	if (isText(from) && isText(to)) return textFit(from, to);
	if (isBinary(from) && isBinary(to)) return binaryFit(from, to);
	const shown = shownLength[from.type];
	if (shown !== undefined && isText(to)) return fitsIf(lengthOf(to) >= shown);
	// A text of exactly this length is what a server without the type uses instead.
	const wanted = shownLength[to.type];
	if (isText(from) && wanted !== undefined) return fitsIf(lengthOf(from) === wanted);
	if (isSpatial(from) && isSpatial(to)) return spatialFit(from, to);
	if (from.type !== to.type) return 'foreign';
	switch (from.type) {
		case 'enum':
		case 'set':
			return membersFit(from, to);
		case 'bit':
			return fitsIf(argument(from) <= argument(to));
		case 'time':
		case 'datetime':
		case 'timestamp':
			return argument(from) <= argument(to) ? 'whole' : 'changed';
		case 'vector':
			return fitsIf(from.fullType === to.fullType);
		default:
			return 'whole';
	}
}

function isUnsigned({ fullType }: Column): boolean {
	return /\bunsigned\b/i.test(fullType);
}

export interface NumberRange {
	least: bigint;
	/** Of the integer part. */
	most: bigint;
	decimals: number;
}

const integerBits: Record<string, bigint> = {
	tinyint: 8n,
	smallint: 16n,
	mediumint: 24n,
	int: 32n,
	bigint: 64n,
};

/** The range of an integer or decimal column; null for other types. */
export function numberRange(column: Column): NumberRange | null {
	const unsigned = isUnsigned(column);
	const bits = integerBits[column.type];
	if (bits !== undefined) {
		const most = unsigned ? 2n ** bits - 1n : 2n ** (bits - 1n) - 1n;
		return { least: unsigned ? 0n : -most - 1n, most, decimals: 0 };
	}
	const match = /^decimal\((\d+)(?:,(\d+))?\)/i.exec(column.fullType);
	if (!match) return null;
	const decimals = Number(match[2] ?? 0);
	const most = 10n ** BigInt(Number(match[1]) - decimals) - 1n;
	return { least: unsigned ? 0n : -most, most, decimals };
}

function numberFit(from: NumberRange, to: NumberRange): Fit {
	if (from.decimals > to.decimals) return 'changed';
	return fitsIf(from.least >= to.least && from.most <= to.most);
}

function floatingFit(from: Column, to: Column): Fit {
	const [fromDigits, toDigits] = [floatingDigits(from), floatingDigits(to)];
	if (from.type === 'double' && to.type === 'float') return 'changed';
	if (toDigits !== null && fromDigits !== toDigits) return 'changed';
	return fitsIf(isUnsigned(from) || !isUnsigned(to));
}

/** `7,2` of a FLOAT(7,2), whose values are rounded; null for a plain FLOAT. */
function floatingDigits({ fullType }: Column): string | null {
	return /\((\d+,\d+)\)/.exec(fullType)?.[1] ?? null;
}

/** MariaDB's JSON is a LONGTEXT with this collation. */
function isJson({ type, collation }: Column): boolean {
	return type === 'json' || (type === 'longtext' && collation === 'utf8mb4_bin');
}

/** Most bytes per character. */
const widestCharacter = 4;

function textFit(from: Column, to: Column): Fit {
	const least = isLarge(to) && !isLarge(from) ? widestCharacter : 1;
	return worst(
		// A CHAR loses trailing spaces.
		to.type === 'char' && from.type !== 'char' ? 'changed' : 'whole',
		lengthOf(from) * least <= lengthOf(to) ? 'whole' : tooLong(from),
		holdsEveryCharacter(from.characterSet, to.characterSet),
	);
}

/** Text transferred as bytes may lose trailing spaces; for other text see `refusable`. */
function tooLong({ characterSet }: Column): Fit {
	return characterSet === null || survivesAsText(characterSet) ? 'refused' : 'changed';
}

function isLarge({ type }: Column): boolean {
	return type.endsWith('text');
}

function isBinary({ type }: Column): boolean {
	return /binary$|blob$/.test(type);
}

function binaryFit(from: Column, to: Column): Fit {
	// A BINARY pads its values with zero bytes.
	if (to.type === 'binary' && from.fullType !== to.fullType) return 'changed';
	return fitsIf(lengthOf(from) <= lengthOf(to));
}

/** Characters of the types that other servers store as text. */
const shownLength: Record<string, number> = Object.fromEntries(
	Object.entries(typeAsText).map(([type, fullType]) => [type, argument({ type, fullType })]),
);

const shapes = /^(geometry|geom(etry)?collection|(multi)?(point|linestring|polygon))$/;

function isSpatial({ type }: Column): boolean {
	return shapes.test(type);
}

function spatialFit(from: Column, to: Column): Fit {
	const name = ({ type }: Column) => type.replace('geomcollection', 'geometrycollection');
	if (name(from) === name(to) || to.type === 'geometry') return 'whole';
	return from.type === 'geometry' ? 'refused' : 'foreign';
}

/** The members of an ENUM or SET, as spelled in the catalogue. */
function membersOf({ fullType }: Column): string[] {
	return [...fullType.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = '']) => member);
}

/** A label that differs from a member only in case or accents is taken for that member. */
function membersFit(from: Column, to: Column): Fit {
	const members = membersOf(to);
	const lacking = membersOf(from).filter((member) => !members.includes(member));
	const similar = (one: string, other: string) =>
		one.trimEnd().localeCompare(other.trimEnd(), undefined, { sensitivity: 'base' }) === 0;
	if (lacking.some((member) => members.some((other) => similar(member, other)))) return 'changed';
	return fitsIf(lacking.length === 0);
}
