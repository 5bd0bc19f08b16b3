/** Keys of a list's filter. */

import type { Binding } from './binding.ts';
import { lists } from './places.ts';

export const filteringKeys: readonly Binding[] = [
	{
		action: 'filter',
		keys: ['/'],
		shown: '/',
		what: 'filter',
		views: [...lists, 'help'],
		footer: { word: 'filter', rank: 4 },
	},
	{
		action: 'up',
		keys: ['up'],
		shown: '↑',
		what: 'one row up',
		views: ['filter'],
	},
	{
		action: 'down',
		keys: ['down'],
		shown: '↓',
		what: 'one row down',
		views: ['filter'],
	},
	{
		action: 'keep_filter',
		keys: ['enter'],
		shown: 'Enter',
		what: 'keep the filter',
		views: ['filter'],
		footer: { word: 'keeps the filter', rank: 0 },
	},
	{
		action: 'clear_filter',
		keys: ['escape'],
		shown: 'Esc',
		what: 'clear the filter',
		views: ['filter'],
		footer: { word: 'clears the filter', rank: 0 },
	},
	{
		action: 'erase',
		keys: ['backspace', 'delete'],
		shown: 'Backspace',
		what: 'delete the last character',
		views: ['filter'],
	},
];
