import { useInput } from 'ink';
import { useCallback } from 'react';
import { keyNames } from '../key-names.ts';

/** Calls back with the name of every key pressed. */
export function useKeys(press: (key: string) => void): void {
	useInput(
		useCallback<Parameters<typeof useInput>[0]>(
			(input, key) => {
				for (const name of keyNames(input, key)) press(name);
			},
			[press],
		),
	);
}
