import {
	type Direction,
	directions,
	type PairConfig,
	type Side,
	sourceSide,
	targetSide,
} from '../config/types.ts';
import type { TablePair } from '../database/table-pair.ts';
import { explainLockWait } from '../database/write-lock.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { BatchResult } from '../transfer/batch.ts';
import { routesOf } from '../transfer/collapse.ts';
import { type DrainResult, drain, nothingMoved } from '../transfer/drain.ts';
import { countPending } from '../transfer/pending.ts';
import { countConflicts } from './conflict-list.ts';
import { type Connections, closeBoth, nodesLeft, openBoth } from './connections.ts';
import { tryDefiners } from './definer-trial.ts';
import { Lease } from './lease.ts';
import { refuseSharedNodeIds } from './node-ids.ts';
import { type Prepared, prepare } from './prepare.ts';
import { upkeep } from './upkeep.ts';
import { fill } from './uptake.ts';
import { findVanished } from './vanished.ts';

/** One pass over a pair, on connections that are open. */
export interface PassRequest {
	directions: readonly Direction[];
	/** One batch per direction and no more. */
	once: boolean;
	/** Tries parked changes too whose pause is not over, as where a person asks for a run. */
	all?: boolean;
	/** The right to do it. */
	lease: Pick<Lease, 'holdingFast' | 'requireHeld' | 'makeDurable' | 'holder'>;
	/** Asked between batches; true ends the pass. */
	stopped: () => boolean;
	onBatch?: (direction: Direction, batch: BatchResult) => void;
}

/** What one pass over a pair moved; a direction that was not asked for moved nothing. */
export type PassResult = Record<Direction, DrainResult>;

/** Drains after which two sides whose triggers answer each other are left to the next pass. */
const longestPass = 20;

/**
 * Runs batches of the directions, one direction after the other, until nothing is pending: what a
 * side does by itself on the way, by its triggers and foreign keys, travels back in the same pass.
 * @throws SyncError that names the pair; what was moved before stays moved
 */
export async function passOver(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	{ directions: wanted, once, lease, all = false, stopped, onBatch }: PassRequest,
): Promise<PassResult> {
	const result: PassResult = {
		local_to_cloud: nothingMoved(),
		cloud_to_local: nothingMoved(),
	};
	const queue = [...wanted];
	for (let run = 0; run < longestPass; run += 1) {
		const direction = queue.shift();
		if (direction === undefined) break;
		const source = connections[sourceSide(direction)];
		const target = connections[targetSide(direction)];
		const again = run >= wanted.length;
		const moved = await drain(source, target, {
			direction,
			routes: routesOf(tables, direction),
			waiting: deniedOn(tables, targetSide(direction)),
			policy: pair.conflict,
			batchSize: pair.batchSize,
			maxBatchSize: pair.maxBatchSize,
			once,
			holdingFast: (connection) => lease.holdingFast(connection),
			requireHeld: (connection) => lease.requireHeld(connection),
			makeDurable: (connection) => lease.makeDurable(connection.end.side),
			by: lease.holder,
			// What was just parked would be tried, and told, a second time.
			all: all && !again,
			stopped,
			onBatch: (batch) => onBatch?.(direction, batch),
		});
		result[direction] = again ? sumOf(result[direction], moved) : moved;
		const back = wanted.find((other) => other !== direction);
		if (moved.kept > 0 && back && !once && !queue.includes(back)) queue.push(back);
	}
	return result;
}

/** The tables that wait for a right of the user on a side, by their names there. */
function deniedOn(tables: readonly TablePair[], side: Side): Set<string> {
	return new Set(
		tables.flatMap(({ denied, sides }) => (denied[side] ? (sides[side]?.name ?? []) : [])),
	);
}

function sumOf(one: DrainResult, other: DrainResult): DrainResult {
	return {
		applied: one.applied + other.applied,
		batches: one.batches + other.batches,
		conflicts: one.conflicts + other.conflicts,
		errors: [...one.errors, ...other.errors],
		waiting: new Map([...one.waiting, ...other.waiting]),
		notes: [...new Set([...one.notes, ...other.notes])],
		kept: one.kept + other.kept,
		split: one.split || other.split,
	};
}

/**
 * What is to be said of a direction whose pending changes did not fit into one batch, in words; null
 * where they did.
 */
export function splitText(pair: PairConfig, { split, batches }: DrainResult): string | null {
	if (!split) return null;
	const limit = Math.max(pair.batchSize, pair.maxBatchSize);
	return batches > 1
		? `more was pending than fits into one batch (${limit} changes, 64 MB of large values, or a limit of the server), so it went over in ${batches}: until the last one a transaction could be seen in part`
		: 'one batch was asked for and more is pending: until it follows, a transaction can be seen in part';
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

export interface SyncRequest extends Omit<PassRequest, 'all' | 'lease'> {
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
	const prepared = await prepare(connections, pair, new Set());
	const { tables, restored, failing, installed, uncaptured, skipped, missing } = prepared;
	const said = [...restored.installed, ...installed, ...uncaptured, ...skipped];
	for (const line of said) request.say(`${pair.name}: ${line}`);
	const moved = await fillAndPass(connections, pair, lease, prepared, request);
	const notes = request.directions.flatMap((direction) => moved[direction].notes);
	for (const note of new Set(notes)) request.say(`${pair.name}: ${note}`);
	for (const direction of request.directions) {
		const split = splitText(pair, moved[direction]);
		if (split !== null) request.say(`${pair.name}, ${direction.replaceAll('_', ' ')}: ${split}`);
	}
	const whole = request.directions.length === directions.length && !request.stopped();
	const vanished = whole ? await findVanished(connections, pair, tables) : [];
	await upkeep(connections, pair);
	const open = await openConflictLines(connections, pair);
	const waiting = await findWaiting(connections, pair, tables, request.directions);
	for (const direction of request.directions) waiting.push(...waitingText(moved[direction]));
	const { lost } = restored;
	const tried = await tryDefiners(connections, pair, tables, prepared.surveys);
	const broken = [...failing, ...tried].map(
		({ place, message, hint }) => `${place.side}: ${message}; ${hint}`,
	);
	return {
		...moved,
		unsettled: [...lost, ...broken, ...missing, ...waiting, ...open, ...vanished],
	};
}

/** Passes over the pair, again where rows that were there before are still put in line meanwhile. */
async function fillAndPass(
	connections: Connections,
	pair: PairConfig,
	lease: Lease,
	{ tables, fills }: Prepared,
	request: SyncRequest,
): Promise<PassResult> {
	let result: PassResult | null = null;
	let left = fills;
	for (;;) {
		const filled = await fill(connections, pair, left, request.stopped);
		for (const line of [...filled.told, ...filled.failed]) request.say(`${pair.name}: ${line}`);
		const moved = await passOver(connections, pair, tables, { ...request, lease, all: true });
		result = result
			? {
					local_to_cloud: sumOf(result.local_to_cloud, moved.local_to_cloud),
					cloud_to_local: sumOf(result.cloud_to_local, moved.cloud_to_local),
				}
			: moved;
		if (filled.done || request.once || request.stopped()) return result;
		left = filled.left;
	}
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
