/** Batches that travel whole: none of their statements has to wait for the answer of another. */
import type { Connection } from '../database/connection.ts';
import { isActing } from '../database/referrers.ts';
import type { TrackedTable } from '../database/tracked-table.ts';
import { statementsFor, toLockBeforehand } from './apply.ts';
import type { Applying } from './applying.ts';
import type { Statement } from './blocked.ts';
import type { Route } from './collapse.ts';
import { type CurrentRows, groupByRoute, locking } from './read.ts';
import { deleteRows, deletion, statementBudget, writeBytes } from './statements.ts';
import { upsertRows, upserts } from './upsert.ts';

/** Whether rows can be written without looking at what the target does by itself meanwhile. */
export function travelsWhole(target: Connection, current: CurrentRows): boolean {
	const budget = statementBudget(target);
	return [...groupByRoute([...current.keys()])].every(([route, rows]) => {
		const gone = rows.some((row) => current.get(row) === null);
		if (mayAct(route, gone)) return false;
		return rows.every((row) => writeBytes({ row, values: current.get(row) ?? null }) <= budget);
	});
}

/** @param gone whether rows of the table are deleted */
function mayAct({ target }: Route, gone: boolean): boolean {
	if (target.applicationTriggers.length > 0) return true;
	return target.referrers.filter(isActing).some(({ foreignKey: { parentColumns, onUpdate } }) => {
		if (gone) return true;
		return onUpdate !== 'RESTRICT' && !parentColumns.every((name) => isFixed(target, name));
	});
}

/** Whether a row that is written over keeps the value: that of a key which is equal only to itself. */
function isFixed({ key }: TrackedTable, name: string): boolean {
	const column = key.find((one) => one.name.toLowerCase() === name.toLowerCase());
	return column !== undefined && /int$|^(date|datetime|timestamp|binary)$/.test(column.type);
}

/** The statements that write the rows of such a batch, in their order. */
export function writing(state: Applying): string[] {
	return [
		...locking(toLockBeforehand(state.writes)),
		...statementsFor(state, state.writes.keys()).flatMap(textOf),
	];
}

function textOf({ route, write, writes }: Statement): string[] {
	if (write === deleteRows) return [deletion(route, writes)];
	if (write === upsertRows) return upserts(route, writes);
	throw new TypeError(`rows of ${route.name} do not travel whole`);
}
