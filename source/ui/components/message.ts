/** The lines above the footer: what the engine is busy with, or what there is to say. */

import { wrap, wrapAll } from '../../terminal/text.ts';
import { timeSpan } from '../../text/duration.ts';
import { timeOfDay } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, span } from '../drawing/spans.ts';
import type { TextLook } from '../drawing/theme.ts';
import type { Message } from '../state/messages.ts';
import { viewBehind } from '../state/state.ts';
import { levelLooks } from './notices.ts';

/** Milliseconds for which it is news that something went well, or that the engine met an error. */
const newsFor = 20_000;
/** Lines a message may take; an error with its hint needs more than one. */
const mostLines = 3;
/** Milliseconds after which a request that still runs shows for how long it has. */
const worthCounting = 2000;

function finishing(frame: Frame): string {
	const { theme, width } = frame;
	return line(theme, width, [
		span(` ${theme.glyphs.running} `, 'accent'),
		span(`finishing the batch in hand${theme.glyphs.ellipsis} `),
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
	// The engine does them one after the other.
	const [first = '', ...waiting] = parts;
	const then = waiting.map((part) => `   then ${part}`).join('');
	return line(theme, width, [span(` ${running} `, 'accent'), span(first), span(then, 'quiet')]);
}

/** What was said of a key or a request and is old news, and what the view says itself. */
function isOver({ state, now }: Frame, { level, from, at }: Message): boolean {
	if (state.question) return from === 'notice';
	if (from === 'notice') return viewBehind(state) === 'log';
	return level === 'info' && now - at > newsFor;
}

/** At least one line, so that the view above keeps its place. */
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
	// A warning that comes and goes by itself must not move the view each time, and an old error that
	// nothing has taken the place of leaves the view its room: the log has all of it.
	const isNews = message.level === 'error' && now - message.at <= newsFor;
	const most = isNews || message.from !== 'notice' ? mostLines : 1;
	const { ellipsis } = theme.glyphs;
	const [first = '', ...hints] = message.lines.map((each) => each.trim()).filter(Boolean);
	// However long the first is, there is a line for what to do.
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
