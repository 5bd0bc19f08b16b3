import { useInput } from 'ink';
import { useCallback, useRef } from 'react';
import { keyNames } from '../keys/key-names.ts';

/** The markers around pasted text (bracketed paste), with the Esc that Ink strips. */
const pasteStarts = '[200~';
const pasteEnds = '[201~';

/** Calls `press` with the name of each key. Pasted text is ignored. */
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
				// Recovers if the end marker of a paste was lost.
				if (names.includes('ctrl-c')) pasting.current = false;
				if (pasting.current) return;
				for (const name of names) press(name, names.length === 1);
			},
			[press],
		),
	);
}
