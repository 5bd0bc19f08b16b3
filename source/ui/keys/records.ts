/** Keys that act on one record: a node, a conflict, a parked change. */

import type { Binding } from './binding.ts';
import { refuseForget, refuseResolve, refuseRetry, refuseRetryAll } from './refusals.ts';

export const recordsKeys: readonly Binding[] = [
	{
		action: 'forget',
		keys: ['x'],
		shown: 'x',
		what: 'forget the selected node (asks first)',
		views: ['nodes'],
		footer: { word: 'forget', rank: 2, when: ({ node }) => node !== null },
		refuse: refuseForget,
	},
	{
		action: 'keep_local',
		keys: ['L'],
		shown: 'L',
		what: 'keep the local version on both sides (asks first)',
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
		what: 'keep the cloud version on both sides (asks first)',
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
		what: 'retry the selected parked change now',
		views: ['parked', 'row'],
		footer: { word: 'retry', rank: 2, when: ({ parked }) => parked !== null },
		refuse: refuseRetry,
	},
	{
		action: 'retry_all',
		keys: ['R'],
		shown: 'R',
		what: 'retry all parked changes of the pair now',
		views: ['parked'],
		footer: { word: 'all', rank: 4, when: ({ parked }) => parked !== null },
		refuse: refuseRetryAll,
	},
];
