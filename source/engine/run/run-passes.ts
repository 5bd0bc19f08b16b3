/** One run over a pair that this engine holds: check the tables, move pending changes, maintain the logs. */

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

/** Shortest time of moving changes between two checks of the tables, in milliseconds. */
const shortestPass = 5000;

/** Ratio of the time for moving changes to the rest of a pass. */
const movingShare = 10;

/** The scope of a run, with the lease. */
interface PassesRequest extends PassRequest {
	lease: PassRequest['lease'] & Pick<Lease, 'show'>;
}

/** Events during a run. */
export interface RunEvents {
	onPrepared: (prepared: Prepared) => void | Promise<void>;
	/** Called with the progress of queuing existing rows. */
	onFilled: (filled: Filled) => void;
	/** Called with the refusals of each pass. */
	onPassed: (errors: Record<Direction, SyncError[]>) => void;
	/** Called with reports of rows that were deleted or added without firing a trigger. */
	onVanished: (found: readonly Finding[]) => void;
	/** Called after each turn of the directions; true ends the run although more is pending. */
	yields: () => boolean;
	/** The known tables, according to the preparation of the latest run. */
	known: ReadonlySet<string>;
	/** The pending changes of each side at the latest look. */
	counts?: () => LastCounts;
	/** Seconds to wait for another process that installs. */
	installPatience?: number | undefined;
}

/** The result of a run. */
export interface RunResult {
	moved: PassResult;
	/** The state that the last pass started from. */
	prepared: Prepared;
	/** Notes that belong to no direction. */
	notes: readonly Finding[];
	/** True if another run would move more at once. */
	isUnfinished: boolean;
}

/**
 * Moves changes until nothing is pending, in passes: a backlog, or applications that write all the time, must
 * not delay checks of the tables or maintenance of the logs.
 * @throws SyncError that names the pair; changes moved before stay moved
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
	const { onPassed, onVanished, yields, counts, installPatience } = events;
	const requireHeld: Lease['requireHeld'] = (connection) => request.lease.requireHeld(connection);
	let prepared: Prepared | null = null;
	let upkeepTime = 0;
	let isFilled = true;
	const goesOn = () => passes.isUnfinished || (!isFilled && !request.once && !request.stopped());
	do {
		const start = performance.now();
		const known = prepared?.known ?? events.known;
		prepared = await prepare(connections, pair, known, counts?.(), requireHeld, installPatience);
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
			const { tables } = prepared;
			onVanished(await findVanished(connections, pair, tables, requireHeld, installPatience));
		}
		upkeepTime = performance.now() - moved;
	} while (goesOn() && !yields());
	if (passes.failure) throw passes.failure;
	const { result: moved, notes } = passes;
	return { moved, prepared, notes, isUnfinished: goesOn() };
}
