import { type HistoryEvent, type RowHistory, readHistory } from '../engine/records/history.ts';
import { describeEvent } from '../engine/records/history-text.ts';
import { plainTime } from '../engine/shared/utc.ts';
import { SyncError } from '../errors.ts';
import { type Command, exitCode } from './command.ts';
import { withConnections } from './install.ts';
import { selectPairs } from './pairs.ts';

export const history: Command = {
	name: 'history',
	words: 'PAIR TABLE KEY…',
	summary: 'tell what is on record of one row',
	details: [
		'KEY is a value for each column of the primary key, in its order. Told is where and when the row was changed, when and by whom that was applied, conflicts and refusals, as far back as the logs go.',
	],
	flags: ['json'],
	run: async (context) => {
		const [name, table, ...key] = context.words;
		if (name === undefined || table === undefined || key.length === 0) {
			throw new SyncError('usage', 'history takes one pair, one table and the key of one row', {
				hint: 'Such as: mysql-sync-tui history shop customer 42',
			});
		}
		const { pairs } = await selectPairs({ ...context, words: [name] }, 'enabled');
		const [pair] = pairs;
		if (!pair) throw new SyncError('usage', `there is no pair named ${name}`);
		const found = await withConnections(pair, (connections) =>
			readHistory(connections, pair, table, key),
		);
		if (context.flags.json) {
			context.json({ pairs: [{ name, ...found }] });
		} else {
			context.out(describeHistory(found));
		}
		return exitCode.done;
	},
};

function describeHistory({ table, key, since, events }: RowHistory): string[] {
	const back = (side: 'local' | 'cloud') => plainTime(since[side] ?? 'empty').slice(0, 19);
	const reach = `  the logs go back to: local ${back('local')}, cloud ${back('cloud')} (UTC)`;
	if (events.length === 0) return [`${table} ${key}: nothing is on record`, reach];
	return [`${table} ${key}`, ...events.map(eventLine), reach];
}

function eventLine(event: HistoryEvent): string {
	const { at, side } = event;
	const when = at === null ? '(time unknown)' : plainTime(at);
	return `  ${when.padEnd(26)}  ${side}  ${describeEvent(event)}`;
}
