/** The last line of the screen: the keys of the view. Keys that have no effect now are dimmed. */

import type { Frame } from '../drawing/frame.ts';
import { line, type Span, span, spansWidth } from '../drawing/spans.ts';
import type { Binding } from '../keys/binding.ts';
import { bindingsOf } from '../keys/bindings.ts';
import { keyContext } from '../lists/selection.ts';
import type { KeyContext } from '../state/key-context.ts';
import { viewOf } from '../state/state.ts';

function footerEntry(binding: Binding, context: KeyContext, brief: boolean): Span[] {
	if (!binding.footer) return [];
	const { word, short } = binding.footer;
	const whole = typeof word === 'string' ? word : word(context);
	const refused = binding.refuse?.(context) != null;
	const key = binding.shown.split(' ')[0] ?? '';
	return [
		span(` ${key}`, refused ? 'quiet' : 'key'),
		span(` ${brief ? (short ?? whole) : whole} `, refused ? 'quiet' : 'plain'),
	];
}

export function footerLine(frame: Frame): string {
	const { theme, width, state } = frame;
	const context = keyContext(state);
	let shown = bindingsOf(viewOf(state)).filter(
		({ footer }) => footer && (footer.when?.(context) ?? true),
	);
	let brief = false;
	const spans = () => shown.flatMap((binding) => footerEntry(binding, context, brief));
	while (spansWidth(spans()) > width) {
		// Shorten the words before dropping a key of this view; drop keys common to all views first.
		if (!brief && shown.every(({ footer }) => (footer?.rank ?? 0) <= 2)) {
			brief = true;
			continue;
		}
		const highest = Math.max(...shown.map(({ footer }) => footer?.rank ?? 0));
		if (highest === 0) break;
		shown = shown.filter(({ footer }) => footer?.rank !== highest);
	}
	return line(theme, width, spans());
}
