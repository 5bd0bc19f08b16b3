/** The last few minutes in one line, one character per step, scaled to the maximum. */

import type { Theme } from './theme.ts';

/**
 * The latest steps that fit, right-aligned in `width` cells. An unknown step
 * is `?`; before the first step it is blank.
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
		// Any value above zero is drawn higher than zero.
		const level = Math.ceil((value / most) * (levels.length - 1));
		return levels[Math.min(levels.length - 1, Math.max(1, level))];
	});
	return signs.join('').padStart(width);
}

/** The maximum of the known values; null if none is known. */
export function mostOf(values: readonly (number | null)[]): number | null {
	const known = values.filter((value) => value !== null);
	return known.length === 0 ? null : Math.max(...known);
}
