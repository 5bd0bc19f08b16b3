/** The lines above the footer: running requests, or the latest message. */

import { wrap, wrapAll } from '../../terminal/text.ts';
import { timeSpan } from '../../text/duration.ts';
import { timeOfDay } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, span } from '../drawing/spans.ts';
import type { TextLook } from '../drawing/theme.ts';
import type { Message } from '../state/messages.ts';
import { viewBehind } from '../state/state.ts';
import { levelLooks } from './notices.ts';

/** Milliseconds for which a success or an error counts as news. */
const newsFor = 20_000;
/** Most lines of one message: an error and its hint. */
const mostLines = 3;
/** Milliseconds after which a running request shows its duration. */
const worthCounting = 2000;

function finishing(frame: Frame): string {
	const { theme, width } = frame;
	return line(theme, width, [
		span(` ${theme.glyphs.running} `, 'accent'),
		span(`finishing the current batch${theme.glyphs.ellipsis} `),
		span('  q quits at once', 'quiet'),
	]);
}

function busy(frame: Frame): string {
	const { theme, width, state, now } = frame;
	const { running, ellipsis } = theme.glyphs;
	const parts = state.requests.map(({ label, startedAt }) => {
		const since = now - startedAt;
		return `${label}${ellipsis}${since < worthCounting ? '' : ` ${timeSpan(since)}`}`;
	});
	// The engine works on them one at a time.
	const [first = '', ...waiting] = parts;
	const then = waiting.map((part) => `   then ${part}`).join('');
	return line(theme, width, [span(` ${running} `, 'accent'), span(first), span(then, 'quiet')]);
}

/** True for an old message, and for one that the view shows itself. */
function isOver({ state, now }: Frame, { level, from, at }: Message): boolean {
	if (state.question) return from === 'notice';
	if (from === 'notice') return viewBehind(state) === 'log';
	return level === 'info' && now - at > newsFor;
}

/** At least one line, so that the view above does not move. */
export function messageLines(frame: Frame): string[] {
	const { theme, width, state, now } = frame;
	if (theme.announces) return [];
	if (state.finishing) return [finishing(frame)];
	if (state.requests.length > 0) return [busy(frame)];
	const { message } = state;
	if (!message || isOver(frame, message)) return [''];
	const { sign, look } = levelLooks[message.level];
	const text: TextLook = message.level === 'info' ? 'plain' : look;
	const time = message.from === 'notice' ? `${timeOfDay(message.at)} ` : '';
	const room = width - 4 - time.length;
	// A recurring warning must not move the view each time, and an old error must
	// not keep taking space: the log has its full text.
	const isNews = message.level === 'error' && now - message.at <= newsFor;
	const most = isNews || message.from !== 'notice' ? mostLines : 1;
	const { ellipsis } = theme.glyphs;
	const [first = '', ...hints] = message.lines.map((each) => each.trim()).filter(Boolean);
	// A long first line still leaves one line for the hint.
	const whats = wrap(first, room, Math.min(most, mostLines - 1), { ellipsis });
	const lines = wrapAll([...whats, ...hints], room, most, { ellipsis });
	return lines.map((each, index) =>
		line(theme, width, [
			span(index === 0 ? ` ${theme.glyphs[sign]} ` : '   ', look),
			span(index === 0 ? time : ' '.repeat(time.length), 'quiet'),
			span(each, text),
		]),
	);
}
