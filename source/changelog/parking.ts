/**
 * Parking: what the target refused is set aside, so that the rest goes on. A later change of the same row
 * takes the place of the one that was refused.
 */
import type { SyncError } from '../errors.ts';
import type { Change } from './log/pending.ts';
import { type NamedRow, pendingByRow, rowId } from './log/pending-rows.ts';
import type { LogConnection } from './session/log-connection.ts';
import { addParked, extendParked, type Parked, removeParked } from './tables/parked.ts';

/** The ids of the pending changes that parked rows hold back: none of a row that has a later one. */
export async function heldBack(
	source: LogConnection,
	peer: string,
	parked: readonly Parked[],
): Promise<Set<string>> {
	const held = new Set<string>();
	const byRow = await pendingByRow(source, peer, rowsOf(parked));
	for (const entry of parked) {
		if (entry.rowKey === null) {
			held.add(entry.lastChange);
			continue;
		}
		const pending = (byRow.get(rowId(entry.table, entry.rowKey)) ?? []).map(({ id }) => id);
		// A later change takes its place. In a log that was created again no id means what it meant.
		if (pending.at(-1) !== entry.lastChange) continue;
		for (const id of pending) held.add(id);
	}
	return held;
}

/** Changes of a row that were refused in a run, and why. */
export interface Refusal {
	changes: readonly Change[];
	error: SyncError;
}

/**
 * Parks what a run was refused, and forgets what is not pending any more.
 * @param before what was parked when the run began
 * @param waiting what of it the run left out
 */
export async function park(
	source: LogConnection,
	peer: string,
	before: readonly Parked[],
	waiting: readonly Parked[],
	refusals: readonly Refusal[],
): Promise<void> {
	const parkedAs = new Map(before.map((entry) => [entryId(entry), entry]));
	const again = new Set<Parked>();
	for (const { changes, error } of refusals) {
		const last = changes.at(-1);
		if (!last) continue;
		const known = parkedAs.get(entryId({ ...last, lastChange: last.id }));
		if (known) again.add(known);
		await (known
			? extendParked(source, known.id, last, error)
			: addParked(source, peer, last, error));
	}
	const rest = before.filter((entry) => !again.has(entry));
	if (rest.length === 0) return;
	const byRow = await pendingByRow(source, peer, rowsOf(rest));
	const gone = rest.filter((entry) =>
		entry.rowKey === null ? !waiting.includes(entry) : !byRow.has(rowId(entry.table, entry.rowKey)),
	);
	await removeParked(
		source,
		gone.map(({ id }) => id),
	);
}

/** Tells parked entries apart: by the row, or by the change where that names none. */
function entryId({ table, rowKey, lastChange }: Omit<Parked, 'id' | 'due'>): string {
	return rowId(table, rowKey ?? `#${lastChange}`);
}

/** The parked rows that are among the refused ones. */
export function parkedAmong(refusals: readonly Refusal[], parked: readonly Parked[]): Parked[] {
	const refused = new Set(
		refusals.flatMap(({ changes }) => {
			const last = changes.at(-1);
			return last ? entryId({ ...last, lastChange: last.id }) : [];
		}),
	);
	return parked.filter((entry) => refused.has(entryId(entry)));
}

/** The rows that parked changes name. */
function rowsOf(parked: readonly Parked[]): NamedRow[] {
	return parked.flatMap(({ table, rowKey }) => (rowKey === null ? [] : { table, rowKey }));
}
