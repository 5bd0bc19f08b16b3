import { acknowledge } from '../changelog/log/acknowledge.ts';
import type { Change } from '../changelog/log/pending.ts';
import type { LogConnection } from '../changelog/session/log-connection.ts';
import { settleConflicts } from '../changelog/tables/conflicts.ts';
import { type Direction, type Side, sides, sourceSide, targetSide } from '../config/types.ts';
import type { SyncError } from '../errors.ts';
import type { Finding } from '../text/finding.ts';
import { applyBatch } from './apply/apply-batch.ts';
import type { BatchRequest } from './apply/make-attempt.ts';
import { type Applied, doneChanges, isHeld } from './apply/outcome.ts';
import { idOf } from './attempt/apply-state.ts';
import { BatchTooLarge, BlockingRows } from './attempt/signals.ts';
import type { Decision, Settled } from './conflicts/policy.ts';
import { type Fetched, fetchBatch } from './fetch/fetch-batch.ts';
import type { Row } from './rows/route.ts';
import { refusedForSize, whereTooLarge, withoutRows } from './split-batch.ts';
import type { Totals } from './totals.ts';

/** Changes that stay pending, with the reason. */
export interface LeftChange {
	changes: Change[];
	error: SyncError | null;
}

export interface BatchResult extends Totals {
	/** Changes read from the source's log. */
	fetched: number;
	/** True if more changes may be pending. */
	more: boolean;
	/** The rows that the target refused. */
	refused: LeftChange[];
	/** The rows with an unresolved conflict. */
	held: LeftChange[];
	/** Values that the target does not store as written. */
	notes: Finding[];
	/** Changes made by the target itself, which are now pending for the source. */
	kept: number;
	/** Id of the receipt that the target wrote; null if it wrote none. */
	receipt: string | null;
	milliseconds: number;
}

/**
 * Transfers one batch in one direction: fetch, collapse, read, apply, acknowledge. If it is interrupted
 * anywhere, the batch is simply transferred again: it contains current rows, not differences. If rows depend
 * on rows of a later batch, those are added and the batch starts again.
 * @throws SyncError `busy`, `unreachable` or `denied`; the batch is not acknowledged
 * @throws RefusedTable if the target rejects every row of a table; the batch is not acknowledged
 * @throws BatchTooLarge if the target rejects a transaction of this size and fewer changes may fit
 */
export async function moveBatch(
	source: LogConnection,
	target: LogConnection,
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
			const ahead = current.size > 0 ? await source.clockSkew.to(target) : 0n;
			applied = await applyBatch({ source, target, current, known, ahead }, request);
		} catch (thrown) {
			const tooLarge = whereTooLarge(thrown, target);
			if (tooLarge && request.limit > 1) throw new BatchTooLarge(tooLarge, fetched.changes.length);
			if (tooLarge) {
				const refused = [...withoutRows(fetched, along).current.keys()];
				// With all changes of each row, so that it is refused only once.
				fetched = await fetchBatch(source, target, { ...request, limit: 1 }, refused);
				applied = refusedForSize(fetched, tooLarge);
			} else if (thrown instanceof BlockingRows) {
				for (const row of thrown.rows) along.set(idOf(row), row);
				// In a chain of dependent rows, a small batch would add them one by one.
				limit = Math.min(limit * 2, Math.max(limit, largestBatch));
				continue;
			} else {
				throw thrown;
			}
		}
		return await finish(source, target, request, fetched, applied, start);
	}
}

/** The most changes that a batch grows to for the sake of dependent rows. */
const largestBatch = 5000;

async function finish(
	source: LogConnection,
	target: LogConnection,
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
			atSource && sideKept(decision, request.direction) === kept ? atSource.id : [],
		);
		await settleConflicts(source, ids, kept);
	}
	const side = sourceSide(request.direction);
	return {
		fetched: changes.length,
		more,
		applied: done.length,
		batches: changes.length > 0 ? 1 : 0,
		upserts,
		deletes,
		conflicts: losers.size + [...settled.values()].filter(isConflict).length,
		refused: [
			...[...current.keys()].flatMap((row) => {
				const error = reasons.get(row);
				return error ? [{ changes: row.changes, error }] : [];
			}),
			...unreadable.map(({ change, error }) => ({
				// Reported by its id, as its key cannot be read.
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

function sideKept(decision: Decision, direction: Direction): Side {
	return decision === 'apply' ? sourceSide(direction) : targetSide(direction);
}
