/** Handles rows that the target does not accept: requests further rows, or explains the refusal. */

import { fetchPending, fetchPendingOf } from '../../changelog/log/pending.ts';
import { rowId } from '../../changelog/log/pending-rows.ts';
import {
	isDuplicateError,
	isForeignKeyError,
	isMissingParentError,
} from '../../database/connection/errors.ts';
import { displayRowKey } from '../../database/rows/row-key.ts';
import { SyncError } from '../../errors.ts';
import { type Applying, type Blocked, idOf, type RefusedRow } from '../attempt/apply-state.ts';
import { BlockingRows } from '../attempt/signals.ts';
import { keyExpressions } from '../rows/key-expressions.ts';
import { type Route, type Row, rowOf } from '../rows/route.ts';
import type { RowWrite } from '../rows/row-write.ts';
import { cascadingParents, childrenOf } from './foreign-key-rows.ts';
import { describeUniqueKey, findHolders, type UniqueHolder } from './unique-holders.ts';

/** @throws BlockingRows if blocking rows have changes that are also pending for the target */
export async function askForMore(state: Applying, blocked: readonly Blocked[]): Promise<void> {
	const wanted = new Map<string, Row>();
	for (const { statement, error } of blocked) {
		for (const write of statement.writes) {
			for (const row of await rowsInTheWay(state, statement.route, write, error)) {
				const id = idOf(row);
				if (!state.known.has(id)) wanted.set(id, row);
			}
		}
	}
	if (wanted.size === 0) return;
	const rows = [...wanted.values()];
	const changes = await fetchPendingOf(
		state.source,
		state.target.end.nodeId,
		[...new Set(rows.map(({ route }) => route.source.name))],
		[...new Set(rows.map(({ rowKey }) => rowKey))],
	);
	const pending = new Set(changes.map(({ table, rowKey }) => rowId(table, rowKey ?? '')));
	const more = rows.filter(({ route, rowKey }) => pending.has(rowId(route.source.name, rowKey)));
	if (more.length > 0) throw new BlockingRows(more);
}

async function rowsInTheWay(
	state: Applying,
	route: Route,
	write: RowWrite,
	error: SyncError,
): Promise<Row[]> {
	if (isDuplicateError(error)) {
		const holders = await findHolders(state, route, [write]);
		if (holders.length > 0 || keyExpressions(route.target).length === 0) {
			return holders.map(({ rowKey }) => rowOf(route, rowKey));
		}
		return nextPending(state, route);
	}
	if (isMissingParentError(error)) return cascadingParents(state, route, write);
	return isForeignKeyError(error) ? childrenOf(state, write.row) : [];
}

/** Changes of a table added at once if the blocking row cannot be identified. */
const changesAtOnce = 1000;

/** Rows of the table whose changes are in a later batch. */
async function nextPending({ source, target, known }: Applying, route: Route): Promise<Row[]> {
	const changes = await fetchPending(source, {
		peer: target.end.nodeId,
		tables: [route.source.name],
		limit: known.size + changesAtOnce,
	});
	return changes.flatMap(({ rowKey }) => (rowKey === null ? [] : rowIfFits(route, rowKey)));
}

function rowIfFits(route: Route, rowKey: string): Row[] {
	try {
		return [rowOf(route, rowKey)];
	} catch {
		return [];
	}
}

/** A refused row, with a reason that a person can act on. */
export async function explain(
	state: Applying,
	route: Route,
	write: RowWrite,
	error: SyncError,
): Promise<RefusedRow> {
	const [holder] = isDuplicateError(error) ? await findHolders(state, route, [write]) : [];
	const reason = refusalReason(route, write, error, holder);
	return { row: write.row, error: reason, holder: holder?.rowKey ?? null };
}

function refusalReason(
	route: Route,
	write: RowWrite,
	error: SyncError,
	holder: UniqueHolder | undefined,
): SyncError {
	const key = displayRowKey(write.row.key, route.source.key);
	const place = { ...error.place, key };
	const options = { ...place, errno: error.errno, cause: error };
	if (isDuplicateError(error)) {
		if (!holder && error.errno === 1062) return error.at({ key });
		const other = holder
			? `row ${displayRowKey(rowOf(route, holder.rowKey).key, route.source.key)}`
			: 'another row';
		const computed = route.target.uniqueKeys.filter(({ parts }) =>
			parts.some((part) => 'expression' in part),
		);
		const possible = (holder ? [holder.uniqueKey] : computed).map(describeUniqueKey);
		const where = possible.length > 0 ? `the UNIQUE key ${possible.join(' or ')}` : 'a UNIQUE key';
		return new SyncError('refused', `${other} on the target has the same value in ${where}`, {
			...options,
			hint: 'Change one of the two rows. The change is retried at every run.',
		});
	}
	if (!isForeignKeyError(error)) return error.at({ key });
	const hint = isMissingParentError(error)
		? 'The referenced row does not exist on the target, and no pending change adds it. Insert it there, or write it again on the source.'
		: 'Rows on the target reference it, and no pending change removes them. Change or delete them on either side.';
	return new SyncError('refused', error.message, { ...options, hint });
}
