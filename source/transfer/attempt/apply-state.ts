import type { NamedRow } from '../../changelog/log/pending-rows.ts';
import { rowId } from '../../changelog/log/pending-rows.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import type { SyncError } from '../../errors.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { Route, Row } from '../rows/route.ts';
import type { Statement } from '../rows/statement.ts';

/** Why a row is set aside: it gave up values of a UNIQUE key, or its references to other rows. */
export type AsideReason = 'values' | 'references';

/** The rows being applied and their state, within one transaction. */
export interface Applying {
	source: LogConnection;
	target: LogConnection;
	/** Every table of the direction, by the target's table name. */
	routes: ReadonlyMap<string, Route>;
	/** The values to write on the target. */
	writes: CurrentRows<Row>;
	/** The same rows, by `rowId`. */
	byId: Map<string, Row>;
	/** Ids (`rowId`) of all rows of the batch, written or not. */
	known: ReadonlySet<string>;
	/** Ids (`rowId`) of rows that must not be set aside again: an earlier attempt could not write them. */
	untouchable: ReadonlySet<string>;
	/** Ids (`rowId`) of rows that the target keeps: their conflict was resolved that way, or is unresolved. */
	staying: ReadonlySet<string>;
	/** Ids (`rowId`) of rows whose changes on the target lost: they may be overwritten or deleted. */
	losers: ReadonlySet<string>;
	/** The rows now on the target. */
	written: Set<Row>;
	/** Rows that are incomplete or missing on the target until they are written. */
	aside: Map<Row, Set<AsideReason>>;
	/** Rows that were deleted temporarily for an application trigger, by `rowId`. */
	evicted: Map<string, Row>;
	/** Number of changes made by the target itself, which must be transferred back. */
	kept: number;
}

/** A row that the target refuses, with the reason. */
export interface RefusedRow {
	row: Row;
	error: SyncError;
	/** The row key of the target's row that already has the value of a UNIQUE key. */
	holder: string | null;
}

/** A statement that other rows block. */
export interface Blocked {
	statement: Statement;
	error: SyncError;
}

/** The initial state: nothing written. */
export function startApplying(
	place: Pick<
		Applying,
		'source' | 'target' | 'routes' | 'known' | 'untouchable' | 'staying' | 'losers'
	>,
	writes: CurrentRows<Row>,
): Applying {
	return {
		...place,
		writes,
		byId: new Map([...writes.keys()].map((row) => [idOf(row), row])),
		written: new Set(),
		aside: new Map(),
		evicted: new Map(),
		kept: 0,
	};
}

/** The id of a row on the target. */
export function idOf({ route, rowKey }: Row): string {
	return rowId(route.target.name, rowKey);
}

/** A row with the target's table name. */
export function namedAtTarget({ route, rowKey }: Row): NamedRow {
	return { table: route.target.name, rowKey };
}
