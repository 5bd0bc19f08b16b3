/** What the engine said lately, newest last. */

import type { Notice } from '../../engine/snapshot.ts';
import { fitTo } from '../../terminal/text.ts';
import { timeOfDay } from '../format.ts';
import type { Frame } from '../frame.ts';
import { withoutPair } from '../state.ts';
import type { Look } from '../theme.ts';
import { line, span } from './spans.ts';

/** The looks of a level; its sign tells it apart without colour. */
export const levelLooks = {
	info: { sign: 'skipped', look: 'quiet' },
	warning: { sign: 'warning', look: 'warning' },
	error: { sign: 'bad', look: 'bad' },
} as const;

function noticeLine(frame: Frame, notice: Notice): string {
	const { theme, width } = frame;
	const { toCloud, toLocal, ellipsis } = theme.glyphs;
	const { sign, look } = levelLooks[notice.level];
	const arrow =
		notice.direction === undefined
			? ' '
			: notice.direction === 'local_to_cloud'
				? toCloud
				: toLocal;
	const place = [notice.side, notice.table].filter(Boolean).join(', ');
	const text: Look = notice.level === 'info' ? 'plain' : look;
	return line(theme, width, [
		span(`   ${timeOfDay(notice.at)} `, 'quiet'),
		span(`${theme.glyphs[sign]} `, look),
		span(`${fitTo(notice.pair, 12, { ellipsis })} `),
		span(`${arrow} `, 'accent'),
		span(place ? `${place}: ` : '', text),
		span(withoutPair(notice.message, notice.pair).split(/\n\s*/).join(' '), text),
	]);
}

export function noticeLines(frame: Frame, height: number): string[] {
	return frame.state.notices.slice(-height).map((notice) => noticeLine(frame, notice));
}
