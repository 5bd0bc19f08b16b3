import { sides } from '../config/types.ts';
import { uninstallPair } from '../engine/install/installation.ts';
import { SyncError } from '../errors.ts';
import { plural } from '../text/words.ts';
import { type Command, worstExitCode } from './command.ts';
import { onEachPair, withConnections } from './install.ts';
import { selectPairs } from './pairs.ts';

export const uninstall: Command = {
	name: 'uninstall',
	words: '[pair…]',
	summary: 'drop the triggers on both ends',
	details: [
		'With --drop-log everything goes that is on record there: pending changes, conflicts, parked changes.',
	],
	flags: ['json', 'table', 'dropLog'],
	run: async (context) => {
		const { table, dropLog, json } = context.flags;
		if (table !== undefined && dropLog) {
			throw new SyncError('usage', '--table and --drop-log exclude each other', {
				hint: 'Without its change log no table can be captured: drop it with all triggers.',
			});
		}
		const { pairs } = await selectPairs(context, 'enabled');
		const { results, errors } = await onEachPair(pairs, (pair) =>
			withConnections(pair, (connections) =>
				uninstallPair(connections, pair, { table: table ?? null, dropLog }),
			),
		);
		if (json) {
			const document = { pairs: results.map(({ pair, result }) => ({ name: pair, ...result })) };
			context.json(document);
		} else {
			for (const { pair, result } of results) {
				for (const side of sides) {
					const { uninstalled, log_dropped } = result[side];
					context.out(
						`${pair}: ${side}: triggers of ${plural(uninstalled.length, 'table')} dropped${log_dropped ? ', change log dropped' : ''}`,
					);
				}
			}
		}
		for (const error of errors) context.err(error.lines());
		return worstExitCode(errors);
	},
};
