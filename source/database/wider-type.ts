import type { Column } from './catalogue.ts';
import { holdsEveryCharacter } from './character-sets.ts';
import { type NumberRange, numberRange, valueFit } from './column-fit.ts';

/** What a column can be changed to. */
export type ColumnType = Pick<
	Column,
	'type' | 'fullType' | 'characterSet' | 'collation' | 'nullable'
>;

/** A type that holds every value of both columns, or null where none is known. */
export function widerType(one: Column, other: Column): ColumnType | null {
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

/** DECIMAL has room for 65 digits, which two of the server's columns can exceed together. */
function unite(one: NumberRange, other: NumberRange): Pick<Column, 'type' | 'fullType'> {
	const larger = (a: bigint, b: bigint) => (a > b ? a : b);
	const most = larger(larger(one.most, other.most), larger(-one.least, -other.least));
	const decimals = Math.max(one.decimals, other.decimals);
	const digits = Math.min(65, String(most).length + decimals);
	if (decimals === 0 && most < 2n ** 63n) return { type: 'bigint', fullType: 'bigint' };
	return { type: 'decimal', fullType: `decimal(${digits},${decimals})` };
}
