import type { NamedRow } from '../../changelog/pending-rows.ts';
import { rowId } from '../../changelog/pending-rows.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { SyncError } from '../../errors.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { Route, Row } from '../rows/route.ts';

/** What a row gave up for a moment: values of a UNIQUE key, or its references to other rows. */
export type AsideReason = 'values' | 'references';

/** Rows on their way into the target, and what has become of them, within one transaction. */
export interface Applying {
	source: Connection;
	target: Connection;
	/** Every table of the direction, by the target's name of the table. */
	routes: ReadonlyMap<string, Route>;
	/** What the rows are to be on the target. */
	writes: CurrentRows<Row>;
	/** The same rows by `rowId`. */
	byId: Map<string, Row>;
	/** Rows, by `rowId`, that are part of the batch, whether or not they are to be written. */
	known: ReadonlySet<string>;
	/** Rows, by `rowId`, that must not be set aside again: an earlier try could not write them. */
	untouchable: ReadonlySet<string>;
	/** Rows, by `rowId`, that stay as the target has them: a conflict was decided so, or is undecided. */
	staying: ReadonlySet<string>;
	/** Rows, by `rowId`, that may go although the target has changed them: that was decided. */
	given: ReadonlySet<string>;
	/** Rows that the target has now. */
	written: Set<Row>;
	/** Rows that stand there in part, or are gone, until they are written. */
	aside: Map<Row, Set<AsideReason>>;
	/** Rows that were taken out of the way of an application's trigger, by `rowId`. */
	evicted: Map<string, Row>;
	/** How many changes of its own the target made by itself, which have to travel back. */
	kept: number;
}

/** A row that the target does not take, with its reason. */
export interface RefusedRow {
	row: Row;
	error: SyncError;
	/** The row key of the target's row that has a value which a UNIQUE key wants once. */
	holder: string | null;
}

/** Nothing is written yet. */
export function startApplying(
	place: Pick<
		Applying,
		'source' | 'target' | 'routes' | 'known' | 'untouchable' | 'staying' | 'given'
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

/** Tells rows of the target apart. */
export function idOf({ route, rowKey }: Row): string {
	return rowId(route.target.name, rowKey);
}

/** Signals that the target takes no row of a table, for a reason that is none of the rows': all is rolled back. */
export class RefusedTable extends Error {
	readonly route: Route;
	readonly reason: SyncError;

	constructor(route: Route, reason: SyncError) {
		super('the target takes no row of a table');
		this.route = route;
		this.reason = reason;
	}
}

/** A row by the target's name of its table. */
export function namedAtTarget({ route, rowKey }: Row): NamedRow {
	return { table: route.target.name, rowKey };
}

/** Signals that rows had been set aside for others and could not be written: all is rolled back. */
export class StrandedRows extends Error {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows that made room for others were refused');
		this.rows = rows;
	}
}

/** Signals that other rows with pending changes have to travel in the same batch. */
export class MoreRows extends Error {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows of the batch wait for rows of a later one');
		this.rows = rows;
	}
}

/** Signals that the target deleted rows that have changes of their own: all is rolled back. */
export class TakenRows extends Error {
	readonly rows: readonly Row[];

	constructor(rows: readonly Row[]) {
		super('rows with changes of their own would be deleted with others');
		this.rows = rows;
	}
}
