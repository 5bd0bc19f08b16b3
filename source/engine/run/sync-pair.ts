import { countPending } from '../../changelog/log/pending.ts';
import { explainLockWait } from '../../changelog/write-lock.ts';
import { type Direction, type PairConfig, sourceSide, targetSide } from '../../config/types.ts';
import { refuseStatementLog } from '../../database/connection/binary-log.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import type { DrainResult } from '../../transfer/drain.ts';
import { routesOf } from '../../transfer/rows/route.ts';
import { Lease } from '../lease/lease.ts';
import { countConflicts } from '../records/conflicts.ts';
import { type Connections, closeBoth, nodesLeft, openBoth } from '../shared/connections.ts';
import { refuseSharedNodeIds } from '../survey/node-ids.ts';
import { tryDefiners } from './definer-trial.ts';
import type { PassRequest, PassResult } from './passes.ts';
import { runPasses } from './run-passes.ts';

/**
 * What is to be said of a direction whose pending changes did not fit into one batch, in words; null
 * where they did.
 */
export function splitText(
	pair: PairConfig,
	{ split, batches, unfinished }: DrainResult,
): string | null {
	if (!split) return null;
	if (unfinished)
		return 'more is pending: until it is carried over, a transaction may be visible only in part';
	const limit = Math.max(pair.batchSize, pair.maxBatchSize);
	return `the backlog did not fit into one batch (${limit} changes, 64 MB of large values, or a limit of the server) and was split into ${batches}: until the last one, a transaction could be visible only in part`;
}

/** Why tables were left out on the way, in words. */
export function waitingText({ waiting }: Pick<DrainResult, 'waiting'>): string[] {
	return [...waiting].map(([table, reason]) => `${table}: changes wait: ${reason}`);
}

/** @throws SyncError `usage` if the pair is read-only or not enabled */
export function requireWritable(pair: PairConfig): void {
	if (!pair.enabled) {
		throw new SyncError('usage', 'the pair is not enabled', {
			pair: pair.name,
			hint: 'Set `enabled` of the pair to true in the configuration.',
		});
	}
	if (!pair.readOnly) return;
	throw new SyncError('usage', 'the pair is read-only', {
		pair: pair.name,
		hint: 'Set `read_only` to false in the configuration to let the engine change something.',
	});
}

export interface SyncRequest extends Omit<PassRequest, 'all' | 'lease' | 'onFetched'> {
	/** Something a person should know, in words. */
	say: (line: string) => void;
}

/** A pass, and what needs a person although no row was refused, in words. */
export interface SyncResult extends PassResult {
	unsettled: string[];
}

/** Milliseconds to wait for an engine that is about to end. */
const patience = 2000;

/**
 * Takes the pair, prepares it, passes over it once, and sets it free.
 * @throws SyncError that names the pair; `held` if another engine has it; `config` where an end goes by
 *   the node id of another database
 */
export async function syncPair(pair: PairConfig, request: SyncRequest): Promise<SyncResult> {
	requireWritable(pair);
	const connections = await openBoth(pair);
	const lease = new Lease(pair);
	try {
		await refuseSharedNodeIds(connections, pair);
		await refuseStatementLog([connections.local, connections.cloud]);
		await lease.take(patience);
		return await syncHeld(connections, pair, lease, request);
	} catch (thrown) {
		throw await explainLockWait(asSyncError(thrown), [connections.local, connections.cloud]);
	} finally {
		await closeBoth(connections);
		await lease.release();
	}
}

async function syncHeld(
	connections: Connections,
	pair: PairConfig,
	lease: Lease,
	request: SyncRequest,
): Promise<SyncResult> {
	await lease.mark(connections);
	for (const line of nodesLeft(pair)) request.say(`${pair.name}: ${line}`);
	const said = new Set<string>();
	const say = (line: string) => {
		if (!said.has(line)) request.say(`${pair.name}${line}`);
		said.add(line);
	};
	const lost: string[] = [];
	const { moved, prepared, notes, vanished } = await runPasses(
		connections,
		pair,
		{ ...request, lease, all: true },
		{
			onPrepared: ({ restored, installed, uncaptured, skipped }) => {
				lost.push(...restored.lost);
				for (const line of [...restored.installed, ...installed, ...uncaptured, ...skipped])
					say(`: ${line}`);
			},
			onFilled: ({ told, failed }) => {
				for (const line of [...told, ...failed]) say(`: ${line}`);
			},
		},
	);
	for (const note of notes) say(`: ${note}`);
	for (const direction of request.directions) {
		for (const note of moved[direction].notes) say(`: ${note}`);
	}
	for (const direction of request.directions) {
		const split = splitText(pair, moved[direction]);
		if (split !== null) say(`, ${direction.replaceAll('_', ' ')}: ${split}`);
	}
	const open = await openConflictLines(connections, pair);
	const waiting = await findWaiting(connections, pair, prepared.tables, request.directions);
	for (const direction of request.directions) waiting.push(...waitingText(moved[direction]));
	const { tables, surveys, failing, missing } = prepared;
	const tried = await tryDefiners(connections, pair, tables, surveys);
	const broken = [...failing, ...tried].map(
		({ place, message, hint }) => `${place.side}: ${message}; ${hint}`,
	);
	return {
		...moved,
		unsettled: [...lost, ...broken, ...missing, ...waiting, ...open, ...vanished],
	};
}

/** What waits for a person's decision, in words. */
async function openConflictLines(connections: Connections, pair: PairConfig): Promise<string[]> {
	const open = await countConflicts(connections, pair);
	if (open === 0) return [];
	const rows = open === 1 ? '1 row that' : `${open} rows that`;
	return [
		`${rows} changed on both sides ${open === 1 ? 'waits' : 'wait'} for a decision: mysql-sync-tui conflicts ${pair.name} --open`,
	];
}

/** Tables whose captured changes are not carried over, a line a table and direction. */
async function findWaiting(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	wanted: readonly Direction[],
): Promise<string[]> {
	const lines: string[] = [];
	for (const direction of wanted) {
		const [from, to] = [sourceSide(direction), targetSide(direction)];
		const routes = routesOf(tables, direction);
		const left = tables.flatMap(({ sides }) => sides[from]?.name ?? []);
		const names = new Set(left.filter((name) => !routes.has(name)));
		if (names.size === 0) continue;
		const { byTable } = await countPending(connections[from], pair[to].nodeId, names);
		for (const [table, changes] of byTable) {
			lines.push(`${table}: changes wait on ${from} (${changes}), for the reason given above`);
		}
	}
	return lines;
}
