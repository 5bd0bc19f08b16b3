/** A few minutes in one line: a sign a step, from nothing to the most. */

import type { Theme } from './theme.ts';

/**
 * The latest steps, as many as fit, at the right edge of `width` cells. A step of which nothing is
 * known is '?', and what was before the first one is blank.
 */
export function sparkline(
	{ glyphs }: Theme,
	values: readonly (number | null)[],
	width: number,
): string {
	const levels = [...glyphs.levels];
	const shown = values.slice(-width);
	const most = mostOf(shown) ?? 0;
	const signs = shown.map((value) => {
		if (value === null) return glyphs.unknown;
		if (value === 0 || most === 0) return levels[0];
		// The least of something differs from nothing.
		const level = Math.ceil((value / most) * (levels.length - 1));
		return levels[Math.min(levels.length - 1, Math.max(1, level))];
	});
	return signs.join('').padStart(width);
}

/** The most of the known values; null where none is known. */
export function mostOf(values: readonly (number | null)[]): number | null {
	const known = values.filter((value) => value !== null);
	return known.length === 0 ? null : Math.max(...known);
}
