/** Groups of views that share keys. */

import { tabs, type View } from '../state/state.ts';

export const lists: readonly View[] = [
	'pairs',
	'nodes',
	'changes',
	'tables',
	'conflicts',
	'parked',
	'log',
];
export const ofPair: readonly View[] = [...tabs, 'nodes', 'row'];
export const atPair: readonly View[] = ['pairs', ...ofPair];
export const allOfPair: readonly View[] = ['pairs', ...tabs.filter((tab) => tab !== 'tables')];
export const retriesAll: readonly View[] = ['pairs', ...tabs.filter((tab) => tab !== 'parked')];
export const scrolled: readonly View[] = [...lists, 'row', 'help'];
export const everywhere: readonly View[] = ['setup', ...atPair, 'help', 'filter', 'ask', 'confirm'];
