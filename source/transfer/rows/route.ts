import type { Change } from '../../changelog/log/pending.ts';
import type { Direction } from '../../config/types.ts';
import { sourceSide, targetSide } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { parseRowKey, type RowKey } from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';

/** A table of a direction, as defined on the source and on the target. */
export interface Route {
	name: string;
	source: TrackedTable;
	target: TrackedTable;
}

/** A row of a transferred table, on either side. */
export interface Row {
	route: Route;
	rowKey: string;
	key: RowKey;
}

/** A row named by one or more pending changes. */
export interface DirtyRow extends Row {
	/** The changes that name it, oldest first; never empty. */
	changes: Change[];
	/** The latest of them. */
	last: Change;
}

/** The tables to transfer in a direction, by the source's table name. */
export function routesOf(tables: readonly TablePair[], direction: Direction): Map<string, Route> {
	const routes = new Map<string, Route>();
	for (const { name, sides, skippedReason, blocked } of tables) {
		const source = sides[sourceSide(direction)];
		const target = sides[targetSide(direction)];
		if (!skippedReason && !blocked[targetSide(direction)] && source && target) {
			routes.set(source.name, { name, source, target });
		}
	}
	return routes;
}

/**
 * The row with this key.
 * @throws SyncError `refused` if the text is not a key of the table
 */
export function rowOf(route: Route, rowKey: string): Row {
	return { route, rowKey, key: parseRowKey(rowKey, route.source.key) };
}
