/** Keys of the prompt for a row's key. */

import type { Binding } from './binding.ts';
import { refuseAskForRow } from './refusals.ts';

export const askingKeys: readonly Binding[] = [
	{
		action: 'ask_for_row',
		keys: ['o'],
		shown: 'o',
		what: 'open any row by its key, with its history',
		views: ['tables'],
		footer: { word: 'row', rank: 5 },
		refuse: refuseAskForRow,
	},
	{
		action: 'look_at_row',
		keys: ['enter'],
		shown: 'Enter',
		what: 'open the row',
		views: ['ask'],
		footer: { word: 'opens the row', rank: 0 },
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
		what: 'delete the last character',
		views: ['ask'],
	},
];
