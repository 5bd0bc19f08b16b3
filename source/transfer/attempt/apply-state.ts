import type { NamedRow } from '../../changelog/pending-rows.ts';
import { rowId } from '../../changelog/pending-rows.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { SyncError } from '../../errors.ts';
import type { CurrentRows } from '../rows/read.ts';
import type { Route, Row } from '../rows/route.ts';
import type { Statement } from '../rows/statement.ts';

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
	/** Rows, by `rowId`, whose changes on the target have lost: they may be overwritten or deleted. */
	losers: ReadonlySet<string>;
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

/** A statement that other rows stand in the way of. */
export interface Blocked {
	statement: Statement;
	error: SyncError;
}

/** Nothing is written yet. */
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

/** Tells rows of the target apart. */
export function idOf({ route, rowKey }: Row): string {
	return rowId(route.target.name, rowKey);
}

/** A row by the target's name of its table. */
export function namedAtTarget({ route, rowKey }: Row): NamedRow {
	return { table: route.target.name, rowKey };
}
