/** Keys that move the cursor. */

import type { Binding } from './binding.ts';
import { scrolled } from './places.ts';

export const movingKeys: readonly Binding[] = [
	{
		action: 'up',
		keys: ['up', 'k'],
		shown: '↑ k',
		what: 'one row up',
		views: scrolled,
	},
	{
		action: 'down',
		keys: ['down', 'j'],
		shown: '↓ j',
		what: 'one row down',
		views: scrolled,
	},
	{
		action: 'page_up',
		keys: ['pageup', 'ctrl-b'],
		shown: 'PgUp',
		what: 'one page up',
		views: scrolled,
	},
	{
		action: 'page_down',
		keys: ['pagedown', 'ctrl-f'],
		shown: 'PgDn',
		what: 'one page down',
		views: scrolled,
	},
	{
		action: 'first',
		keys: ['g', 'home'],
		shown: 'g Home',
		what: 'first row',
		views: scrolled,
	},
	{
		action: 'last',
		keys: ['G', 'end'],
		shown: 'G End',
		what: 'last row',
		views: scrolled,
	},
];
