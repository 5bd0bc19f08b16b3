/** Any row of a table, by its key. */

import type { Binding } from './binding.ts';
import { refuseAskForRow } from './refusals.ts';

export const askingKeys: readonly Binding[] = [
	{
		action: 'ask_for_row',
		keys: ['o'],
		shown: 'o',
		what: 'look at any row by its key, and its history',
		views: ['tables'],
		footer: { word: 'row', rank: 5 },
		refuse: refuseAskForRow,
	},
	{
		action: 'look_at_row',
		keys: ['enter'],
		shown: 'Enter',
		what: 'look at the row',
		views: ['ask'],
		footer: { word: 'looks at the row', rank: 0 },
	},
	{
		action: 'leave_asking',
		keys: ['escape'],
		shown: 'Esc',
		what: 'back to the tables',
		views: ['ask'],
		footer: { word: 'back', rank: 0 },
	},
	{
		action: 'erase_of_key',
		keys: ['backspace', 'delete'],
		shown: 'Backspace',
		what: 'take the last sign of the key back',
		views: ['ask'],
	},
];
