/** The input line for the key of a row. */

import type { Frame } from '../drawing/frame.ts';
import { line, span } from '../drawing/spans.ts';
import { openPair } from '../state/state.ts';

/** Empty unless the prompt is open. */
export function askingLines({ state, theme, width }: Frame): string[] {
	const { asking, question } = state;
	if (!asking || question) return [];
	const table = openPair(state)?.tables.find(({ name }) => name === asking.table);
	const columns = table?.primary_key ?? [];
	const example =
		columns.length > 1 ? columns.map((name) => `${name}=`).join(', ') : columns.join();
	return [
		line(theme, width, [
			span(` ${asking.table} `, 'key'),
			span(asking.key, 'strong'),
			span(theme.glyphs.caret, 'accent'),
			span(asking.key === '' ? `  ${example}` : '', 'quiet'),
		]),
	];
}
