import type { Change } from '../../changelog/log/pending.ts';
import type { Direction } from '../../config/types.ts';
import { sourceSide, targetSide } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { parseRowKey, type RowKey } from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';

/** A table of a direction: the same table as the source and as the target have it. */
export interface Route {
	name: string;
	source: TrackedTable;
	target: TrackedTable;
}

/** A row of a table that travels, wherever it stands. */
export interface Row {
	route: Route;
	rowKey: string;
	key: RowKey;
}

/** One row that pending changes name, whatever the number of changes. */
export interface DirtyRow extends Row {
	/** The changes that name it, oldest first; never empty. */
	changes: Change[];
	/** The youngest of them. */
	last: Change;
}

/** The tables that a direction carries, by the source's name of the table. */
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

/** The row of that key. @throws SyncError `refused` if the text is no key of the table */
export function rowOf(route: Route, rowKey: string): Row {
	return { route, rowKey, key: parseRowKey(rowKey, route.source.key) };
}
