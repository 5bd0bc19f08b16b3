/** Lines of the screen, built from spans: sanitised, cut to the width, coloured last. */

import { cut, fitTo, textWidth } from '../../terminal/text.ts';
import { visible } from '../../text/visible.ts';
import type { TextLook, Theme } from './theme.ts';

export interface Span {
	text: string;
	look: TextLook;
}

/** A piece of text in one look. Control characters in it are made visible here. */
export function span(text: string, look: TextLook = 'plain'): Span {
	return { text: visible(text), look };
}

export interface LineOptions {
	/** True for the line under the cursor: one look from edge to edge. */
	selected?: boolean;
	/** True to pad the line to the width. */
	fill?: boolean;
}

/** One line of at most `width` cells; exactly `width` if it is selected or filled. */
export function line(
	theme: Theme,
	width: number,
	spans: readonly Span[],
	options: LineOptions = {},
): string {
	const { ellipsis } = theme.glyphs;
	if (options.selected) {
		const text = spans.map((each) => each.text).join('');
		return theme.paint(fitTo(text, width, { ellipsis }), 'selected');
	}
	let out = '';
	let left = width;
	for (const { text, look } of spans) {
		if (left <= 0) break;
		const kept = cut(text, left, { ellipsis });
		out += theme.paint(kept, look);
		left -= textWidth(kept);
	}
	return options.fill ? out + ' '.repeat(Math.max(0, left)) : out;
}

/** Total width of the spans, in cells. */
export function spansWidth(spans: readonly Span[]): number {
	return spans.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** A line with spans at both edges. If they do not fit, the right ones win. */
export function edges(
	theme: Theme,
	width: number,
	left: readonly Span[],
	right: readonly Span[],
): string {
	const taken = spansWidth(right);
	if (taken > width) return line(theme, width, right);
	const room = Math.max(0, width - taken - 1);
	const start = line(theme, room, left);
	const gap = ' '.repeat(Math.max(0, width - taken - Math.min(room, spansWidth(left))));
	return start + gap + line(theme, taken, right);
}

/** A rule across the screen, with a title on the left and optional spans on the right. */
export function rule(
	theme: Theme,
	width: number,
	title: readonly Span[],
	right: readonly Span[] = [],
): string {
	const sign = theme.glyphs.rule;
	const head = [span(`${sign}${sign} `, 'quiet'), ...title, span(' ', 'quiet')];
	const tail = spansWidth(right) > 0 ? [span(' '), ...right, span(` ${sign}${sign}`, 'quiet')] : [];
	const kept = spansWidth(head) + spansWidth(tail) < width ? tail : [];
	const room = width - spansWidth(head) - spansWidth(kept);
	return line(theme, width, [...head, span(sign.repeat(Math.max(0, room)), 'quiet'), ...kept]);
}
