import { forgetPeer, forgottenText } from '../engine/monitor/log-state.ts';
import { SyncError } from '../errors.ts';
import { type Command, exitCode } from './command.ts';
import { withConnections } from './install.ts';
import { selectPairs } from './pairs.ts';

export const forget: Command = {
	name: 'forget',
	words: 'PAIR NODE',
	summary: 'no longer keep changes for a node that is gone for good',
	details: ['Its id is free for another database then. `status` lists the nodes.'],
	flags: [],
	run: async (context) => {
		const [name, node, ...more] = context.words;
		if (name === undefined || node === undefined || more.length > 0) {
			throw new SyncError('usage', 'forget takes one pair and the id of one node', {
				hint: 'mysql-sync-tui status lists the nodes that the logs are kept for.',
			});
		}
		const { pairs } = await selectPairs({ ...context, words: [name] }, 'enabled');
		const [pair] = pairs;
		if (!pair) throw new SyncError('usage', `there is no pair named ${name}`);
		const known = await withConnections(pair, (connections) => forgetPeer(connections, pair, node));
		context.out(`${name}: ${forgottenText(node, known)}`);
		return exitCode.done;
	},
};
