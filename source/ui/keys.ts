/**
 * Every key of the screen, once. The dispatcher, the footer, the help and the readme's table are
 * all made from this list.
 */

import {
	refuseForce,
	refusePause,
	refuseStarter,
	refuseTriggers,
	refuseWithoutPair,
} from './refusals.ts';
import type { KeyContext, View } from './state.ts';

export type ActionId =
	| 'up'
	| 'down'
	| 'page_up'
	| 'page_down'
	| 'first'
	| 'last'
	| 'open'
	| 'back'
	| 'next_tab'
	| 'changes_tab'
	| 'tables_tab'
	| 'left_list'
	| 'right_list'
	| 'force_both'
	| 'force_to_cloud'
	| 'force_to_local'
	| 'install'
	| 'uninstall'
	| 'pause'
	| 'write_starter'
	| 'help'
	| 'close_help'
	| 'yes'
	| 'no'
	| 'redraw'
	| 'suspend'
	| 'quit';

export interface Binding {
	action: ActionId;
	/** As `keyNames` gives them. */
	keys: readonly string[];
	/** The keys as help shows them. */
	shown: string;
	/** What it does, for help and readme. */
	what: string;
	views: readonly View[];
	/** A word for the footer; where it is narrow the highest rank goes first. */
	footer?: { word: string | ((context: KeyContext) => string); rank: number };
	/** Says why the key cannot act now; null when it can. */
	refuse?: (context: KeyContext) => string | null;
}

const lists: readonly View[] = ['pairs', 'changes', 'tables'];
const pairViews: readonly View[] = ['changes', 'tables'];
const everywhere: readonly View[] = ['setup', 'pairs', 'changes', 'tables', 'help', 'confirm'];

export const bindings: readonly Binding[] = [
	{
		action: 'up',
		keys: ['up', 'k'],
		shown: '↑ k',
		what: 'one row up',
		views: [...lists, 'help'],
	},
	{
		action: 'down',
		keys: ['down', 'j'],
		shown: '↓ j',
		what: 'one row down',
		views: [...lists, 'help'],
	},
	{
		action: 'page_up',
		keys: ['pageup', 'ctrl-b'],
		shown: 'PgUp',
		what: 'one page up',
		views: [...lists, 'help'],
	},
	{
		action: 'page_down',
		keys: ['pagedown', 'ctrl-f'],
		shown: 'PgDn',
		what: 'one page down',
		views: [...lists, 'help'],
	},
	{
		action: 'first',
		keys: ['g', 'home'],
		shown: 'g Home',
		what: 'first row',
		views: [...lists, 'help'],
	},
	{
		action: 'last',
		keys: ['G', 'end'],
		shown: 'G End',
		what: 'last row',
		views: [...lists, 'help'],
	},
	{
		action: 'open',
		keys: ['enter'],
		shown: 'Enter',
		what: 'open the pair: pending changes and tables',
		views: ['pairs'],
		footer: { word: 'open', rank: 1 },
		refuse: refuseWithoutPair,
	},
	{
		action: 'back',
		keys: ['escape'],
		shown: 'Esc',
		what: 'back to the pairs',
		views: pairViews,
		footer: { word: 'back', rank: 1 },
	},
	{
		action: 'next_tab',
		keys: ['tab', 'shift-tab'],
		shown: 'Tab',
		what: 'the other view of the pair',
		views: pairViews,
		footer: { word: 'view', rank: 3 },
	},
	{
		action: 'changes_tab',
		keys: ['1'],
		shown: '1',
		what: 'pending changes',
		views: pairViews,
	},
	{
		action: 'tables_tab',
		keys: ['2'],
		shown: '2',
		what: 'tables and their triggers',
		views: pairViews,
	},
	{
		action: 'left_list',
		keys: ['left', 'h'],
		shown: '← h',
		what: 'to the changes from local to cloud',
		views: ['changes'],
	},
	{
		action: 'right_list',
		keys: ['right', 'l'],
		shown: '→ l',
		what: 'to the changes from cloud to local',
		views: ['changes'],
	},
	{
		action: 'force_both',
		keys: ['f'],
		shown: 'f',
		what: 'force a batch both ways now',
		views: lists,
		footer: { word: 'force', rank: 2 },
		refuse: refuseForce,
	},
	{
		action: 'force_to_cloud',
		keys: ['>'],
		shown: '>',
		what: 'force a batch from local to cloud now',
		views: lists,
		footer: { word: 'cloud', rank: 4 },
		refuse: refuseForce,
	},
	{
		action: 'force_to_local',
		keys: ['<'],
		shown: '<',
		what: 'force a batch from cloud to local now',
		views: lists,
		footer: { word: 'local', rank: 5 },
		refuse: refuseForce,
	},
	{
		action: 'install',
		keys: ['i'],
		shown: 'i',
		what: 'install missing and stale triggers',
		views: ['pairs', 'changes'],
		footer: { word: 'install', rank: 6 },
		refuse: refuseTriggers,
	},
	{
		action: 'install',
		keys: ['i'],
		shown: 'i',
		what: "install the selected table's triggers",
		views: ['tables'],
		footer: { word: 'install', rank: 6 },
		refuse: refuseTriggers,
	},
	{
		action: 'uninstall',
		keys: ['u'],
		shown: 'u',
		what: 'uninstall all triggers of the pair; asks',
		views: ['pairs', 'changes'],
		footer: { word: 'uninstall', rank: 8 },
		refuse: refuseTriggers,
	},
	{
		action: 'uninstall',
		keys: ['u'],
		shown: 'u',
		what: "uninstall the selected table's triggers; asks",
		views: ['tables'],
		footer: { word: 'uninstall', rank: 8 },
		refuse: refuseTriggers,
	},
	{
		action: 'pause',
		keys: ['p'],
		shown: 'p',
		what: "pause or resume the pair's scheduled runs",
		views: lists,
		footer: {
			word: ({ pair }) => (pair?.state === 'paused' ? 'resume' : 'pause'),
			rank: 7,
		},
		refuse: refusePause,
	},
	{
		action: 'write_starter',
		keys: ['enter', 'w'],
		shown: 'Enter w',
		what: 'write a first configuration to be filled in',
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
		what: 'no, leave everything as it is',
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
		what: 'draw the screen anew',
		views: everywhere,
	},
	{
		action: 'suspend',
		keys: ['ctrl-z'],
		shown: 'Ctrl-Z',
		what: 'back to the shell; fg returns',
		views: everywhere,
	},
	{
		action: 'help',
		keys: ['?'],
		shown: '?',
		what: 'every key of the view',
		views: ['setup', ...lists],
		footer: { word: 'help', rank: 0 },
	},
	{
		action: 'quit',
		keys: ['q', 'ctrl-c'],
		shown: 'q Ctrl-C',
		what: 'quit after the batch in hand; again: at once',
		views: ['setup', 'pairs', 'changes', 'tables', 'help'],
		footer: { word: 'quit', rank: 0 },
	},
	{
		// There q is a way to say no.
		action: 'quit',
		keys: ['ctrl-c'],
		shown: 'Ctrl-C',
		what: 'quit after the batch in hand; again: at once',
		views: ['confirm'],
		footer: { word: 'quit', rank: 0 },
	},
];

/** The bindings that work in a view, in the order of the help. */
export function bindingsOf(view: View): Binding[] {
	return bindings.filter(({ views }) => views.includes(view));
}

/** What a key does in a view; the first binding that names it wins. */
export function bindingFor(view: View, key: string): Binding | undefined {
	return bindings.find(({ keys, views }) => views.includes(view) && keys.includes(key));
}
