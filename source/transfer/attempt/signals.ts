/**
 * Signals: what an attempt at a batch throws once it cannot be committed as it is. Nothing of the attempt
 * stays: whoever catches one rolls the transaction back, and the next attempt goes another way about it.
 */
import type { SyncError } from '../../errors.ts';
import type { Route, Row } from '../rows/route.ts';

/** An attempt that has to be rolled back, for a reason that the next one can act on. */
export abstract class BatchSignal extends Error {}

/** The statements that were sent together with the COMMIT failed. */
export class CommitFailed extends BatchSignal {
	readonly error: SyncError;

	constructor(error: SyncError) {
		super(error.message);
		this.error = error;
	}
}

/** Rows were set aside for others, and could not be written in the end. */
export class StrandedRows extends BatchSignal {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows that made room for others were refused');
		this.rows = rows;
	}
}

/** A deletion cascades to rows of the target that have changes of their own. */
export class CascadedRows extends BatchSignal {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows with changes of their own would be deleted by a cascade');
		this.rows = rows;
	}
}

/** Rows of the batch are blocked by others, whose pending changes have to travel in the same batch. */
export class BlockingRows extends BatchSignal {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows of the batch are blocked by rows of a later one');
		this.rows = rows;
	}
}

/** The target takes no row of a table, whatever the row. */
export class RefusedTable extends BatchSignal {
	readonly route: Route;
	readonly reason: SyncError;

	constructor(route: Route, reason: SyncError) {
		super('the target takes no row of a table');
		this.route = route;
		this.reason = reason;
	}
}

/** The target takes no transaction of that size. */
export class BatchTooLarge extends BatchSignal {
	readonly reason: SyncError;
	/** Changes in the batch. */
	readonly changes: number;

	constructor(reason: SyncError, changes: number) {
		super('the batch is too large a transaction for the target');
		this.reason = reason;
		this.changes = changes;
	}
}
