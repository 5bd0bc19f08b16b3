/** What is asked of one thing on record: a node, a conflict, a parked change. */

import type { Binding } from './binding.ts';
import { refuseForget, refuseResolve, refuseRetry, refuseRetryAll } from './refusals.ts';

export const recordsKeys: readonly Binding[] = [
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
];
