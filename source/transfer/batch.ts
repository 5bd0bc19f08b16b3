import { type ConflictPolicy, type Direction, sourceSide } from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import type { SyncError } from '../errors.ts';
import { acknowledge } from './acknowledge.ts';
import { applyRows, type RefusedRow } from './apply.ts';
import { collapse, type DirtyRow, type Route } from './collapse.ts';
import { type Contested, findContested, type Settled, settle } from './conflicts.ts';
import { type Change, fetchPending } from './pending.ts';
import { type CurrentRows, readRows, withinBytes } from './read.ts';
import { recordApplied } from './record.ts';

export interface BatchRequest {
	direction: Direction;
	/** The tables that travel, by the source's name. */
	routes: ReadonlyMap<string, Route>;
	policy: ConflictPolicy;
	/** Changes at most. */
	limit: number;
	/** Ids of changes to leave out. */
	except: ReadonlySet<string>;
}

/** Bytes of large values in one batch at most, unless a single row has more: all of it is in memory. */
const batchBytes = 64 * 1024 * 1024;

/** A change that stays pending, and why. */
export interface LeftChange {
	changes: Change[];
	error: SyncError | null;
}

export interface BatchResult {
	/** Changes that were read from the source's log. */
	fetched: number;
	/** Whether there may be more that is pending. */
	more: boolean;
	/** Changes that the target has now. */
	applied: number;
	/** Rows that had changed on both sides, whoever gave way. */
	conflicts: number;
	/** What the target refused, row by row. */
	refused: LeftChange[];
	/** What waits for a person's decision. */
	held: LeftChange[];
	milliseconds: number;
}

/**
 * Moves one batch in one direction: fetch, collapse, read, apply, acknowledge. Cut off anywhere
 * before the end, it is simply moved again: what is sent is the row as it is, and not a difference.
 * @throws SyncError `busy`, `unreachable` or `denied`, with the batch not acknowledged
 */
export async function moveBatch(
	source: Connection,
	target: Connection,
	request: BatchRequest,
): Promise<BatchResult> {
	const start = performance.now();
	const { changes, current, more, unreadable } = await source.snapshot(async () => {
		const changes = await fetchPending(source, {
			target: target.end.nodeId,
			tables: [...request.routes.keys()],
			limit: request.limit,
			except: [...request.except],
		});
		const { rows, unreadable } = collapse(changes, request.routes);
		const some = await withinBytes(source, rows, batchBytes);
		const more = changes.length === request.limit || some.length < rows.length;
		return { changes, unreadable, more, current: await readRows(source, some) };
	});
	const { refused, settled } = await applyBatch(source, target, current, request);
	const left = new Set<DirtyRow>(refused.map(({ row }) => row));
	const held: LeftChange[] = [];
	for (const [row, { decision }] of settled) {
		if (decision !== 'hold') continue;
		left.add(row);
		held.push({ changes: row.changes, error: null });
	}
	const done = [...current.keys()].filter((row) => !left.has(row)).flatMap((row) => row.changes);
	await acknowledge(source, done, target.end.nodeId);
	const side = sourceSide(request.direction);
	return {
		fetched: changes.length,
		more,
		applied: done.length,
		conflicts: [...settled.values()].filter(({ decision }) => decision !== 'same').length,
		refused: [
			...refused.map(({ row, error }) => ({ changes: row.changes, error })),
			...unreadable.map(({ change, error }) => ({
				changes: [change],
				error: error.at({ side }),
			})),
		],
		held,
		milliseconds: performance.now() - start,
	};
}

interface Applied {
	refused: RefusedRow[];
	settled: Map<DirtyRow, Settled>;
}

/** Signals that rows turned out to be contested once they were written, and so were rolled back. */
class ContestedRows extends Error {
	readonly contested: Contested;

	constructor(contested: Contested) {
		super('rows of the batch changed on the target too');
		this.contested = contested;
	}
}

/**
 * Writes the rows to the target in one transaction. Whether a row is contested is asked after it
 * was written, when its lock keeps every application out; if one is, the transaction is rolled back
 * and done again with that row decided first. So batches without conflicts pay one question each.
 */
async function applyBatch(
	source: Connection,
	target: Connection,
	current: CurrentRows,
	request: BatchRequest,
): Promise<Applied> {
	if (current.size === 0) return { refused: [], settled: new Map() };
	const suspects = new Set<DirtyRow>();
	for (;;) {
		try {
			return await target.transaction(() =>
				applyOnce(source, target, current, request, [...suspects]),
			);
		} catch (error) {
			if (!(error instanceof ContestedRows)) throw error;
			for (const row of error.contested.keys()) suspects.add(row);
		}
	}
}

async function applyOnce(
	source: Connection,
	target: Connection,
	current: CurrentRows,
	request: BatchRequest,
	suspects: readonly DirtyRow[],
): Promise<Applied> {
	const from = source.end.nodeId;
	const { policy, direction } = request;
	const settled = await settle(target, suspects, current, from, policy, direction);
	const writes: CurrentRows = new Map(
		[...current].filter(([row]) => (settled.get(row)?.decision ?? 'apply') === 'apply'),
	);
	const refused = await applyRows(target, writes);
	for (const { row } of refused) writes.delete(row);
	await recordApplied(target, writes, from);
	const overruled = [...settled].flatMap(([row, { decision, theirs }]) =>
		decision === 'same' || writes.has(row) ? theirs : [],
	);
	await acknowledge(target, overruled, from);
	const contested = await findContested(target, [...writes.keys()], from);
	if (contested.size > 0) throw new ContestedRows(contested);
	return { refused, settled };
}
