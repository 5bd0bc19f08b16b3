import { fitTo } from '../../terminal/text.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, type Span, span } from '../drawing/spans.ts';

/** Cells before what is said of something. */
export const labelWidth = 13;

/** A line of the overview: what it is about, and what there is to say of that. */
export function labelled(frame: Frame, label: string, spans: readonly Span[]): string {
	const { theme, width } = frame;
	return line(theme, width, [span(`   ${fitTo(label, labelWidth - 3)}`, 'quiet'), ...spans]);
}
