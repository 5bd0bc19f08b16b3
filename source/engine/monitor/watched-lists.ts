import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { conflictsTable } from '../../changelog/tables/conflicts.ts';
import { parkedTable } from '../../changelog/tables/parked.ts';
import {
	type Direction,
	directions,
	type PairConfig,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import { emptyPages, type Listing } from '../api/listing.ts';
import { otherSide } from '../api/side-ids.ts';
import type { ListedConflict, ListedParked, LivePair } from '../api/snapshot.ts';
import { listForScreen } from '../records/conflicts.ts';
import { listParkedForScreen } from '../records/parked.ts';
import { laterChanges, readLastChanges } from './last-changes.ts';
import type { Look } from './look.ts';
import { type ListedPage, listChanges } from './pending-list.ts';

/** What is listed of a pair that a screen watches; what could not be read stays as it was. */
export type WatchedLists = ListedChanges &
	Pick<LivePair, 'conflict_list' | 'parked_list' | 'last_changes'>;

/** The part of it that is read by pages. */
export type ListedChanges = Pick<LivePair, 'changes' | 'pages'>;

export function noChangesListed(): ListedChanges {
	return { changes: { local_to_cloud: [], cloud_to_local: [] }, pages: emptyPages() };
}

export function nothingListed(): WatchedLists {
	return {
		...noChangesListed(),
		conflict_list: null,
		parked_list: null,
		last_changes: {},
	};
}

/**
 * Reads the pending changes that a screen lists of a pair.
 * @param before what was listed; it stands where an end cannot be asked
 */
export async function readChanges(
	pair: PairConfig,
	connections: Record<Side, LogConnection | null>,
	look: Look,
	before: ListedChanges,
	listing: Listing,
): Promise<ListedChanges> {
	const read = async (direction: Direction): Promise<ListedPage> => {
		const side = sourceSide(direction);
		const count = look.pending[direction];
		const target = pair[targetSide(direction)].nodeId;
		const page =
			count &&
			look.ownTables[side].has('change_log') &&
			(await askOn(connections[side], (connection) =>
				listChanges(connection, target, direction, look.tablePairs, count, listing),
			));
		return page || { changes: before.changes[direction], page: before.pages[direction] };
	};
	const [toCloud, toLocal] = await Promise.all([read('local_to_cloud'), read('cloud_to_local')]);
	return {
		changes: { local_to_cloud: toCloud.changes, cloud_to_local: toLocal.changes },
		pages: { local_to_cloud: toCloud.page, cloud_to_local: toLocal.page },
	};
}

/**
 * Reads what a screen lists of a pair.
 * @param before what was listed; it stands where an end cannot be asked
 */
export async function readWatched(
	pair: PairConfig,
	connections: Record<Side, LogConnection | null>,
	look: Look,
	before: WatchedLists,
	listing: Listing,
): Promise<WatchedLists> {
	const conflictsOn = (side: Side) =>
		listOfBoth<ListedConflict>(
			look.ownTables[side].has(conflictsTable.name),
			connections[side],
			(connection) => listForScreen(connection, pair[otherSide(side)].nodeId),
		);
	const parkedOf = (direction: Direction) => {
		const side = sourceSide(direction);
		const target = pair[targetSide(direction)].nodeId;
		return listOfBoth<ListedParked>(
			look.ownTables[side].has(parkedTable.name),
			connections[side],
			(connection) => listParkedForScreen(connection, direction, target),
		);
	};
	const lastOn = (side: Side) =>
		look.ownTables[side].has('change_log')
			? askOn(connections[side], (connection) => readLastChanges(connection, look.tablePairs))
			: null;
	const [changes, conflicts, parked, last] = await Promise.all([
		readChanges(pair, connections, look, before, listing),
		Promise.all(sides.map(conflictsOn)),
		Promise.all(directions.map(parkedOf)),
		Promise.all(sides.map(lastOn)),
	]);
	return {
		...changes,
		conflict_list: merged(conflicts, before.conflict_list)?.sort(openThenNewest) ?? null,
		parked_list: merged(parked, before.parked_list)?.sort(oldestFirst) ?? null,
		last_changes: last.reduce<WatchedLists['last_changes']>(
			(all, some) => laterChanges(all, some ?? {}),
			before.last_changes,
		),
	};
}

/** Null where the end cannot be asked, or was lost meanwhile; the next look tells that. */
async function askOn<T>(
	connection: LogConnection | null,
	read: (connection: LogConnection) => Promise<T>,
): Promise<T | null> {
	return connection && (await read(connection).catch(() => null));
}

/** Nothing where there is no table of it yet. */
async function listOfBoth<T>(
	isThere: boolean,
	connection: LogConnection | null,
	read: (connection: LogConnection) => Promise<T[]>,
): Promise<T[] | null> {
	return isThere || !connection ? askOn(connection, read) : [];
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
