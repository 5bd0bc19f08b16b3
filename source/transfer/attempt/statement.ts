import type { SyncError } from '../../errors.ts';
import type { Route } from '../rows/route.ts';
import type { RowWrite } from '../rows/row-write.ts';
import type { upsertRows } from '../rows/upsert.ts';

/** Rows of one table that are written together, and in which way. */
export interface Statement {
	route: Route;
	write: typeof upsertRows;
	writes: RowWrite[];
}

/** A statement that other rows stand in the way of. */
export interface Blocked {
	statement: Statement;
	error: SyncError;
}
