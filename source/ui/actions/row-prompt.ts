/** The prompt for a row's primary key. The row need not be in any list. */

import { keyContext } from '../lists/selection.ts';
import type { ScreenStore } from '../state/state.ts';

/** Longest key that can be typed or pasted, in characters. */
const longestKey = 400;

export function createAsking(store: ScreenStore) {
	function start(): void {
		const { table } = keyContext(store.getState());
		if (table) store.setState({ asking: { table: table.name, key: '' } });
	}

	function setKey(change: (key: string) => string): void {
		const { asking } = store.getState();
		if (asking) store.setState({ asking: { ...asking, key: change(asking.key) } });
	}

	return {
		start,
		type: (sign: string) => setKey((key) => (key + sign).slice(0, longestKey)),
		erase: () => setKey((key) => [...key].slice(0, -1).join('')),
		leave: () => store.setState({ asking: null }),
	};
}
