import { isCreated } from '../../changelog/tables/own-table.ts';
import {
	endPauses,
	parkedTable,
	type RecordedParked,
	readParkedOf,
	readParkedReasons,
} from '../../changelog/tables/parked.ts';
import {
	type Direction,
	directions,
	type PairConfig,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { SyncError } from '../../errors.ts';
import { fromSideId, toSideId } from '../api/side-ids.ts';
import { type ListedParked, listedRecords, type ParkedChange } from '../api/snapshot.ts';
import type { Connections } from '../shared/connections.ts';
import { toIso } from '../shared/utc.ts';

/** The parked changes of a pair, oldest first. Where there is no table of them yet, there are none. */
export async function listParked(
	connections: Connections,
	pair: PairConfig,
): Promise<ParkedChange[]> {
	const lists = await Promise.all(
		directions.map((direction) => {
			const peer = pair[targetSide(direction)].nodeId;
			return listParkedOn(connections[sourceSide(direction)], direction, (connection) =>
				readParkedReasons(connection, peer),
			);
		}),
	);
	return lists
		.flat()
		.map(asPrinted)
		.sort((one, other) => (one.first_at < other.first_at ? -1 : 1));
}

/** The changes of a direction that are parked at the connection's end, oldest first, as the screen lists them. */
export function listParkedForScreen(
	connection: Connection,
	direction: Direction,
	peer: string,
): Promise<ListedParked[]> {
	return listParkedOn(connection, direction, () =>
		readParkedReasons(connection, peer, listedRecords),
	);
}

/** What of one row is parked on the direction's source. */
export async function listParkedOf(
	connection: Connection,
	direction: Direction,
	peer: string,
	table: string,
	rowKeys: readonly string[],
): Promise<ParkedChange[]> {
	const parked = await listParkedOn(connection, direction, () =>
		readParkedOf(connection, peer, table, rowKeys),
	);
	return parked.map(asPrinted);
}

/** Without what only the screen needs. */
function asPrinted({ row_key, ...change }: ListedParked): ParkedChange {
	return change;
}

async function listParkedOn(
	connection: Connection,
	direction: Direction,
	read: (connection: Connection) => Promise<RecordedParked[]>,
): Promise<ListedParked[]> {
	if (!(await isCreated(connection, parkedTable))) return [];
	return (await read(connection)).map((parked) => ({
		id: toSideId(sourceSide(direction), parked.id),
		direction,
		table: parked.table,
		key: parked.displayKey,
		row_key: parked.rowKey,
		operation: parked.operation,
		message: parked.message,
		code: parked.code,
		attempts: parked.attempts,
		first_at: toIso(parked.firstAt, connection),
		last_at: toIso(parked.lastAt, connection),
		next_at: toIso(parked.nextAt, connection),
	}));
}

/**
 * Ends the pauses of parked changes of a pair: of all, or of one. Resolves to how many are tried at
 * the next run.
 * @throws SyncError `usage` if there is no parked change of that id
 */
export async function retryParked(
	connections: Connections,
	pair: PairConfig,
	id?: string,
): Promise<number> {
	const one = id === undefined ? null : fromSideId(id);
	let parked = 0;
	for (const direction of directions) {
		const side = sourceSide(direction);
		if (id !== undefined && one?.side !== side) continue;
		const connection = connections[side];
		if (!(await isCreated(connection, parkedTable))) continue;
		parked += await endPauses(connection, pair[targetSide(direction)].nodeId, one?.number);
	}
	if (id !== undefined && parked === 0) {
		throw new SyncError('usage', `no change ${id} is parked any more`, {
			pair: pair.name,
			hint: 'It has arrived meanwhile, or a later change of the row has taken its place.',
		});
	}
	return parked;
}
