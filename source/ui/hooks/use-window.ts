import { useEffect, useRef } from 'react';
import { topAmong, type WindowBefore, windowTop } from '../lists/window.ts';
import { useControl } from './use-control.ts';

/**
 * The first visible row of a list. Reports the list's height to the paging keys.
 * @param keys the rows' keys, for a list whose rows change while it is open:
 * the visible rows then keep their place
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
