import type { Direction, Side } from '../config/types.ts';
import type { PairSnapshot, TableSnapshot } from '../engine/snapshot.ts';
import { readStatus } from '../engine/status.ts';
import { type Command, worstExitCode } from './command.ts';
import { count, plainTable, seconds } from './output.ts';
import { selectPairs } from './pairs.ts';

export const status: Command = {
	name: 'status',
	usage: '[pair…] [--json]',
	summary: 'show pairs, pending changes and triggers; starts nothing, changes nothing',
	flags: ['json'],
	run: async (context) => {
		const { config, pairs } = await selectPairs(context, 'all');
		const { document, errors } = await readStatus(config, pairs);
		if (context.flags.json) context.out(JSON.stringify(document, null, 2));
		else for (const pair of document.pairs) context.out(describePair(pair));
		for (const error of errors) context.err(error.describe());
		return worstExitCode(errors);
	},
};

function describePair(pair: PairSnapshot): string {
	return [
		`${pair.name}: ${pair.state}`,
		describeEnd(pair, 'local'),
		describeEnd(pair, 'cloud'),
		describeDirection(pair, 'local_to_cloud'),
		describeDirection(pair, 'cloud_to_local'),
		...describeTables(pair.tables),
		'',
	].join('\n');
}

function describeEnd(pair: PairSnapshot, side: Side): string {
	const { node_id, reachable, server, latency_ms, error } = pair[side];
	const reached =
		reachable === null
			? 'the pair is not enabled'
			: reachable
				? `${server}, ${latency_ms} ms`
				: `cannot be reached: ${error}`;
	return `  ${side}  ${node_id}, ${reached}`;
}

function describeDirection(pair: PairSnapshot, direction: Direction): string {
	const { pending, oldest_pending_seconds } = pair.directions[direction];
	const words = direction === 'local_to_cloud' ? 'local to cloud' : 'cloud to local';
	const age =
		oldest_pending_seconds === null ? '' : `, the oldest ${seconds(oldest_pending_seconds)} old`;
	return `  ${words}  ${count(pending)} pending${age}`;
}

function describeTables(tables: readonly TableSnapshot[]): string[] {
	if (tables.length === 0) return ['  no tables'];
	return plainTable(
		['table', 'key', 'local', 'cloud', 'to cloud', 'to local', ''],
		tables.map(({ name, primary_key, triggers, pending, skipped_reason }) => [
			name,
			primary_key.join(', ') || '-',
			triggers.local,
			triggers.cloud,
			count(pending.local_to_cloud),
			count(pending.cloud_to_local),
			skipped_reason === null ? '' : `skipped: ${skipped_reason}`,
		]),
	).map((line) => `    ${line}`);
}
