/** The visible part of a long list. */

/** The first visible row of `total`, moved just far enough to keep the selected row visible. */
export function windowTop(total: number, height: number, selected: number, before: number): number {
	const lowest = Math.max(0, total - height);
	const nearest = Math.min(Math.max(before, selected - height + 1), selected);
	return Math.min(lowest, Math.max(0, nearest));
}

/** The window as it was last drawn. */
export interface WindowBefore {
	list: string;
	top: number;
	/** Rows between the first and the selected one. */
	offset: number;
	topKey?: string | undefined;
	selectedKey?: string | undefined;
}

/** The first row's place among rows that may have changed. */
export function topAmong(keys: readonly string[], selected: number, before: WindowBefore): number {
	const { top, offset, topKey, selectedKey } = before;
	const found = topKey === undefined ? -1 : keys.indexOf(topKey);
	if (found >= 0) return found;
	return selectedKey !== undefined && keys[selected] === selectedKey ? selected - offset : top;
}
