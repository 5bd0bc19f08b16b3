import { type Direction, type Side, sides } from '../config/types.ts';
import { describeSecurity } from '../engine/api/line-security.ts';
import { lineOf } from '../engine/api/messages.ts';
import {
	countedWaiting,
	type LivePair,
	type LogSnapshot,
	type PairSnapshot,
	type TableSnapshot,
} from '../engine/api/snapshot.ts';
import { type Beyond, readStatus } from '../engine/monitor/status.ts';
import { timeSpan } from '../text/duration.ts';
import { count, plural } from '../text/words.ts';
import { type Command, exitCode, worstExitCode } from './command.ts';
import { plainTable } from './output.ts';
import { selectPairs } from './pairs.ts';

export const status: Command = {
	name: 'status',
	words: '[pair…]',
	summary: 'show pairs, pending changes and triggers; changes nothing',
	details: ['Does not start an engine: all values are read from the databases.'],
	flags: ['json'],
	run: async (context) => {
		const { config, pairs } = await selectPairs(context, 'all');
		const { document, beyond, errors } = await readStatus(config, pairs);
		if (context.flags.json) {
			context.json(document);
			for (const [index, { name }] of document.pairs.entries()) {
				const attention = beyond[index]?.attention ?? [];
				context.err(attention.map((finding) => `${name}: ${lineOf(finding)}`));
			}
		} else {
			for (const [index, pair] of document.pairs.entries()) {
				context.out(pairLines(pair, beyond[index]));
			}
		}
		for (const error of errors) context.err(error.lines());
		const needsPerson = beyond.some(({ attention }) => attention.length > 0);
		return Math.max(worstExitCode(errors), needsPerson ? exitCode.needsPerson : exitCode.done);
	},
};

function pairLines(pair: PairSnapshot, beyond?: Beyond): string[] {
	return [
		`${pair.name}: ${pair.state}`,
		endLine(pair, 'local', beyond),
		endLine(pair, 'cloud', beyond),
		...(beyond?.nodesLeft ?? []).map((finding) => `    ${lineOf(finding)}`),
		...describeEngine(beyond?.holder),
		describeDirection(pair, 'local_to_cloud'),
		describeDirection(pair, 'cloud_to_local'),
		...sides.flatMap((side) => describeLog(side, beyond?.logs[side] ?? null)),
		...describeTables(pair.tables),
		...describeNotes(beyond?.notes ?? {}),
	];
}

function endLine(pair: PairSnapshot, side: Side, beyond?: Beyond): string {
	const { node_id, reachable, server, latency_ms, error } = pair[side];
	const reached =
		reachable === null
			? 'the pair is not enabled'
			: reachable
				? [`${server}, ${latency_ms} ms`, error].filter(Boolean).join('; ')
				: `cannot be reached: ${error}`;
	const security = describeSecurity(beyond?.security[side] ?? null);
	return `  ${side}  ${node_id}, ${reached}${security === null ? '' : `, ${security}`}`;
}

function describeDirection(pair: PairSnapshot, direction: Direction): string {
	const { pending, oldest_pending_seconds, errors } = pair.directions[direction];
	const words = direction === 'local_to_cloud' ? 'local to cloud' : 'cloud to local';
	const age =
		oldest_pending_seconds === null ? '' : `, oldest ${timeSpan(oldest_pending_seconds * 1000)}`;
	const parked =
		(errors ?? 0) > 0 ? `; ${count(errors)} parked: mysql-sync-tui errors ${pair.name}` : '';
	return `  ${words}  ${count(pending)} pending${age}${parked}`;
}

function describeEngine(holder: string | null | undefined): string[] {
	if (holder === undefined) return [];
	return [`  engine  ${holder ?? 'none active'}`];
}

function describeLog(side: Side, log: LogSnapshot | null): string[] {
	if (log === null) return [];
	const since = log.since === null ? '' : `, oldest ${minutes(log.since)}`;
	const nodes = log.nodes.map(({ node_id, seen_at, waiting }) => {
		const seen = seen_at === null ? 'not seen yet' : `seen ${minutes(seen_at)}`;
		return `${node_id} (${[seen, ...describeWaiting(waiting)].join(', ')})`;
	});
	const kept = nodes.length === 0 ? '' : `; retained for ${nodes.join(', ')}`;
	return [`  change log ${side}  at most ${plural(log.changes, 'change')}${since}${kept}`];
}

/** Not for the nodes of the pair: their pending changes have their own lines. */
function describeWaiting(waiting: number | null): string[] {
	if (waiting === null) return [];
	const more = waiting >= countedWaiting ? ' or more' : '';
	return [`${plural(waiting, 'change')}${more} retained for it`];
}

function describeNotes(notes: LivePair['notes']): string[] {
	return Object.values(notes).flatMap((found) => found.map((finding) => `    ${lineOf(finding)}`));
}

/** An ISO 8601 time, to the minute. */
function minutes(at: string): string {
	return `${at.slice(0, 16).replace('T', ' ')} UTC`;
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
