/** The part of a long list that is on screen. */

/**
 * The first row to show of `total`, so that the selected one is in view; it moves no further from
 * where it was than it must.
 */
export function windowTop(total: number, height: number, selected: number, before: number): number {
	const lowest = Math.max(0, total - height);
	const nearest = Math.min(Math.max(before, selected - height + 1), selected);
	return Math.min(lowest, Math.max(0, nearest));
}
