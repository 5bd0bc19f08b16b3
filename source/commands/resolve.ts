import type { Side } from '../config/types.ts';
import { directions } from '../config/types.ts';
import { decideConflict } from '../engine/records/conflicts.ts';
import { syncPair } from '../engine/run/sync-pair.ts';
import { SyncError } from '../errors.ts';
import { type Command, exitCode, worstExitCode } from './command.ts';
import { withConnections } from './install.ts';
import { selectPairs } from './pairs.ts';

export const resolve: Command = {
	name: 'resolve',
	words: 'PAIR ID',
	summary: 'decide a conflict: the version of that side goes to both',
	details: ['`conflicts --open` lists the ids.'],
	flags: ['keep'],
	run: async (context) => {
		const [name, id, ...more] = context.words;
		if (name === undefined || id === undefined || more.length > 0) {
			throw new SyncError('usage', 'resolve takes one pair and the id of one conflict', {
				hint: 'mysql-sync-tui conflicts --open lists them.',
			});
		}
		const keep = parseSide(context.flags.keep);
		const { pairs } = await selectPairs({ ...context, words: [name] }, 'enabled');
		const [pair] = pairs;
		if (!pair) throw new SyncError('usage', `there is no pair named ${name}`);
		await withConnections(pair, (connections) => decideConflict(connections, pair, id, keep));
		const { local_to_cloud, cloud_to_local } = await syncPair(pair, {
			directions,
			once: false,
			stopped: () => false,
			say: (line) => context.err(line),
		});
		const errors = [...local_to_cloud.errors, ...cloud_to_local.errors];
		for (const error of errors) context.err(error.at({ pair: name }).lines());
		if (errors.length === 0) context.out(`${name}: ${id}: kept ${keep} on both sides`);
		return errors.length === 0 ? exitCode.done : worstExitCode(errors);
	},
};

function parseSide(given: string | undefined): Side {
	if (given === 'local' || given === 'cloud') return given;
	const what = given === undefined ? '--keep is missing' : `--keep cannot be ${given}`;
	throw new SyncError('usage', what, { hint: 'It is local or cloud: whose version stays.' });
}
