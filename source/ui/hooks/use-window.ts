import { useEffect, useRef } from 'react';
import { windowTop } from '../window.ts';
import { useControl } from './use-control.ts';

/** The first row to show of a list, and the list's height told to the keys that move by pages. */
export function useWindow(list: string, total: number, height: number, selected: number): number {
	const control = useControl();
	const before = useRef({ list, top: 0 });
	const top = windowTop(
		total,
		height,
		selected,
		before.current.list === list ? before.current.top : 0,
	);
	useEffect(() => {
		before.current = { list, top };
		control.shows(list, height);
		control.shows(`${list} lines`, total);
	});
	return top;
}
