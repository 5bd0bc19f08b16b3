/**
 * Signals: thrown by an attempt that cannot commit. Whoever catches one rolls the transaction back, and the
 * next attempt proceeds differently.
 */
import type { SyncError } from '../../errors.ts';
import type { Route, Row } from '../rows/route.ts';

/** An attempt must be rolled back, for a reason that the next one can handle. */
export abstract class BatchSignal extends Error {}

/** The statements sent together with the COMMIT failed. */
export class CommitFailed extends BatchSignal {
	readonly error: SyncError;

	constructor(error: SyncError) {
		super(error.message);
		this.error = error;
	}
}

/** Rows that were set aside could not be written back. */
export class StrandedRows extends BatchSignal {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows that were set aside were refused');
		this.rows = rows;
	}
}

/** A deletion cascades to rows of the target that have their own changes. */
export class CascadedRows extends BatchSignal {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('a cascade would delete rows that have their own changes');
		this.rows = rows;
	}
}

/** Rows of the batch are blocked by rows whose pending changes must be transferred in the same batch. */
export class BlockingRows extends BatchSignal {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows of the batch are blocked by rows of a later one');
		this.rows = rows;
	}
}

/** The target rejects every row of a table. */
export class RefusedTable extends BatchSignal {
	readonly route: Route;
	readonly reason: SyncError;

	constructor(route: Route, reason: SyncError) {
		super('the target rejects every row of a table');
		this.route = route;
		this.reason = reason;
	}
}

/** The target rejects a transaction of this size. */
export class BatchTooLarge extends BatchSignal {
	readonly reason: SyncError;
	/** Number of changes in the batch. */
	readonly changes: number;

	constructor(reason: SyncError, changes: number) {
		super('the batch exceeds the transaction size limit of the target');
		this.reason = reason;
		this.changes = changes;
	}
}
