import { type ConflictRecord, listConflicts } from '../engine/records/conflicts.ts';
import { accessToLook, closeBoth, openBoth } from '../engine/shared/connections.ts';
import { printableJson } from '../text/visible.ts';
import { type Command, exitCode, worstExitCode } from './command.ts';
import { onEachPair } from './install.ts';
import { selectPairs } from './pairs.ts';

export const conflicts: Command = {
	name: 'conflicts',
	words: '[pair…]',
	summary: 'list rows that changed on both sides, with both versions',
	details: ['Newest first.'],
	flags: ['json', 'open'],
	run: async (context) => {
		const { pairs } = await selectPairs(context, 'enabled');
		const { results, errors } = await onEachPair(pairs, async (pair) => {
			const connections = await openBoth(pair, accessToLook(pair));
			try {
				return await listConflicts(connections, pair, context.flags.open);
			} finally {
				await closeBoth(connections);
			}
		});
		if (context.flags.json) {
			const document = {
				pairs: results.map(({ pair, result }) => ({ name: pair, conflicts: result })),
			};
			context.json(document);
		} else {
			for (const { pair, result } of results) context.out(describeConflicts(pair, result));
		}
		for (const error of errors) context.err(error.lines());
		const open = results.some(({ result }) => result.some(({ kept }) => kept === null));
		return Math.max(worstExitCode(errors), open ? exitCode.needsPerson : exitCode.done);
	},
};

function describeConflicts(pair: string, records: readonly ConflictRecord[]): string[] {
	if (records.length === 0) return [`${pair}: no conflicts`];
	return records.flatMap(({ id, table, key, local, cloud, kept, detected_at }) => [
		`${pair}: ${id}  ${table} ${key}  ${detected_at}  ${kept === null ? 'undecided' : `kept ${kept}`}`,
		`  local  ${version(local)}`,
		`  cloud  ${version(cloud)}`,
		...(kept === null ? [`  decide: mysql-sync-tui resolve ${pair} ${id} --keep local|cloud`] : []),
	]);
}

function version(row: ConflictRecord['local']): string {
	return row === null ? 'deleted' : printableJson(row);
}
