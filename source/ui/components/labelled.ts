import { fitTo } from '../../terminal/text.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, type Span, span } from '../drawing/spans.ts';

/** Width of the label column, in cells. */
export const labelWidth = 13;

/** A line of the overview: a label and its value. */
export function labelled(frame: Frame, label: string, spans: readonly Span[]): string {
	const { theme, width } = frame;
	return line(theme, width, [span(`   ${fitTo(label, labelWidth - 3)}`, 'quiet'), ...spans]);
}
