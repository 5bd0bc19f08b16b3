import { type HistoryEvent, type RowHistory, readHistory } from '../engine/history.ts';
import { SyncError } from '../errors.ts';
import { type Command, exitCode } from './command.ts';
import { withConnections } from './install.ts';
import { oneLine } from './output.ts';
import { selectPairs } from './pairs.ts';

export const history: Command = {
	name: 'history',
	usage: 'PAIR TABLE KEY… [--json]',
	summary: 'tell what is on record of one row; a value for each column of the key',
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
			context.out(JSON.stringify({ pairs: [{ name, ...found }] }, null, 2));
		} else {
			for (const line of describe(found)) context.out(line);
		}
		return exitCode.done;
	},
};

function describe({ table, key, since, events }: RowHistory): string[] {
	const back = (side: 'local' | 'cloud') => since[side]?.slice(0, 19).replace('T', ' ') ?? 'empty';
	const reach = `  the logs go back to: local ${back('local')}, cloud ${back('cloud')} (UTC)`;
	if (events.length === 0) return [`${table} ${key}: nothing is on record`, reach];
	return [`${table} ${key}`, ...events.map((event) => `  ${line(event)}`), reach];
}

function line(event: HistoryEvent): string {
	const { at, side, operation, source_node, made_at, applied_nodes, by, conflict, parked } = event;
	const when = at === null ? '(time unknown)            ' : at.replace('T', ' ').slice(0, 26);
	const head = `${when}  ${side}  `;
	switch (event.event) {
		case 'captured':
			return `${head}${operation} made here; applied by: ${applied_nodes.join(', ') || 'nobody yet'}`;
		case 'applied': {
			const who = by === null ? '' : `, by ${by.person} on ${by.host}, process ${by.process}`;
			const made = made_at === null ? '' : ` of ${made_at.replace('T', ' ').slice(0, 26)}`;
			return `${head}${operation} from ${source_node}${made} applied${who}`;
		}
		case 'conflict': {
			const kept = conflict?.kept ?? null;
			return `${head}conflict ${conflict?.id}: ${kept === null ? 'undecided' : `kept ${kept}`}`;
		}
		case 'parked':
			return `${head}${operation} refused by the other side, ${parked?.attempts} times: ${oneLine(parked?.message ?? '')}`;
	}
}
