import {
	type Direction,
	directions,
	type PairConfig,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { conflictsTable, parkedTable } from '../database/own-tables.ts';
import { listForScreen } from './conflict-list.ts';
import { laterChanges, readLastChanges } from './last-changes.ts';
import type { Look } from './look.ts';
import { listParkedForScreen } from './parked-list.ts';
import { listChanges } from './pending-list.ts';
import { otherSide } from './side-ids.ts';
import type { ListedConflict, ListedParked, LivePair } from './snapshot.ts';

/** What is listed of a pair that a screen watches; what could not be read stays as it was. */
export type Watched = Pick<LivePair, 'changes' | 'conflict_list' | 'parked_list' | 'last_changes'>;

export function nothingListed(): Watched {
	return {
		changes: { local_to_cloud: [], cloud_to_local: [] },
		conflict_list: null,
		parked_list: null,
		last_changes: {},
	};
}

/**
 * Reads what a screen lists of a pair.
 * @param before what was listed; it stands where an end cannot be asked
 * @param table the only table whose pending changes are listed, or null for all
 */
export async function readWatched(
	pair: PairConfig,
	connections: Record<Side, Connection | null>,
	look: Look,
	before: Watched,
	table: string | null,
): Promise<Watched> {
	const changesOf = async (direction: Direction) => {
		const side = sourceSide(direction);
		if (look.pending[direction] === null || !look.ownTables[side].has('change_log')) return null;
		const tables = look.tablePairs.filter(({ name }) => table === null || name === table);
		const target = pair[targetSide(direction)].nodeId;
		return ask(connections[side], (connection) => listChanges(connection, target, tables));
	};
	const conflictsOn = (side: Side) =>
		listOf<ListedConflict>(
			look.ownTables[side].has(conflictsTable),
			connections[side],
			(connection) => listForScreen(connection, pair[otherSide(side)].nodeId),
		);
	const parkedOf = (direction: Direction) => {
		const side = sourceSide(direction);
		const target = pair[targetSide(direction)].nodeId;
		return listOf<ListedParked>(
			look.ownTables[side].has(parkedTable),
			connections[side],
			(connection) => listParkedForScreen(connection, direction, target),
		);
	};
	const lastOn = (side: Side) =>
		look.ownTables[side].has('change_log')
			? ask(connections[side], (connection) => readLastChanges(connection, look.tablePairs))
			: null;
	const [changes, conflicts, parked, last] = await Promise.all([
		Promise.all(directions.map(changesOf)),
		Promise.all(sides.map(conflictsOn)),
		Promise.all(directions.map(parkedOf)),
		Promise.all(sides.map(lastOn)),
	]);
	const [toCloud, toLocal] = changes;
	return {
		changes: {
			local_to_cloud: toCloud ?? before.changes.local_to_cloud,
			cloud_to_local: toLocal ?? before.changes.cloud_to_local,
		},
		conflict_list: merged(conflicts, before.conflict_list)?.sort(openThenNewest) ?? null,
		parked_list: merged(parked, before.parked_list)?.sort(oldestFirst) ?? null,
		last_changes: last.reduce<Watched['last_changes']>(
			(all, some) => laterChanges(all, some ?? {}),
			before.last_changes,
		),
	};
}

/** Null where the end cannot be asked, or was lost meanwhile; the next look tells that. */
async function ask<T>(
	connection: Connection | null,
	read: (connection: Connection) => Promise<T>,
): Promise<T | null> {
	return connection && (await read(connection).catch(() => null));
}

/** Nothing where there is no table of it yet. */
async function listOf<T>(
	isThere: boolean,
	connection: Connection | null,
	read: (connection: Connection) => Promise<T[]>,
): Promise<T[] | null> {
	return isThere || !connection ? ask(connection, read) : [];
}

/** Both lists; where one of them could not be read, what is known stays. */
function merged<T>(lists: readonly (T[] | null)[], before: T[] | null): T[] | null {
	return lists.includes(null) ? before : lists.flatMap((list) => list ?? []);
}

function openThenNewest(one: ListedConflict, other: ListedConflict): number {
	const rank = ({ kept, open }: ListedConflict) => (kept === null ? 0 : open ? 1 : 2);
	return rank(one) - rank(other) || (one.detected_at < other.detected_at ? 1 : -1);
}

function oldestFirst(one: ListedParked, other: ListedParked): number {
	return one.first_at < other.first_at ? -1 : 1;
}
