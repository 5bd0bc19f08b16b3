/** Keys of the screen itself: questions, help, quitting. */

import type { Binding } from './binding.ts';
import { atPair, everywhere } from './places.ts';
import { refuseStarter } from './refusals.ts';

export const screenKeys: readonly Binding[] = [
	{
		action: 'write_starter',
		keys: ['enter', 'w'],
		shown: 'Enter w',
		what: 'write a first configuration to fill in',
		views: ['setup'],
		footer: { word: 'write configuration', rank: 1 },
		refuse: refuseStarter,
	},
	{
		action: 'yes',
		keys: ['y'],
		shown: 'y',
		what: 'yes, do it',
		views: ['confirm'],
		footer: { word: 'yes', rank: 0 },
	},
	{
		action: 'no',
		keys: ['n', 'escape', 'enter', 'q'],
		shown: 'n Esc Enter',
		what: 'no, change nothing',
		views: ['confirm'],
		footer: { word: 'no', rank: 0 },
	},
	{
		action: 'close_help',
		keys: ['escape', '?', 'enter'],
		shown: 'Esc ?',
		what: 'close the help',
		views: ['help'],
		footer: { word: 'close', rank: 0 },
	},
	{
		action: 'redraw',
		keys: ['ctrl-l'],
		shown: 'Ctrl-L',
		what: 'redraw the screen',
		views: everywhere,
	},
	{
		action: 'suspend',
		keys: ['ctrl-z'],
		shown: 'Ctrl-Z',
		what: 'suspend to the shell; fg returns',
		views: everywhere,
	},
	{
		action: 'help',
		keys: ['?'],
		shown: '?',
		what: 'all keys of this view',
		views: ['setup', ...atPair],
		footer: { word: 'help', rank: 0 },
	},
	{
		action: 'quit',
		keys: ['q', 'ctrl-c'],
		shown: 'q Ctrl-C',
		what: 'quit after the current batch; twice: at once',
		views: ['setup', ...atPair, 'help'],
		footer: { word: 'quit', rank: 0 },
	},
	{
		// In these views q means no, or is a letter to type.
		action: 'quit',
		keys: ['ctrl-c'],
		shown: 'Ctrl-C',
		what: 'quit after the current batch; twice: at once',
		views: ['filter', 'ask', 'confirm'],
		footer: { word: 'quit', rank: 0 },
	},
];
