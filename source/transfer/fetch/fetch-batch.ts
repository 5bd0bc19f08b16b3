import { unreadableKey } from '../../changelog/log/check-entry.ts';
import { byAge, type Change, fetchPending, fetchPendingOf } from '../../changelog/log/pending.ts';
import { rowId } from '../../changelog/log/pending-rows.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { asSyncError } from '../../errors.ts';
import { type CurrentRows, readRows, withinBytes } from '../rows/read.ts';
import type { DirtyRow, Route, Row } from '../rows/route.ts';
import { cutBetweenStatements } from './batch-boundary.ts';
import { collapse, type Unreadable } from './collapse.ts';

/** Most bytes of large values in one batch, unless a single row has more: a batch is held in memory. */
const batchBytes = 64 * 1024 * 1024;

/** The changes to read from the source's log. */
export interface FetchRequest {
	/** The tables to transfer, by the source's name. */
	routes: ReadonlyMap<string, Route>;
	/** Most changes. */
	limit: number;
	/** Ids of changes to exclude. */
	except: ReadonlySet<string>;
	/** Ensures that what is now readable at the source survives a crash of its server. */
	makeDurable: (source: Connection) => Promise<void>;
	/**
	 * Called for tables with rows that no longer exist although no change deletes them.
	 * @throws SyncError `drifted` if such a table was recreated, and the rows disappeared with it
	 */
	requireCaptured?: (source: Connection, tables: readonly string[]) => Promise<void>;
}

/** The data read from the source, as of one moment. */
export interface Fetched {
	changes: Change[];
	current: CurrentRows;
	unreadable: Unreadable[];
	/** True if something pending at that moment is left for a later batch. */
	more: boolean;
}

/**
 * Reads the oldest pending changes and their rows, as of one moment. Without a binary log,
 * MariaDB shows committed data before it is on disk: transferred and then lost in a crash
 * of the source, it would exist only on the target.
 * @param along rows to transfer too, whatever the age of their changes
 */
export async function fetchBatch(
	source: LogConnection,
	target: Connection,
	request: FetchRequest,
	along: readonly Row[],
): Promise<Fetched> {
	return source.snapshot(async () => {
		const node = target.end.nodeId;
		const pending = await fetchPending(source, {
			peer: node,
			tables: [...request.routes.keys()],
			limit: request.limit + 1,
			except: [...request.except],
		});
		// On another connection while the rows are read, so that it costs no extra time.
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

/** Reads rows. If a server refuses to look up a key, the row at fault is found by bisection and excluded. */
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
