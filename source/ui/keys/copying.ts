/** Keys that copy to the clipboard. */

import type { Binding } from './binding.ts';
import { atPair } from './places.ts';
import { refuseCopy, refuseCopyKey } from './refusals.ts';

export const copyingKeys: readonly Binding[] = [
	{
		action: 'copy',
		keys: ['y'],
		shown: 'y',
		what: 'copy the key, the error or the fix',
		views: atPair,
		footer: { word: 'copy', rank: 12 },
		refuse: refuseCopy,
	},
	{
		action: 'copy_key',
		keys: ['Y'],
		shown: 'Y',
		what: 'copy the key',
		views: ['parked', 'row'],
		refuse: refuseCopyKey,
	},
];
