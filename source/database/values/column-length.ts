import type { Column } from '../catalogue/catalogue.ts';
import { isText } from './character-sets.ts';

type Typed = Pick<Column, 'type' | 'fullType'>;

/** The first number in a type's brackets, 0 where there is none. */
export function argument({ fullType }: Typed): number {
	return Number(/\((\d+)/.exec(fullType)?.[1] ?? 0);
}

const byteLengths: Record<string, number> = {
	tiny: 2 ** 8 - 1,
	'': 2 ** 16 - 1,
	medium: 2 ** 24 - 1,
	long: 2 ** 32 - 1,
};

/** Characters of a CHAR or VARCHAR at most, bytes of every other type of text or bytes. */
export function lengthOf(column: Typed): number {
	const size = /^(.*?)(text|blob)$/.exec(column.type)?.[1];
	return size === undefined ? argument(column) : (byteLengths[size] ?? 0);
}

/**
 * Makes sure that a strict server refuses a text which is too long for a column: it cuts spaces at
 * the end without an error. Such a text gets another last character, and is refused for its length.
 */
export function refusable(text: string, column: Typed): string {
	if (!text.endsWith(' ') || !isText(column)) return text;
	const isLarge = column.type.endsWith('text');
	const length = isLarge ? Buffer.byteLength(text) : [...text].length;
	return length > lengthOf(column) ? `${text.slice(0, -1)}_` : text;
}
