/** Asks for the key of a row, of any that a table has. */

import { keyContext } from '../lists/selection.ts';
import type { ScreenStore } from '../state/state.ts';

/** Characters of a key that may be typed or pasted. */
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
