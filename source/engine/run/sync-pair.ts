import { countPending } from '../../changelog/pending.ts';
import { type Direction, type PairConfig, sourceSide, targetSide } from '../../config/types.ts';
import { refuseStatementLog } from '../../database/connection/binary-log.ts';
import { explainLockWait } from '../../database/connection/write-lock.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import type { DrainResult } from '../../transfer/drain.ts';
import { routesOf } from '../../transfer/rows/route.ts';
import { lineOf } from '../api/messages.ts';
import { runFinding } from '../api/run-messages.ts';
import { Lease } from '../lease/lease.ts';
import { countConflicts } from '../records/conflicts.ts';
import { type Connections, closeBoth, nodesLeft, openBoth } from '../shared/connections.ts';
import { refuseSharedNodeIds } from '../survey/node-ids.ts';
import { tryDefiners } from './definer-trial.ts';
import type { PassRequest, PassResult } from './passes.ts';
import { runPasses } from './run-passes.ts';

/** A direction whose pending changes did not fit into one batch; null where they did. */
export function backlogSplit(
	pair: PairConfig,
	{ split, batches, unfinished }: DrainResult,
): Finding | null {
	if (!split) return null;
	if (unfinished) return runFinding('backlog_unfinished', {}, {});
	const limit = Math.max(pair.batchSize, pair.maxBatchSize);
	return runFinding('backlog_split', {}, { limit, batches });
}

/** Tables that were left out on the way. */
export function changesThatWait({ waiting }: Pick<DrainResult, 'waiting'>): Finding[] {
	return [...waiting].map(([table, reason]) =>
		runFinding('changes_wait', { side: reason.side, table }, { reason }, reason.cures),
	);
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
	const said = new Set<string>();
	const say = (finding: Finding, direction?: Direction) => {
		const way = direction ? `, ${direction.replaceAll('_', ' ')}` : '';
		const line = `${pair.name}${way}: ${lineOf(finding)}`;
		if (!said.has(line)) request.say(line);
		said.add(line);
	};
	for (const node of nodesLeft(pair)) say(node);
	const lost: Finding[] = [];
	const { moved, prepared, notes, vanished } = await runPasses(
		connections,
		pair,
		{ ...request, lease, all: true },
		{
			onPrepared: ({ restored, installed, uncaptured, skipped }) => {
				lost.push(...restored.lost);
				for (const found of [...restored.installed, ...installed, ...uncaptured, ...skipped])
					say(found);
			},
			onFilled: ({ told, failed }) => {
				for (const found of [...told, ...failed]) say(found);
			},
		},
	);
	for (const note of notes) say(note);
	for (const direction of request.directions) {
		for (const note of moved[direction].notes) say(note);
	}
	for (const direction of request.directions) {
		const split = backlogSplit(pair, moved[direction]);
		if (split) say(split, direction);
	}
	const open = await openConflicts(connections, pair);
	const waiting = await findWaiting(connections, pair, prepared.tables, request.directions);
	for (const direction of request.directions) waiting.push(...changesThatWait(moved[direction]));
	const { tables, surveys, failing, missing } = prepared;
	const tried = await tryDefiners(connections, pair, tables, surveys);
	const broken = [...failing, ...tried].flatMap(({ finding }) => finding ?? []);
	return {
		...moved,
		unsettled: [...lost, ...broken, ...missing, ...waiting, ...open, ...vanished].map(lineOf),
	};
}

/** What waits for a person's decision. */
async function openConflicts(connections: Connections, pair: PairConfig): Promise<Finding[]> {
	const rows = await countConflicts(connections, pair);
	const command = `mysql-sync-tui conflicts ${pair.name} --open`;
	return rows === 0 ? [] : [runFinding('conflicts_open', {}, { rows }, [{ command }])];
}

/** Tables whose captured changes are not carried over, a finding a table and direction. */
async function findWaiting(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	wanted: readonly Direction[],
): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const direction of wanted) {
		const [from, to] = [sourceSide(direction), targetSide(direction)];
		const routes = routesOf(tables, direction);
		const left = tables.flatMap(({ sides }) => sides[from]?.name ?? []);
		const names = new Set(left.filter((name) => !routes.has(name)));
		if (names.size === 0) continue;
		const { byTable } = await countPending(connections[from], pair[to].nodeId, names);
		for (const [table, changes] of byTable) {
			findings.push(runFinding('changes_not_carried', { side: from, table }, { changes }));
		}
	}
	return findings;
}
