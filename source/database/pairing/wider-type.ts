import type { Column } from '../catalogue/catalogue.ts';
import { holdsEveryCharacter, isText } from '../values/character-sets.ts';
import { lengthOf } from '../values/column-length.ts';
import { isOwnType, typeAsText } from '../values/vendor-types.ts';
import { type Fit, type NumberRange, numberRange, valueFit } from './column-fit.ts';

/** The properties of a column that a MODIFY changes. */
export type ColumnType = Pick<
	Column,
	'type' | 'fullType' | 'characterSet' | 'collation' | 'nullable'
>;

/**
 * A type for a column that accepts the values of another column and keeps the
 * meaning of its own; null if none is known.
 */
export function curingType(from: Column, to: Column, fit: Fit): ColumnType | null {
	const nullable = from.nullable || to.nullable;
	if (isOwnType(to.type)) {
		// NULL can be allowed, but no other type has the same meaning.
		return valueFit(from, to) === 'whole' ? { ...to, nullable } : null;
	}
	const text = typeAsText[from.type];
	if (text !== undefined) {
		if (!isText(to)) return null;
		const { characterSet, collation } = to;
		if (valueFit(from, to) === 'whole') return { ...to, nullable };
		return { type: text.replace(/\(.*/, ''), fullType: text, nullable, characterSet, collation };
	}
	if (fit !== 'foreign') return widerType(from, to);
	const keeps = isText(from) && plain.test(to.type) && lengthOf(from) >= longestPlain;
	return keeps ? { ...from, nullable } : null;
}

/** Types whose values have the same meaning as text, and their maximum length in characters. */
const plain = /^((tiny|small|medium|big)?int|decimal|date|time|datetime|year)$/;
const longestPlain = 67;

/** A type that holds every value of both columns; null if none is known. */
function widerType(one: Column, other: Column): ColumnType | null {
	const nullable = one.nullable || other.nullable;
	const set = widerSet(one, other);
	const [range, otherRange] = [numberRange(one), numberRange(other)];
	for (const [wide, narrow] of [
		[one, other],
		[other, one],
	] as const) {
		const comparable = { ...narrow, characterSet: wide.characterSet };
		if (valueFit(comparable, wide) === 'whole') return { ...typeOf(wide), ...set, nullable };
	}
	if (!range || !otherRange) return null;
	return { ...unite(range, otherRange), characterSet: null, collation: null, nullable };
}

function typeOf({ type, fullType }: Column): Pick<Column, 'type' | 'fullType'> {
	return { type, fullType };
}

function widerSet(one: Column, other: Column): Pick<Column, 'characterSet' | 'collation'> {
	const holds = (to: Column, from: Column) =>
		holdsEveryCharacter(from.characterSet, to.characterSet) === 'whole';
	const wider = holds(one, other) ? one : holds(other, one) ? other : null;
	if (wider) return { characterSet: wider.characterSet, collation: wider.collation };
	return { characterSet: 'utf8mb4', collation: null };
}

/** DECIMAL has at most 65 digits, which the union of two columns can exceed. */
function unite(one: NumberRange, other: NumberRange): Pick<Column, 'type' | 'fullType'> {
	const larger = (a: bigint, b: bigint) => (a > b ? a : b);
	const most = larger(larger(one.most, other.most), larger(-one.least, -other.least));
	const decimals = Math.max(one.decimals, other.decimals);
	const digits = Math.min(65, String(most).length + decimals);
	if (decimals === 0 && most < 2n ** 63n) return { type: 'bigint', fullType: 'bigint' };
	return { type: 'decimal', fullType: `decimal(${digits},${decimals})` };
}
