import type { Connection } from '../database/connection.ts';
import { collapse, type Route, type Row, rowId, type Unreadable } from './collapse.ts';
import { cutBetweenStatements } from './cut.ts';
import { byAge, type Change, fetchPending, fetchPendingOf } from './pending.ts';
import { type CurrentRows, readRows, withinBytes } from './read.ts';

/** Bytes of large values in one batch at most, unless a single row has more: all of it is in memory. */
const batchBytes = 64 * 1024 * 1024;

/** What of a source's log is wanted. */
export interface FetchRequest {
	/** The tables that travel, by the source's name. */
	routes: ReadonlyMap<string, Route>;
	/** Changes at most. */
	limit: number;
	/** Ids of changes to leave out. */
	except: ReadonlySet<string>;
	/** Makes sure that what can be read at the source now outlives a crash of its server. */
	makeDurable: (source: Connection) => Promise<void>;
}

/** What was read from the source, as of one moment. */
export interface Fetched {
	changes: Change[];
	current: CurrentRows;
	unreadable: Unreadable[];
	/** Whether something that was pending at that moment was left for a later batch. */
	more: boolean;
}

/**
 * Reads the oldest pending changes and the rows that they name, as of one moment. MariaDB without a
 * binary log shows what a transaction has committed before that is on its disk: carried over and then
 * lost in a crash of the source, it would stand on the target alone.
 * @param along rows that travel too, whatever the age of their changes
 */
export async function fetchBatch(
	source: Connection,
	target: Connection,
	request: FetchRequest,
	along: readonly Row[],
): Promise<Fetched> {
	return source.snapshot(async () => {
		const node = target.end.nodeId;
		const pending = await fetchPending(source, {
			target: node,
			tables: [...request.routes.keys()],
			limit: request.limit + 1,
			except: [...request.except],
		});
		// While the rows are read, and on another connection: it takes no time of its own.
		const durable = pending.length === 0 ? undefined : request.makeDurable(source);
		durable?.catch(() => undefined);
		const oldest = cutBetweenStatements(pending, request.limit);
		const tables = [...new Set(along.map(({ route }) => route.source.name))];
		const rowKeys = [...new Set(along.map(({ rowKey }) => rowKey))];
		const wanted = new Set(along.map(({ route, rowKey }) => rowId(route.source.name, rowKey)));
		const others = (await fetchPendingOf(source, node, tables, rowKeys)).filter(
			({ id, table, rowKey }) =>
				wanted.has(rowId(table, rowKey ?? '')) && !oldest.some((change) => change.id === id),
		);
		const changes = [...oldest, ...others].sort(byAge);
		const { rows, unreadable } = collapse(changes, request.routes);
		const isAlong = ({ route, rowKey }: Row) => wanted.has(rowId(route.source.name, rowKey));
		const some = await withinBytes(
			source,
			rows.filter((row) => !isAlong(row)),
			batchBytes,
		);
		const taken = [...some, ...rows.filter(isAlong)];
		const more = oldest.length < pending.length || taken.length < rows.length;
		const current = await readRows(source, taken);
		await durable;
		return { changes, unreadable, more, current };
	});
}
