import { acknowledge } from '../changelog/acknowledge.ts';
import { settleConflicts } from '../changelog/conflicts.ts';
import type { Change } from '../changelog/pending.ts';
import { type Direction, type Side, sides, sourceSide, targetSide } from '../config/types.ts';
import type { Connection } from '../database/connection/connection.ts';
import type { SyncError } from '../errors.ts';
import type { Finding } from '../text/finding.ts';
import { applyBatch } from './apply/apply-batch.ts';
import type { BatchRequest } from './apply/make-attempt.ts';
import { type Applied, doneChanges, isHeld } from './apply/outcome.ts';
import { idOf } from './attempt/apply-state.ts';
import { BatchTooLarge, BlockingRows } from './attempt/signals.ts';
import { clockDifference } from './conflicts/clock-skew.ts';
import type { Decision, Settled } from './conflicts/policy.ts';
import { type Fetched, fetchBatch } from './fetch/fetch-batch.ts';
import type { Row } from './rows/route.ts';
import { refusedForSize, whereTooLarge, withoutRows } from './split-batch.ts';

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
	/** Rows that were written to the target, and rows that were deleted there. */
	upserts: number;
	deletes: number;
	/** Rows that had changed on both sides, whoever gave way. */
	conflicts: number;
	/** What the target refused, row by row. */
	refused: LeftChange[];
	/** What waits for a person's decision. */
	held: LeftChange[];
	/** What the target does not leave as it was written. */
	notes: Finding[];
	/** Changes of its own that the target made by itself, which are pending for the source now. */
	kept: number;
	/** Tells the receipt that the target gave; null where it gave none. */
	receipt: string | null;
	milliseconds: number;
}

/**
 * Moves one batch in one direction: fetch, collapse, read, apply, acknowledge. Cut off anywhere
 * before the end, it is simply moved again: what is sent is the row as it is, and not a difference.
 * Where rows wait for rows of a later batch these are brought along, and the batch starts again.
 * @throws SyncError `busy`, `unreachable` or `denied`, with the batch not acknowledged
 * @throws RefusedTable where the target takes no row of a table, with the batch not acknowledged either
 * @throws BatchTooLarge where the target takes no transaction of that size, and fewer changes may fit
 */
export async function moveBatch(
	source: Connection,
	target: Connection,
	request: BatchRequest,
): Promise<BatchResult> {
	const start = performance.now();
	const along = new Map<string, Row>();
	let { limit } = request;
	for (;;) {
		let fetched = await fetchBatch(source, target, { ...request, limit }, [...along.values()]);
		let applied: Applied;
		try {
			const known = new Set([...along.keys(), ...[...fetched.current.keys()].map(idOf)]);
			const { current } = fetched;
			const ahead = current.size > 0 ? await clockDifference(source, target) : 0n;
			applied = await applyBatch({ source, target, current, known, ahead }, request);
		} catch (thrown) {
			const tooLarge = whereTooLarge(thrown, target);
			if (tooLarge && request.limit > 1) throw new BatchTooLarge(tooLarge, fetched.changes.length);
			if (tooLarge) {
				const refused = [...withoutRows(fetched, along).current.keys()];
				// With all their changes, so that each row is refused once.
				fetched = await fetchBatch(source, target, { ...request, limit: 1 }, refused);
				applied = refusedForSize(fetched, tooLarge);
			} else if (thrown instanceof BlockingRows) {
				for (const row of thrown.rows) along.set(idOf(row), row);
				// Where one row waits for the next, a small batch would bring them along one by one.
				limit = Math.min(limit * 2, Math.max(limit, largestBatch));
				continue;
			} else {
				throw thrown;
			}
		}
		return await finish(source, target, request, fetched, applied, start);
	}
}

/** Changes that a batch grows to at most so that rows need not wait for those of a later one. */
const largestBatch = 5000;

async function finish(
	source: Connection,
	target: Connection,
	request: BatchRequest,
	{ changes, current, more, unreadable }: Fetched,
	{ refused, settled, losers, notes, kept, receipt, upserts, deletes }: Applied,
	start: number,
): Promise<BatchResult> {
	const held: LeftChange[] = [];
	for (const [row, { decision }] of settled) {
		if (isHeld(decision)) held.push({ changes: row.changes, error: null });
	}
	const reasons = new Map(refused.map(({ row, error }) => [row, error]));
	const done = doneChanges(current, { refused, settled });
	await acknowledge(source, done, target.end.nodeId);
	for (const kept of sides) {
		const ids = [...settled.values()].flatMap(({ decision, atSource }) =>
			atSource && keptSide(decision, request.direction) === kept ? atSource.id : [],
		);
		await settleConflicts(source, ids, kept);
	}
	const side = sourceSide(request.direction);
	return {
		fetched: changes.length,
		more,
		applied: done.length,
		upserts,
		deletes,
		conflicts: losers.size + [...settled.values()].filter(isConflict).length,
		refused: [
			...[...current.keys()].flatMap((row) => {
				const error = reasons.get(row);
				return error ? [{ changes: row.changes, error }] : [];
			}),
			...unreadable.map(({ change, error }) => ({
				// It is told by its id: what stands for a key is none.
				changes: [{ ...change, rowKey: null }],
				error: error.at({ side }),
			})),
		],
		held,
		notes,
		kept,
		receipt,
		milliseconds: performance.now() - start,
	};
}

function isConflict({ decision, theirs }: Settled): boolean {
	return decision !== 'same' && theirs.length > 0;
}

function keptSide(decision: Decision, direction: Direction): Side {
	return decision === 'apply' ? sourceSide(direction) : targetSide(direction);
}
