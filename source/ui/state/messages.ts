/** The message above the footer, and which message may replace which. */

import type { Notice } from '../../engine/api/snapshot.ts';

export interface Message {
	level: 'info' | 'warning' | 'error';
	/** The first line is the message, the others are the hint. */
	lines: string[];
	/** Epoch milliseconds. */
	at: number;
	/** The result of a key is not replaced by the next routine notice. */
	from: 'notice' | 'request' | 'key';
}

/** A notice of the engine, numbered to find it again in the list. */
export type ListedNotice = Notice & { id: number };

/** Notices kept for the log. */
const keptNotices = 1000;

/** The priority of a message, and the milliseconds before one of lower priority may replace it. */
function weight({ level, from }: Pick<Message, 'level' | 'from'>): [rank: number, stands: number] {
	if (level === 'error') return [3, 20_000];
	if (level === 'warning') return [2, 10_000];
	return from === 'notice' ? [0, 0] : [1, 5000];
}

/** The log and the current message. */
export interface MessageState {
	/** Newest last. */
	notices: ListedNotice[];
	message: Message | null;
}

/** Adds a line to the log. */
export function logged({ notices }: Pick<MessageState, 'notices'>, notice: Notice): ListedNotice[] {
	const id = (notices.at(-1)?.id ?? 0) + 1;
	return [...notices, { ...notice, id }].slice(-keptNotices);
}

/** Adds a notice: to the log, and as the message unless one of higher priority is still shown. */
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

/** A notice as one text that starts with its place. */
export function noticeText(notice: Notice): string {
	const { pair, direction, side, table, message, detail } = notice;
	const place = [pair, direction?.replaceAll('_', ' '), side, table].filter(Boolean).join(', ');
	return `${place}: ${withoutPair(message, pair)}${detail === undefined ? '' : `: ${detail}`}`;
}

/** A message without its leading pair name, for places that show the name already. */
export function withoutPair(text: string, pair: string): string {
	const head = `pair ${pair}`;
	return text.startsWith(head) ? text.slice(head.length).replace(/^[:,] /, '') : text;
}
