/** The screen for a screen reader: signs as words, and what is worth saying when nobody asked. */

import { noticeText } from '../state/messages.ts';
import { type ScreenState, viewOf } from '../state/state.ts';

/** Whether the environment asks for it, by Ink's own variable. */
export function wantsReader(env: NodeJS.ProcessEnv): boolean {
	return env.INK_SCREEN_READER === 'true';
}

/** What the line under the cursor begins with. */
export const cursor = 'selected: ';

/** Signs of the drawn screen and the words for them; the first rule that fits wins. */
const spokenWords: [sign: RegExp, word: string][] = [
	// A trend is nothing to hear: the counts beside it say what matters.
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

/** A line of the drawn screen as it is spoken; columns are told apart by commas. */
export function spokenLine(line: string): string {
	const spoken = spokenWords.reduce((text, [sign, word]) => text.replace(sign, word), line);
	return spoken
		.split(/\s{2,}/)
		.map((part) => part.trim())
		.filter(Boolean)
		.join(', ');
}

/** What of a change the person brought about: another view, which is read whole, or a part of one. */
export function readAnew(now: ScreenState, before: ScreenState): 'whole' | 'changes' | null {
	if (viewOf(now) !== viewOf(before) || now.pair !== before.pair) return 'whole';
	const { snapshot: _, message, requests, notices, ...own } = now;
	const changed = Object.entries(own).some(
		([key, value]) => before[key as keyof ScreenState] !== value,
	);
	return changed ? 'changes' : null;
}

/** What is said of a change without being asked: messages, and pairs whose state says another thing. */
export function announcements(now: ScreenState, before: ScreenState): string[] {
	const said: string[] = [];
	if (now.finishing && !before.finishing) {
		said.push('finishing the batch in hand, q quits at once');
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
			said.push(`${pair.name}: undecided conflicts, ${pair.conflicts}`);
		}
	}
	return said.flatMap((text) => text.split('\n').map(spokenLine)).filter(Boolean);
}
