import { unreadableKey } from '../../changelog/check-entry.ts';
import { byAge, type Change, fetchPending, fetchPendingOf } from '../../changelog/pending.ts';
import { rowId } from '../../changelog/pending-rows.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { asSyncError } from '../../errors.ts';
import { type CurrentRows, readRows, withinBytes } from '../rows/read.ts';
import type { DirtyRow, Route, Row } from '../rows/route.ts';
import { cutBetweenStatements } from './batch-boundary.ts';
import { collapse, type Unreadable } from './collapse.ts';

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
	/**
	 * Asked about tables with rows that are gone although no change deletes them. Throws SyncError `drifted`
	 * where such a table was recreated, and the rows went with it.
	 */
	requireCaptured?: (source: Connection, tables: readonly string[]) => Promise<void>;
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
		const { rows, unreadable } = collapse(changes, request.routes, {
			side: source.end.side,
			nodes: [source.end.nodeId, node],
		});
		const isAlong = ({ route, rowKey }: Row) => wanted.has(rowId(route.source.name, rowKey));
		const some = await withinBytes(
			source,
			rows.filter((row) => !isAlong(row)),
			batchBytes,
		);
		const taken = [...some, ...rows.filter(isAlong)];
		const more = oldest.length < pending.length || taken.length < rows.length;
		const { current, unasked } = await readAsked(source, taken);
		const unseen = [...current].flatMap(([{ route, last }, values]) =>
			values === null && last.operation.toUpperCase() !== 'DELETE' ? [route.source.name] : [],
		);
		if (unseen.length > 0) await request.requireCaptured?.(source, [...new Set(unseen)]);
		await durable;
		return { changes, unreadable: [...unreadable, ...unasked], more, current };
	});
}

/**
 * Reads rows; where a server refuses to be asked by the key of one, that one is left out, and found by
 * halves.
 */
async function readAsked(
	source: Connection,
	rows: readonly DirtyRow[],
): Promise<{ current: CurrentRows; unasked: Unreadable[] }> {
	try {
		return { current: await readRows(source, rows), unasked: [] };
	} catch (thrown) {
		const error = asSyncError(thrown);
		if (error.code !== 'refused' || error.errno === undefined) throw thrown;
		const [row] = rows;
		if (row && rows.length === 1) {
			const unasked = row.changes.map((change) => ({
				change,
				error: unreadableKey(change, row.route.source, source.end.side, error).at({
					table: row.route.name,
				}),
			}));
			return { current: new Map(), unasked };
		}
		const middle = Math.ceil(rows.length / 2);
		const halves = [
			await readAsked(source, rows.slice(0, middle)),
			await readAsked(source, rows.slice(middle)),
		];
		return {
			current: new Map(halves.flatMap(({ current }) => [...current])),
			unasked: halves.flatMap(({ unasked }) => unasked),
		};
	}
}
