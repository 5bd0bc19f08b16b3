/** Screen reader support: symbols as words, and announcements of changes that the user did not cause. */

import { noticeText } from '../state/messages.ts';
import { type ScreenState, viewOf } from '../state/state.ts';

/** True if the environment asks for a screen reader, through Ink's own variable. */
export function wantsReader(env: NodeJS.ProcessEnv): boolean {
	return env.INK_SCREEN_READER === 'true';
}

/** Prefix of the line under the cursor. */
export const cursor = 'selected: ';

/** Symbols on screen and the words for them. The first rule that matches wins. */
const spokenWords: [sign: RegExp, word: string][] = [
	// A sparkline cannot be spoken; the counts beside it carry the information.
	[/[▁▂▃▄▅▆▇█][▁▂▃▄▅▆▇█?]*|(?<=moved +|pending +)\?+[▁▂▃▄▅▆▇█?]*/gu, ' '],
	[/┤([^├]*)├/gu, '  open: $1  '],
	[/─+/gu, '  '],
	[/^ ❯ /u, cursor],
	[/❯/gu, ' '],
	[/[→←] (?=(?:local to cloud|cloud to local)\b)/gu, ''],
	[/→/gu, 'to cloud'],
	[/←/gu, 'to local'],
	[/[●▶‖○▏]/gu, ''],
	[/(^|\s)[·›│](?=\s|$)/gu, '$1 '],
	[/(^|\s)✓(?=\s|$)/gu, '$1ok'],
	[/(^|\s)✗(?=\s|$)/gu, '$1problem'],
	[/(^|\s)!(?=\s|$)/gu, '$1warning'],
	[/(^|\s)≠(?=\s|$)/gu, '$1differs'],
	[/(^|\s)—(?=\s|$)/gu, '$1none'],
	[/(^|\s)\?(?=\s|\/s|$)(?!\s+(?:help|every key))/gu, '$1unknown'],
	[/(^|\s)~(?=\d)/gu, '$1about '],
	[/\+\?/gu, ' and unknown'],
	[/(\d)–(\d)/gu, '$1 to $2'],
];

/** A line of the screen as it is spoken, its columns separated by commas. */
export function spokenLine(line: string): string {
	const spoken = spokenWords.reduce((text, [sign, word]) => text.replace(sign, word), line);
	return spoken
		.split(/\s{2,}/)
		.map((part) => part.trim())
		.filter(Boolean)
		.join(', ');
}

/**
 * How much to read after the user's own action: the whole view if it is a new one, else what changed in it.
 */
export function readAnew(now: ScreenState, before: ScreenState): 'whole' | 'changes' | null {
	if (viewOf(now) !== viewOf(before) || now.pair !== before.pair) return 'whole';
	const { snapshot: _, message, requests, notices, ...own } = now;
	const changed = Object.entries(own).some(
		([key, value]) => before[key as keyof ScreenState] !== value,
	);
	return changed ? 'changes' : null;
}

/** Announcements: messages, and pairs whose state changed. */
export function announcements(now: ScreenState, before: ScreenState): string[] {
	const said: string[] = [];
	if (now.finishing && !before.finishing) {
		said.push('finishing the current batch, q quits at once');
	}
	for (const request of now.requests) {
		if (!before.requests.some(({ id }) => id === request.id)) said.push(request.label);
	}
	for (const notice of now.notices.slice(before.notices.length)) {
		if (notice.level !== 'info') said.push(`${notice.level}, ${noticeText(notice)}`);
	}
	const { message } = now;
	if (message && message !== before.message && message.from !== 'notice') {
		said.push([message.level, ...message.lines].slice(message.level === 'info' ? 1 : 0).join(', '));
	}
	for (const pair of now.snapshot.pairs) {
		const was = before.snapshot.pairs.find(({ name }) => name === pair.name);
		if (!was) continue;
		const atRest = (state: string) => (state === 'running' ? 'idle' : state);
		if (atRest(pair.state) !== atRest(was.state)) said.push(`${pair.name}: ${pair.state}`);
		if ((pair.conflicts ?? 0) > (was.conflicts ?? 0)) {
			said.push(`${pair.name}: unresolved conflicts, ${pair.conflicts}`);
		}
	}
	return said.flatMap((text) => text.split('\n').map(spokenLine)).filter(Boolean);
}
