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

/** How a window stood when it was last drawn. */
export interface WindowBefore {
	list: string;
	top: number;
	/** Rows from the first one to the selected one. */
	offset: number;
	topKey?: string | undefined;
	selectedKey?: string | undefined;
}

/** Where the first row of a window is among rows that may be others than before. */
export function topAmong(keys: readonly string[], selected: number, before: WindowBefore): number {
	const { top, offset, topKey, selectedKey } = before;
	const found = topKey === undefined ? -1 : keys.indexOf(topKey);
	if (found >= 0) return found;
	return selectedKey !== undefined && keys[selected] === selectedKey ? selected - offset : top;
}
