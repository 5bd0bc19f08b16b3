import { useEffect, useRef } from 'react';
import { topAmong, type WindowBefore, windowTop } from '../lists/window.ts';
import { useControl } from './use-control.ts';

/**
 * The first row to show of a list, and the list's height told to the keys that move by pages.
 * @param keys of the rows, where other ones may be listed from one moment to the next: what is on
 * screen then stays where it is
 */
export function useWindow(
	list: string,
	total: number,
	height: number,
	selected: number,
	keys?: readonly string[],
): number {
	const control = useControl();
	const before = useRef<WindowBefore>({ list, top: 0, offset: 0 });
	const last: WindowBefore =
		before.current.list === list ? before.current : { list, top: 0, offset: 0 };
	const top = windowTop(total, height, selected, keys ? topAmong(keys, selected, last) : last.top);
	useEffect(() => {
		const offset = selected - top;
		before.current = { list, top, offset, topKey: keys?.[top], selectedKey: keys?.[selected] };
		control.shows(list, height);
		control.shows(`${list} lines`, total);
	});
	return top;
}
