import { retryParked } from '../engine/records/parked.ts';
import { plural } from '../text/words.ts';
import { type Command, worstExitCode } from './command.ts';
import { onEachPair, withConnections } from './install.ts';
import { selectPairs } from './pairs.ts';

export const retry: Command = {
	name: 'retry',
	words: '[pair…]',
	summary: 'put parked changes back in line: the next run tries them',
	flags: [],
	run: async (context) => {
		const { pairs } = await selectPairs(context, 'enabled');
		const { results, errors } = await onEachPair(pairs, (pair) =>
			withConnections(pair, (connections) => retryParked(connections, pair)),
		);
		for (const { pair, result } of results) {
			context.out(`${pair}: ${plural(result, 'change')} back in line`);
		}
		for (const error of errors) context.err(error.lines());
		return worstExitCode(errors);
	},
};
