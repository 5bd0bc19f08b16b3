import { useInput } from 'ink';
import { useCallback, useRef } from 'react';
import { keyNames } from '../keys/key-names.ts';

/** What the terminal puts around a pasted text (bracketed paste), the Esc taken off by Ink. */
const pasteStarts = '[200~';
const pasteEnds = '[201~';

/** Calls back with the name of every key pressed. A pasted text is no keys. */
export function useKeys(press: (key: string, alone: boolean) => void): void {
	const pasting = useRef(false);
	useInput(
		useCallback<Parameters<typeof useInput>[0]>(
			(input, key) => {
				if (input === pasteStarts || input === pasteEnds) {
					pasting.current = input === pasteStarts;
					return;
				}
				const names = keyNames(input, key);
				// A way out, should the end of a paste get lost.
				if (names.includes('ctrl-c')) pasting.current = false;
				if (pasting.current) return;
				for (const name of names) press(name, names.length === 1);
			},
			[press],
		),
	);
}
