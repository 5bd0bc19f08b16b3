/** The last line of the screen: the keys of the view, those that cannot act now in a fainter look. */

import type { Frame } from '../frame.ts';
import { type Binding, bindingsOf } from '../keys.ts';
import { type KeyContext, keyContext } from '../selection.ts';
import { viewOf } from '../state.ts';
import { line, type Span, span, spansWidth } from './spans.ts';

function entry(binding: Binding, context: KeyContext): Span[] {
	if (!binding.footer) return [];
	const { word } = binding.footer;
	const refused = binding.refuse?.(context) != null;
	const key = binding.shown.split(' ')[0] ?? '';
	return [
		span(` ${key}`, refused ? 'quiet' : 'key'),
		span(` ${typeof word === 'string' ? word : word(context)} `, refused ? 'quiet' : 'plain'),
	];
}

export function footerLine(frame: Frame): string {
	const { theme, width, state } = frame;
	const context = keyContext(state);
	let shown = bindingsOf(viewOf(state)).filter(
		({ footer }) => footer && (footer.when?.(context) ?? true),
	);
	const spans = () => shown.flatMap((binding) => entry(binding, context));
	while (spansWidth(spans()) > width) {
		const highest = Math.max(...shown.map(({ footer }) => footer?.rank ?? 0));
		if (highest === 0) break;
		shown = shown.filter(({ footer }) => footer?.rank !== highest);
	}
	return line(theme, width, spans());
}
