/** Fits text into columns, by the cells it takes instead of its length. */

import stringWidth from 'string-width';
import { visible } from '../text/visible.ts';

/** Text of which every character takes one cell. */
export const printableAscii = /^[\x20-\x7e]*$/;
/** Tells characters as people see them apart. */
export const segmenter = new Intl.Segmenter();

/** Cache of widths: most texts of a frame were in the previous one. */
const widths = new Map<string, number>();

/** Most widths in the cache. */
const mostWidths = 5000;

/** Width of a text on screen, in cells. */
export function textWidth(text: string): number {
	if (printableAscii.test(text)) return text.length;
	const known = widths.get(text);
	if (known !== undefined) return known;
	const width = stringWidth(text);
	if (widths.size >= mostWidths) widths.clear();
	widths.set(text, width);
	return width;
}

export interface FitOptions {
	align?: 'left' | 'right';
	/** Where to cut a text that is too long. Both ends of a key or an address are significant. */
	cut?: 'end' | 'middle';
	/** The symbol for the omitted part. */
	ellipsis?: string;
}

/** As many graphemes from the start or the end as fit into `width` cells. */
function take(signs: readonly string[], width: number, from: 'start' | 'end'): string {
	const ordered = from === 'start' ? signs : signs.toReversed();
	const kept: string[] = [];
	let room = width;
	for (const sign of ordered) {
		room -= textWidth(sign);
		if (room < 0) break;
		kept.push(sign);
	}
	return (from === 'start' ? kept : kept.reverse()).join('');
}

/**
 * Sanitises a text and cuts it to at most `width` cells. (cli-truncate 5.2 lets a wide
 * character at the cut exceed the width by one cell.)
 */
export function cut(text: string, width: number, options: FitOptions = {}): string {
	if (width <= 0) return '';
	const safe = visible(text);
	if (textWidth(safe) <= width) return safe;
	const { cut: where = 'end', ellipsis = '…' } = options;
	const signs = [...segmenter.segment(safe)].map(({ segment }) => segment);
	const room = width - 1;
	const tail = where === 'middle' ? take(signs, Math.floor(room / 2), 'end') : '';
	return take(signs, room - textWidth(tail), 'start') + ellipsis + tail;
}

/** Sanitises a text and cuts or pads it to exactly `width` cells. */
export function fitTo(text: string, width: number, options: FitOptions = {}): string {
	const kept = cut(text, width, options);
	const space = ' '.repeat(Math.max(0, width - textWidth(kept)));
	return options.align === 'right' ? space + kept : kept + space;
}

/** Sanitises a text and wraps it at spaces into at most `height` lines of `width` cells. */
export function wrap(
	text: string,
	width: number,
	height: number,
	options: FitOptions = {},
): string[] {
	const words = visible(text).split(' ').filter(Boolean);
	const lines: string[] = [];
	let line = '';
	for (const [index, word] of words.entries()) {
		const longer = line === '' ? word : `${line} ${word}`;
		if (textWidth(longer) <= width) {
			line = longer;
			continue;
		}
		if (lines.length + 1 === height) {
			line = cut([line, ...words.slice(index)].filter(Boolean).join(' '), width, options);
			break;
		}
		if (line !== '') lines.push(line);
		line = cut(word, width, options);
	}
	if (line !== '') lines.push(line);
	return lines.slice(0, height);
}

/**
 * Wraps several texts, each starting on a new line, into at most `height`
 * lines. An ellipsis marks an omission.
 */
export function wrapAll(
	texts: readonly string[],
	width: number,
	height: number,
	options: FitOptions = {},
): string[] {
	const lines = texts.flatMap((text) => wrap(text, width, height, options));
	const kept = lines.slice(0, Math.max(0, height));
	const last = kept.at(-1);
	if (last === undefined || kept.length === lines.length) return kept;
	const { ellipsis = '…' } = options;
	return [
		...kept.slice(0, -1),
		last.endsWith(ellipsis) ? last : cut(last + ellipsis, width, options),
	];
}

/** Sanitises a text and breaks it after every `width` cells into at most `height` lines. */
export function wrapSigns(
	text: string,
	width: number,
	height: number,
	{ ellipsis = '…' }: FitOptions = {},
): string[] {
	const lines: string[] = [''];
	let room = width;
	for (const { segment } of segmenter.segment(visible(text))) {
		const taken = textWidth(segment);
		if (taken > room) {
			if (lines.length === height) {
				lines.push(cut(lines.pop() + segment, width, { ellipsis }));
				break;
			}
			lines.push('');
			room = width;
		}
		lines.push(lines.pop() + segment);
		room -= taken;
	}
	return lines;
}
