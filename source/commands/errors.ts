import type { ParkedChange } from '../engine/api/snapshot.ts';
import { listParked } from '../engine/records/parked.ts';
import { accessToLook, closeBoth, openBoth } from '../engine/shared/connections.ts';
import { type Command, exitCode, worstExitCode } from './command.ts';
import { onEachPair } from './install.ts';
import { joinedLines } from './output.ts';
import { selectPairs } from './pairs.ts';

export const errors: Command = {
	name: 'errors',
	words: '[pair…]',
	summary: 'list parked changes: what the other side refused, and why',
	flags: ['json'],
	run: async (context) => {
		const { pairs } = await selectPairs(context, 'enabled');
		const { results, errors: failures } = await onEachPair(pairs, async (pair) => {
			const connections = await openBoth(pair, accessToLook(pair));
			try {
				return await listParked(connections, pair);
			} finally {
				await closeBoth(connections);
			}
		});
		if (context.flags.json) {
			const document = {
				pairs: results.map(({ pair, result }) => ({ name: pair, errors: result })),
			};
			context.json(document);
		} else {
			for (const { pair, result } of results) context.out(describeParked(pair, result));
		}
		for (const failure of failures) context.err(failure.lines());
		const parked = results.some(({ result }) => result.length > 0);
		return Math.max(worstExitCode(failures), parked ? exitCode.needsPerson : exitCode.done);
	},
};

function describeParked(pair: string, parked: readonly ParkedChange[]): string[] {
	if (parked.length === 0) return [`${pair}: nothing is parked`];
	return parked.flatMap((change) => {
		const { id, direction, table, key, operation, message, code, attempts } = change;
		return [
			`${pair}: ${id}  ${direction.replaceAll('_', ' ')}  ${operation} ${table} ${key}`,
			`  ${joinedLines(message)} (${code})`,
			`  ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}, the last at ${change.last_at}, the next after ${change.next_at}`,
		];
	});
}
