/** What the line above the footer says, and what gives way to what there. */

import type { Notice } from '../../engine/api/snapshot.ts';

export interface Message {
	level: 'info' | 'warning' | 'error';
	/** The first line says what, the others what to do. */
	lines: string[];
	/** Epoch milliseconds. */
	at: number;
	/** What a key brought about is not wiped off by the next routine notice. */
	from: 'notice' | 'request' | 'key';
}

/** A notice of the engine with a number of its own, to find it again in the list. */
export type ListedNotice = Notice & { id: number };

/** Notices kept for the log. */
const keptNotices = 1000;

/** How much a message matters, and for how many milliseconds nothing lesser may replace it. */
function weight({ level, from }: Pick<Message, 'level' | 'from'>): [rank: number, stands: number] {
	if (level === 'error') return [3, 20_000];
	if (level === 'warning') return [2, 10_000];
	return from === 'notice' ? [0, 0] : [1, 5000];
}

/** What there is to read of what happened. */
export interface MessageState {
	/** Newest last. */
	notices: ListedNotice[];
	message: Message | null;
}

/** The log with one more line. */
export function logged({ notices }: Pick<MessageState, 'notices'>, notice: Notice): ListedNotice[] {
	const id = (notices.at(-1)?.id ?? 0) + 1;
	return [...notices, { ...notice, id }].slice(-keptNotices);
}

/** The same with a notice taken in: listed, and shown unless something weightier still stands. */
export function withNotice(state: MessageState, notice: Notice): Partial<MessageState> {
	const notices = logged(state, notice);
	const lines = noticeText(notice).split('\n');
	const message: Message = { level: notice.level, lines, at: notice.at, from: 'notice' };
	if (state.message) {
		const [rank, stands] = weight(state.message);
		const lesser = weight(message)[0] < rank;
		if (lesser && notice.at - state.message.at < stands) return { notices };
	}
	return { notices, message };
}

/** A notice as one text, its place first. */
export function noticeText(notice: Notice): string {
	const { pair, direction, side, table, message, detail } = notice;
	const place = [pair, direction?.replaceAll('_', ' '), side, table].filter(Boolean).join(', ');
	return `${place}: ${withoutPair(message, pair)}${detail === undefined ? '' : `: ${detail}`}`;
}

/** The words of an error without the pair they begin with, where that is named beside them. */
export function withoutPair(text: string, pair: string): string {
	const head = `pair ${pair}`;
	return text.startsWith(head) ? text.slice(head.length).replace(/^[:,] /, '') : text;
}
