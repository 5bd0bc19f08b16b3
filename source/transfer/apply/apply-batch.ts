/** Applies a batch to the target: attempt after attempt, until one commits. */

import { endsTransaction } from '../../database/connection/errors.ts';
import { isFailedGuard } from '../../database/connection/guard.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { SyncError } from '../../errors.ts';
import { idOf } from '../attempt/apply-state.ts';
import {
	type Attempt,
	type AttemptedBatch,
	type Failure,
	firstAttempt,
	nextAttempt,
} from '../attempt/attempt.ts';
import { CascadedRows, CommitFailed, StrandedRows } from '../attempt/signals.ts';
import { findContested } from '../conflicts/resolve.ts';
import type { CurrentRows } from '../rows/read.ts';
import { mayHaveEffects } from '../side-effects/effects.ts';
import { type Batch, type BatchRequest, makeAttempt } from './make-attempt.ts';
import { type Applied, nothingApplied } from './outcome.ts';
import { canBePipelined } from './pipelined.ts';

/**
 * Writes the rows to the target in one transaction. It commits only if no row has unresolved changes on the
 * target. The modes of an attempt are described in attempt/attempt.ts.
 * @throws BlockingRows if rows of a later batch must be transferred together with these
 * @throws RefusedTable if the target rejects every row of a table
 * @throws SyncError `busy` if applications write the rows faster than conflicts can be resolved
 */
export async function applyBatch(batch: Batch, request: BatchRequest): Promise<Applied> {
	const { target, current } = batch;
	if (current.size === 0) return nothingApplied();
	const attempted: AttemptedBatch = {
		rows: new Map([...current.keys()].map((row) => [idOf(row), row])),
		actsByItself: mayHaveEffects(current.keys()),
	};
	let attempt = firstAttempt(canBePipelined(target, current));
	for (;;) {
		await request.schema.verify(tablesOf(current));
		// An earlier batch may have left a table name in the marker, which triggers would record.
		await target.loopMarker.set('');
		try {
			return await inTransaction(batch, request, attempt);
		} catch (thrown) {
			const failure = await failureOf(thrown, batch, request);
			const next = nextAttempt(attempt, failure, attempted);
			if (next === null) throw failure.kind === 'overtaken' ? rowsAreBusy(batch) : reasonOf(thrown);
			attempt = next;
		}
	}
}

/** An optimistic attempt is a complete transaction in itself. */
function inTransaction(batch: Batch, request: BatchRequest, attempt: Attempt): Promise<Applied> {
	const work = () => makeAttempt(batch, request, attempt);
	return attempt.mode === 'optimistic' ? work() : batch.target.transaction(work);
}

/**
 * Finds out why an attempt failed.
 * @throws any error that another attempt cannot fix
 */
async function failureOf(
	thrown: unknown,
	{ source, target, current }: Batch,
	request: BatchRequest,
): Promise<Failure> {
	if (thrown instanceof StrandedRows) return { kind: 'stranded', rows: thrown.rows };
	if (thrown instanceof CascadedRows) return { kind: 'cascaded', rows: thrown.rows };
	if (!(thrown instanceof CommitFailed)) throw thrown;
	const { error } = thrown;
	if (endsTransaction(error)) throw error;
	if (!isFailedGuard(error)) return { kind: 'refused' };
	// Any guard may have failed. These two calls throw if it was theirs.
	await request.requireHeld(target);
	request.schema.invalidate(tablesOf(current));
	const contested = await findContested(target, [...current.keys()], source.end.nodeId);
	return { kind: 'overtaken', contested: contested.keys() };
}

function reasonOf(thrown: unknown): unknown {
	return thrown instanceof CommitFailed ? thrown.error : thrown;
}

function rowsAreBusy({ target }: Batch): SyncError {
	return new SyncError('busy', 'rows of this batch keep changing while it is applied', {
		side: target.end.side,
		hint: 'Nothing of the batch was applied. The next run retries it.',
	});
}

function tablesOf(current: CurrentRows): Set<TrackedTable> {
	return new Set([...current.keys()].map(({ route }) => route.target));
}
