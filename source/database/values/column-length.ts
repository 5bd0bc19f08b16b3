import type { Column } from '../catalogue/catalogue.ts';
import { isText } from './character-sets.ts';

type Typed = Pick<Column, 'type' | 'fullType'>;

/** The first number in a type's brackets; 0 if there is none. */
export function argument({ fullType }: Typed): number {
	return Number(/\((\d+)/.exec(fullType)?.[1] ?? 0);
}

const byteLengths: Record<string, number> = {
	tiny: 2 ** 8 - 1,
	'': 2 ** 16 - 1,
	medium: 2 ** 24 - 1,
	long: 2 ** 32 - 1,
};

/** Maximum characters of a CHAR or VARCHAR, or bytes of any other text or binary type. */
export function lengthOf(column: Typed): number {
	const size = /^(.*?)(text|blob)$/.exec(column.type)?.[1];
	return size === undefined ? argument(column) : (byteLengths[size] ?? 0);
}

/**
 * Makes a strict server refuse a text that is too long for a column: it would silently cut trailing spaces.
 * Such a text gets a different last character and is refused for its length.
 */
export function refusable(text: string, column: Typed): string {
	if (!text.endsWith(' ') || !isText(column)) return text;
	const isLarge = column.type.endsWith('text');
	const length = isLarge ? Buffer.byteLength(text) : [...text].length;
	return length > lengthOf(column) ? `${text.slice(0, -1)}_` : text;
}
