/** Ways to proceed if rows of one batch block each other in any order. */

import { rowId } from '../../changelog/log/pending-rows.ts';
import { findColumn } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { asSyncError } from '../../errors.ts';
import { type Applying, type AsideReason, idOf } from '../attempt/apply-state.ts';
import { travellingColumns } from '../rows/read.ts';
import type { Route, Row } from '../rows/route.ts';
import { type RowWrite, rowCondition } from '../rows/row-write.ts';
import { upsertSql } from '../rows/upsert.ts';
import { takeValues } from './displace-unique.ts';
import { findHolders } from './unique-holders.ts';

/**
 * Frees the values of UNIQUE keys for rows to be written, if the row that has such a value is written or
 * deleted later in the same batch. Resolves to true if any was freed.
 */
export async function freeValues(
	state: Applying,
	route: Route,
	writes: readonly RowWrite[],
): Promise<boolean> {
	const holders = await findHolders(state, route, writes);
	const movable = new Set(
		[...state.byId.values()].filter((row) => mayStandAside(state, row, 'values')),
	);
	let freed = false;
	for (const uniqueKey of new Set(holders.map((holder) => holder.uniqueKey))) {
		const ids = holders
			.filter((holder) => holder.uniqueKey === uniqueKey)
			.map(({ rowKey }) => rowId(route.target.name, rowKey));
		const rows = [...new Set(ids)]
			.flatMap((id) => state.byId.get(id) ?? [])
			.filter((row) => movable.has(row));
		if (rows.length === 0) continue;
		if (!(await takeValues(state.target, route, rows, uniqueKey))) continue;
		setRowsAside(state, rows, 'values');
		freed = true;
	}
	return freed || takeAway(state, route, movable);
}

/**
 * For a UNIQUE key over an expression the blocking row cannot always be identified: all rows of the table
 * that are still to be written give up their values until then.
 */
async function takeAway(
	state: Applying,
	route: Route,
	movable: ReadonlySet<Row>,
): Promise<boolean> {
	const rows = [...movable].filter((row) => row.route === route);
	if (rows.length === 0) return false;
	for (const uniqueKey of route.target.uniqueKeys) {
		if (!uniqueKey.parts.some((part) => 'expression' in part)) continue;
		if (!(await takeValues(state.target, route, rows, uniqueKey))) continue;
		setRowsAside(state, rows, 'values');
		return true;
	}
	return false;
}

/**
 * Writes rows that reference each other in a cycle without these references; the full write sets them later.
 * Resolves to false if that is not possible.
 */
export async function writeWithoutReferences(
	state: Applying,
	route: Route,
	writes: readonly RowWrite[],
): Promise<boolean> {
	const columns = travellingColumns(route);
	const circular = circularReferences(state, route);
	const left = columns.map(({ target }) => circular.includes(target.name));
	if (!left.includes(true)) return false;
	const movable = writes.filter(({ row }) => mayStandAside(state, row, 'references'));
	if (movable.length === 0) return false;
	try {
		await state.target.runAll(
			upsertSql(
				route,
				movable.map(({ row, values }) => ({
					row,
					values: (values ?? []).map((value, index) => (left[index] ? null : value)),
				})),
			),
		);
	} catch (thrown) {
		const error = asSyncError(thrown);
		if (error.code !== 'refused') throw thrown;
		await state.target.requireOpen(error);
		return false;
	}
	setRowsAside(
		state,
		movable.map(({ row }) => row),
		'references',
	);
	return true;
}

/**
 * One nullable column of each foreign key that leads, directly or through other tables, back to the table.
 */
function circularReferences({ routes }: Applying, route: Route): string[] {
	const leadsBack = (parent: string): boolean => {
		const reached = new Set([parent]);
		for (const name of reached) {
			for (const key of routes.get(name)?.target.foreignKeys ?? []) reached.add(key.parent);
		}
		return reached.has(route.target.name);
	};
	return route.target.foreignKeys
		.filter(({ parent }) => leadsBack(parent))
		.flatMap(({ columns }) => columns.filter((name) => mayBeNull(route, name)).slice(0, 1));
}

/**
 * Sets the references of rows that are to be deleted to NULL, so that they can be deleted in any order.
 * Resolves to true if any referenced the given table.
 */
export async function dropReferences(state: Applying, parent: Route): Promise<boolean> {
	let dropped = false;
	for (const { child, foreignKey } of parent.target.referrers) {
		const route = state.routes.get(child.name);
		const [column] = route ? foreignKey.columns.filter((name) => mayBeNull(route, name)) : [];
		if (!route || column === undefined) continue;
		const rows = [...state.writes.keys()].filter(
			(row) => row.route === route && isToGo(state, row) && mayStandAside(state, row, 'references'),
		);
		if (rows.length === 0) continue;
		const table = quoteName(route.target.name);
		const writes = rows.map((row) => ({ row, values: null }));
		await state.target.run(
			`UPDATE ${table} FORCE INDEX (PRIMARY)
			SET ${quoteName(column)} = NULL
			WHERE ${rowCondition(route, writes, table)}`,
		);
		setRowsAside(state, rows, 'references');
		dropped = true;
	}
	return dropped;
}

function isToGo(state: Applying, row: Row): boolean {
	return state.writes.get(row) === null;
}

function mayBeNull(route: Route, name: string): boolean {
	const column = findColumn(route.target, name);
	const inKey = route.target.key.some((part) => part.name === name);
	return column?.nullable === true && !column.generated && !inKey;
}

/** Each row only once per reason, so that two rows cannot set each other aside forever. */
function mayStandAside(state: Applying, row: Row, reason: AsideReason): boolean {
	if (state.written.has(row) || state.untouchable.has(idOf(row))) return false;
	return !state.aside.get(row)?.has(reason);
}

function setRowsAside(state: Applying, rows: readonly Row[], reason: AsideReason): void {
	for (const row of rows) {
		const reasons = state.aside.get(row) ?? new Set();
		state.aside.set(row, reasons.add(reason));
	}
}
