/**
 * Every key of the screen, once. The dispatcher, the footer, the help and the readme's table are
 * all made from this list.
 */

import {
	refuseBackFromPairs,
	refuseCopy,
	refuseCopyKey,
	refuseDropLog,
	refuseForce,
	refuseForget,
	refuseOpen,
	refusePause,
	refuseReread,
	refuseResolve,
	refuseRetry,
	refuseRetryAll,
	refuseStarter,
	refuseTriggers,
	refuseWithoutPair,
} from './refusals.ts';
import type { KeyContext } from './selection.ts';
import { tabs, type View } from './state.ts';

export type ActionId =
	| 'up'
	| 'down'
	| 'page_up'
	| 'page_down'
	| 'first'
	| 'last'
	| 'open'
	| 'changes_of_table'
	| 'nodes'
	| 'inspect'
	| 'reread'
	| 'back'
	| 'next_tab'
	| 'previous_tab'
	| 'tab'
	| 'left_list'
	| 'right_list'
	| 'filter'
	| 'keep_filter'
	| 'clear_filter'
	| 'erase'
	| 'force_both'
	| 'force_to_cloud'
	| 'force_to_local'
	| 'install'
	| 'uninstall'
	| 'drop_log'
	| 'forget'
	| 'retry'
	| 'retry_all'
	| 'keep_local'
	| 'keep_cloud'
	| 'pause'
	| 'copy'
	| 'copy_key'
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
	footer?: {
		word: string | ((context: KeyContext) => string);
		rank: number;
		/** Where the footer is too narrow for all words. */
		short?: string;
		/** Where it is of no use it takes no room. */
		when?: (context: KeyContext) => boolean;
	};
	/** Says why the key cannot act now; null when it can. */
	refuse?: (context: KeyContext) => string | null;
}

const lists: readonly View[] = [
	'pairs',
	'nodes',
	'changes',
	'tables',
	'conflicts',
	'parked',
	'log',
];
const ofPair: readonly View[] = [...tabs, 'nodes', 'row'];
const atPair: readonly View[] = ['pairs', ...ofPair];
const allOfPair: readonly View[] = ['pairs', ...tabs.filter((tab) => tab !== 'tables')];
const retriesAll: readonly View[] = ['pairs', ...tabs.filter((tab) => tab !== 'parked')];
const scrolled: readonly View[] = [...lists, 'row', 'help'];
const everywhere: readonly View[] = ['setup', ...atPair, 'help', 'filter', 'confirm'];

export const bindings: readonly Binding[] = [
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
	{
		action: 'open',
		keys: ['enter'],
		shown: 'Enter',
		what: 'open the pair',
		views: ['pairs'],
		footer: { word: 'open', rank: 1 },
		refuse: refuseWithoutPair,
	},
	{
		action: 'changes_of_table',
		keys: ['enter'],
		shown: 'Enter',
		what: 'the pending changes of the selected table',
		views: ['tables'],
		footer: { word: 'changes', rank: 1 },
		refuse: refuseOpen,
	},
	{
		action: 'inspect',
		keys: ['enter'],
		shown: 'Enter',
		what: "both sides' values of the row",
		views: ['changes', 'conflicts', 'parked'],
		footer: { word: 'row', rank: 1 },
		refuse: refuseOpen,
	},
	{
		action: 'inspect',
		keys: ['enter'],
		shown: 'Enter',
		what: 'read the whole line',
		views: ['log'],
		footer: { word: 'whole line', rank: 1 },
		refuse: refuseOpen,
	},
	{
		action: 'reread',
		keys: ['enter'],
		shown: 'Enter',
		what: 'read the row anew',
		views: ['row'],
		footer: { word: 'read anew', rank: 6, when: ({ notice }) => notice === null },
		refuse: refuseReread,
	},
	{
		action: 'back',
		keys: ['escape'],
		shown: 'Esc',
		what: 'clear the filter',
		views: ['pairs'],
		refuse: refuseBackFromPairs,
	},
	{
		action: 'back',
		keys: ['escape'],
		shown: 'Esc',
		what: 'clear the filter, or back to the pairs',
		views: tabs,
		footer: { word: 'back', rank: 1 },
	},
	{
		action: 'back',
		keys: ['escape'],
		shown: 'Esc',
		what: 'back to the list',
		views: ['row'],
		footer: { word: 'back', rank: 0 },
	},
	{
		action: 'back',
		keys: ['escape'],
		shown: 'Esc',
		what: 'clear the filter, or back to the overview',
		views: ['nodes'],
		footer: { word: 'back', rank: 1 },
	},
	{
		action: 'next_tab',
		keys: ['tab'],
		shown: 'Tab',
		what: 'the next view of the pair',
		views: ofPair,
		footer: { word: 'view', rank: 6 },
	},
	{
		action: 'previous_tab',
		keys: ['shift-tab'],
		shown: 'Shift-Tab',
		what: 'the view before',
		views: ofPair,
	},
	{
		action: 'tab',
		keys: ['1', '2', '3', '4', '5', '6'],
		shown: '1 2 3 4 5 6',
		what: 'overview changes tables conflicts parked log',
		views: ofPair,
	},
	{
		action: 'nodes',
		keys: ['n'],
		shown: 'n',
		what: 'the nodes that the change logs are kept for',
		views: ['overview'],
		footer: { word: 'nodes', rank: 4 },
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
		action: 'filter',
		keys: ['/'],
		shown: '/',
		what: 'show only what holds some words',
		views: [...lists, 'help'],
		footer: { word: 'filter', rank: 3 },
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
		footer: { word: 'clears it', rank: 0 },
	},
	{
		action: 'erase',
		keys: ['backspace', 'delete'],
		shown: 'Backspace',
		what: 'take the last sign of the filter back',
		views: ['filter'],
	},
	{
		action: 'forget',
		keys: ['x'],
		shown: 'x',
		what: 'forget the selected node: keep no changes for it; asks',
		views: ['nodes'],
		footer: { word: 'forget', rank: 2, when: ({ node }) => node !== null },
		refuse: refuseForget,
	},
	{
		action: 'keep_local',
		keys: ['L'],
		shown: 'L',
		what: 'keep the local version on both sides; asks',
		views: ['conflicts', 'row'],
		footer: {
			word: 'keep local',
			short: 'local',
			rank: 2,
			when: ({ conflict }) => conflict?.kept === null,
		},
		refuse: refuseResolve,
	},
	{
		action: 'keep_cloud',
		keys: ['C'],
		shown: 'C',
		what: 'keep the cloud version on both sides; asks',
		views: ['conflicts', 'row'],
		footer: {
			word: 'keep cloud',
			short: 'cloud',
			rank: 2,
			when: ({ conflict }) => conflict?.kept === null,
		},
		refuse: refuseResolve,
	},
	{
		action: 'retry',
		keys: ['r'],
		shown: 'r',
		what: 'try the selected parked change now',
		views: ['parked', 'row'],
		footer: { word: 'retry', rank: 2, when: ({ parked }) => parked !== null },
		refuse: refuseRetry,
	},
	{
		action: 'retry_all',
		keys: ['R'],
		shown: 'R',
		what: 'try all parked changes of the pair now',
		views: ['parked'],
		footer: { word: 'all', rank: 4, when: ({ parked }) => parked !== null },
		refuse: refuseRetryAll,
	},
	{
		action: 'force_both',
		keys: ['f'],
		shown: 'f',
		what: 'force a batch both ways now',
		views: atPair,
		footer: { word: 'force', rank: 5 },
		refuse: refuseForce('force both ways'),
	},
	{
		action: 'force_to_cloud',
		keys: ['>'],
		shown: '>',
		what: 'force a batch from local to cloud now',
		views: atPair,
		footer: { word: 'cloud', rank: 7 },
		refuse: refuseForce('force to cloud'),
	},
	{
		action: 'force_to_local',
		keys: ['<'],
		shown: '<',
		what: 'force a batch from cloud to local now',
		views: atPair,
		footer: { word: 'local', rank: 7 },
		refuse: refuseForce('force to local'),
	},
	{
		action: 'install',
		keys: ['i'],
		shown: 'i',
		what: 'install missing and stale triggers',
		views: allOfPair,
		footer: { word: 'install', rank: 9 },
		refuse: refuseTriggers('install'),
	},
	{
		action: 'install',
		keys: ['i'],
		shown: 'i',
		what: "install this table's triggers",
		views: ['tables'],
		footer: { word: 'install', rank: 6 },
		refuse: refuseTriggers('install'),
	},
	{
		action: 'uninstall',
		keys: ['u'],
		shown: 'u',
		what: 'uninstall all triggers of the pair; asks',
		views: allOfPair,
		footer: { word: 'uninstall', rank: 11 },
		refuse: refuseTriggers('uninstall'),
	},
	{
		action: 'uninstall',
		keys: ['u'],
		shown: 'u',
		what: "uninstall this table's triggers; asks",
		views: ['tables'],
		footer: { word: 'uninstall', rank: 6 },
		refuse: refuseTriggers('uninstall'),
	},
	{
		action: 'drop_log',
		keys: ['U'],
		shown: 'U',
		what: 'uninstall everything, drop the change log and all records; asks',
		views: ['pairs', 'overview'],
		refuse: refuseDropLog,
	},
	{
		action: 'pause',
		keys: ['p'],
		shown: 'p',
		what: "pause or resume the pair's scheduled runs",
		views: atPair,
		footer: { word: ({ pair }) => (pair?.state === 'paused' ? 'resume' : 'pause'), rank: 10 },
		refuse: refusePause,
	},
	{
		action: 'retry_all',
		keys: ['r'],
		shown: 'r',
		what: 'try all parked changes of the pair now',
		views: retriesAll,
		refuse: refuseRetryAll,
	},
	{
		action: 'copy',
		keys: ['y'],
		shown: 'y',
		what: 'copy the key, the error or the mending SQL',
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
		views: ['setup', ...atPair],
		footer: { word: 'help', rank: 0 },
	},
	{
		action: 'quit',
		keys: ['q', 'ctrl-c'],
		shown: 'q Ctrl-C',
		what: 'quit after the batch in hand; again: at once',
		views: ['setup', ...atPair, 'help'],
		footer: { word: 'quit', rank: 0 },
	},
	{
		// There q is a way to say no, or a letter.
		action: 'quit',
		keys: ['ctrl-c'],
		shown: 'Ctrl-C',
		what: 'quit after the batch in hand; again: at once',
		views: ['filter', 'confirm'],
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
