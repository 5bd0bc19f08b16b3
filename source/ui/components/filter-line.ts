/** The filter of the current list, while it is typed and while it applies. */

import { count, plural } from '../../text/words.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, span } from '../drawing/spans.ts';
import { listInView } from '../lists/lists.ts';
import { pagesInView } from '../lists/pages.ts';

/** Empty unless a filter applies. */
export function filterLines(frame: Frame): string[] {
	const { theme, width, state } = frame;
	if (state.question) return [];
	const found = listInView(state);
	if (!found) return [];
	const { name, keys, total, noun, partial = false } = found;
	const filter = state.filters[name] ?? '';
	const typing = state.filtering === name;
	if (!typing && filter === '') return [];
	const pages = pagesInView(state);
	const { found: among = keys.length, of = total } = pages?.wholeSearch ?? {};
	const which = pages?.wholeSearch ? 'pending change' : noun;
	const rest = (pages?.listedOnly || partial) && filter !== '' ? '; others are not searched' : '';
	const matches = `${count(among)} of ${plural(of, which)}${rest}`;
	return [
		line(theme, width, [
			span(' / ', 'key'),
			span(filter, 'strong'),
			span(typing ? theme.glyphs.caret : '', 'accent'),
			span(`  ${matches}`, keys.length === 0 && filter !== '' ? 'warning' : 'quiet'),
			span(typing ? '' : `   Esc clears it`, 'quiet'),
		]),
	];
}
