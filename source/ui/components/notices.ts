/** The engine's latest notices, newest last. */

import type { Notice } from '../../engine/api/snapshot.ts';
import { fitTo } from '../../terminal/text.ts';
import { timeOfDay } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, type Span, span } from '../drawing/spans.ts';
import type { TextLook } from '../drawing/theme.ts';
import { withoutPair } from '../state/messages.ts';

/** Symbol and look of each level. The symbol distinguishes it without colour. */
export const levelLooks = {
	info: { sign: 'skipped', look: 'quiet' },
	warning: { sign: 'warning', look: 'warning' },
	error: { sign: 'bad', look: 'bad' },
} as const;

/** A notice without its time. */
export function noticeSpans(frame: Frame, notice: Notice, named: boolean): Span[] {
	const { theme } = frame;
	const { toCloud, toLocal, ellipsis } = theme.glyphs;
	const { sign, look } = levelLooks[notice.level];
	const arrow =
		notice.direction === undefined
			? ' '
			: notice.direction === 'local_to_cloud'
				? toCloud
				: toLocal;
	const place = [notice.side, notice.table].filter(Boolean).join(', ');
	const text: TextLook = notice.level === 'info' ? 'plain' : look;
	return [
		span(`${theme.glyphs[sign]} `, look),
		span(named ? `${fitTo(notice.pair, 12, { ellipsis })} ` : ''),
		span(`${arrow} `, 'accent'),
		span(place ? `${place}: ` : '', text),
		span(withoutPair(notice.message, notice.pair).split(/\n\s*/).join(' '), text),
		span(notice.detail === undefined ? '' : `: ${notice.detail}`, 'quiet'),
	];
}

/**
 * The latest notices.
 * @param named true if each line starts with the pair's name
 */
export function noticeLines(
	frame: Frame,
	notices: readonly Notice[],
	height: number,
	named: boolean,
): string[] {
	const { theme, width } = frame;
	return notices
		.slice(-Math.max(0, height))
		.map((notice) =>
			line(theme, width, [
				span(`   ${timeOfDay(notice.at)} `, 'quiet'),
				...noticeSpans(frame, notice, named),
			]),
		);
}
