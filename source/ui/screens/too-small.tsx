import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, span } from '../drawing/spans.ts';
import type { Size } from '../state/state.ts';

/** The smallest terminal that the views fit. */
const smallest: Size = { columns: 60, rows: 15 };

export function fitsScreen({ columns, rows }: Size): boolean {
	return columns >= smallest.columns && rows >= smallest.rows;
}

/** Asks for a larger terminal; the keys keep working. */
export function TooSmallScreen({ frame }: { frame: Frame }) {
	const { theme, width, state } = frame;
	const { columns, rows } = state.size;
	const lines = [
		[span('This terminal is too small.', 'strong')],
		[span(`Needed: ${smallest.columns}x${smallest.rows}`)],
		[span(`Now: ${columns}x${rows}`)],
		[span('q', 'key'), span(' quits')],
	].map((spans) => line(theme, width, spans));
	return <Lines width={width} height={Math.min(rows, lines.length)} lines={lines} />;
}
