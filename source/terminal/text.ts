/** Fitting text into columns of a terminal, by the cells it takes and not by its length. */

import stringWidth from 'string-width';
import { visible } from '../text/visible.ts';

/** Text of which every character takes one cell. */
export const printableAscii = /^[\x20-\x7e]*$/;
/** Tells characters as people see them apart. */
export const segmenter = new Intl.Segmenter();

/** Widths that were found out: a frame asks for most of what the last one did. */
const widths = new Map<string, number>();

/** Widths that are kept at most. */
const mostWidths = 5000;

/** Cells that a text takes on screen. */
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
	/** Where to cut a text that is too long; keys and addresses say most at both ends. */
	cut?: 'end' | 'middle';
	/** The sign for what was cut off. */
	ellipsis?: string;
}

/** As many signs from the start, or from the end, as `width` cells hold. */
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
 * The text made harmless and cut to at most `width` cells. (cli-truncate 5.2 lets a wide sign at
 * the cut stand out by a cell.)
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

/** The text made harmless and cut or padded to exactly `width` cells. */
export function fitTo(text: string, width: number, options: FitOptions = {}): string {
	const kept = cut(text, width, options);
	const space = ' '.repeat(Math.max(0, width - textWidth(kept)));
	return options.align === 'right' ? space + kept : kept + space;
}

/** The text made harmless and broken at spaces into at most `height` lines of `width` cells. */
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

/** Several texts, each from a line of its own, in at most `height` lines; what is left out is marked. */
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

/** The text made harmless and broken after every `width` cells into at most `height` lines. */
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
