/** One run over a pair that this engine holds: look at the tables, move what is pending, keep the logs in order. */

import { fullLog, renumberOwn } from '../../changelog/next-ids.ts';
import { type Direction, directions, type PairConfig, sides } from '../../config/types.ts';
import type { SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import type { LastCounts } from '../install/restore.ts';
import type { Lease } from '../lease/lease.ts';
import type { Connections } from '../shared/connections.ts';
import { type Filled, fill } from '../uptake/uptake.ts';
import { upkeep } from './maintenance.ts';
import { Passes, type PassRequest, type PassResult } from './passes.ts';
import { type Prepared, prepare } from './prepare.ts';
import { findVanished } from './uncaptured-rows.ts';

/** Milliseconds of moving between two looks at the tables, at least. */
const shortestPass = 5000;

/** How many times as long as the rest of it a pass moves changes. */
const movingShare = 10;

/** What a run moves, by the right of the engine that holds the pair. */
interface PassesRequest extends PassRequest {
	lease: PassRequest['lease'] & Pick<Lease, 'show'>;
}

/** What of a run is told while it goes on. */
export interface RunEvents {
	onPrepared: (prepared: Prepared) => void | Promise<void>;
	/** Told what was put in line of the rows that tables held before they were tracked. */
	onFilled: (filled: Filled) => void;
	/** Told what each pass was refused. */
	onPassed: (errors: Record<Direction, SyncError[]>) => void;
	/** Told what stands on one side alone although no trigger saw it come or go. */
	onVanished: (found: readonly Finding[]) => void;
	/** Asked after each turn of the directions; true ends the run, although more is pending. */
	yields: () => boolean;
	/** The tables that were looked after before, as the preparation of the latest run told. */
	known: ReadonlySet<string>;
	/** What waited on each side at the latest look. */
	counts?: () => LastCounts;
}

/** What a run came to. */
export interface RunResult {
	moved: PassResult;
	/** What the last pass started from. */
	prepared: Prepared;
	/** What a person has to know that is of no direction. */
	notes: readonly Finding[];
	/** Whether another run would move more at once. */
	isUnfinished: boolean;
}

/**
 * Moves what is pending until nothing is, in passes: a backlog, or applications that write all the time,
 * must not keep the tables from being looked at, nor the logs from being shortened.
 * @throws SyncError that names the pair; what was moved before stays moved
 */
export async function runPasses(
	connections: Connections,
	pair: PairConfig,
	request: PassesRequest,
	events: RunEvents,
): Promise<RunResult> {
	const working = new Set<Direction>();
	const passes = new Passes(connections, pair, {
		...request,
		onFetched: (direction) => {
			if (working.has(direction)) return;
			working.add(direction);
			request.lease.show(direction, { isWorking: true, batch: null });
		},
		onBatch: (direction, batch) => {
			request.lease.show(direction, { isWorking: true, batch });
			request.onBatch?.(direction, batch);
		},
	});
	try {
		return await runOn(passes, connections, pair, request, events);
	} finally {
		for (const direction of working)
			request.lease.show(direction, { isWorking: false, batch: null });
	}
}

async function runOn(
	passes: Passes,
	connections: Connections,
	pair: PairConfig,
	request: PassesRequest,
	events: RunEvents,
): Promise<RunResult> {
	const { onPassed, onVanished, yields, counts } = events;
	let prepared: Prepared | null = null;
	let upkeepTime = 0;
	let isFilled = true;
	const goesOn = () => passes.isUnfinished || (!isFilled && !request.once && !request.stopped());
	do {
		const start = performance.now();
		const known = prepared?.known ?? events.known;
		prepared = await prepare(connections, pair, known, counts?.(), (connection) =>
			request.lease.requireHeld(connection),
		);
		await Promise.all(sides.map((side) => renumberOwn(connections[side])));
		for (const full of await Promise.all(sides.map((side) => fullLog(connections[side])))) {
			if (full?.finding) prepared.missing.push(full.finding);
		}
		await events.onPrepared(prepared);
		const filled = await fill(connections, pair, prepared.fills, request.stopped);
		events.onFilled(filled);
		isFilled = filled.done;
		const moving = performance.now();
		const until = moving + Math.max(shortestPass, movingShare * (moving - start + upkeepTime));
		const isOver = () => yields() || performance.now() > until;
		const refused = await passes.move(prepared.tables, isOver, prepared.captures);
		onPassed(refused);
		const moved = performance.now();
		if (request.stopped()) break;
		await upkeep(connections, pair);
		if (directions.every((direction) => request.directions.includes(direction))) {
			const vanished = await findVanished(connections, pair, prepared.tables, (connection) =>
				request.lease.requireHeld(connection),
			);
			onVanished(vanished);
		}
		upkeepTime = performance.now() - moved;
	} while (goesOn() && !yields());
	if (passes.failure) throw passes.failure;
	const { result: moved, notes } = passes;
	return { moved, prepared, notes, isUnfinished: goesOn() };
}
