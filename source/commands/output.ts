import stringWidth from 'string-width';
import { visible } from '../text/visible.ts';

/** Lines with aligned columns, the heads first; what a cell holds is made visible before it is measured. */
export function plainTable(heads: readonly string[], rows: readonly string[][]): string[] {
	const lines = [heads, ...rows].map((cells) => cells.map(visible));
	const widths = heads.map((_, index) =>
		Math.max(...lines.map((line) => stringWidth(line[index] ?? ''))),
	);
	return lines.map((line) =>
		line
			.map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - stringWidth(cell)))
			.join('  ')
			.trimEnd(),
	);
}

/** A message of several lines as one, for a log. */
export function joinedLines(text: string): string {
	return text.split(/\s*\n\s*/).join(' — ');
}
