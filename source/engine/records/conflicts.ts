import { fetchPendingOf } from '../../changelog/log/pending.ts';
import { readVersions, type Versions } from '../../changelog/tables/conflict-versions.ts';
import {
	conflictsTable,
	countUndecided,
	keepVersion,
	type RecordedConflict,
	readClash,
	readConflict,
	readConflicts,
	readConflictsOf,
	readLatestConflicts,
	readUnsettled,
	settleConflicts,
} from '../../changelog/tables/conflicts.ts';
import { isCreated } from '../../changelog/tables/own-table.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { RowImage } from '../../database/rows/row-image.ts';
import { SyncError } from '../../errors.ts';
import { fromSideId, otherSide, toSideId } from '../api/side-ids.ts';
import { type ListedConflict, listedRecords } from '../api/snapshot.ts';
import type { Connections } from '../shared/connections.ts';
import { toIso } from '../shared/utc.ts';
import { giveWay } from './resolve-clash.ts';

/** One conflict on record, as `conflicts --json` prints it. */
export interface ConflictRecord {
	/** Tells the side it is on record at: `L12`, `C3`. */
	id: string;
	table: string;
	key: string;
	/** The two whole rows as they were; null for a deleted one. */
	local: RowImage | null;
	cloud: RowImage | null;
	/** Whose version stayed; null while nobody has decided. */
	kept: Side | null;
	/** ISO 8601, UTC. */
	detected_at: string;
}

/** The conflicts of a pair, newest first. Where there is no table of them yet, there are none. */
export async function listConflicts(
	connections: Connections,
	pair: PairConfig,
	undecidedOnly: boolean,
): Promise<ConflictRecord[]> {
	const which = undecidedOnly ? 'undecided' : 'all';
	const lists = await Promise.all(
		sides.map((side) =>
			listConflictsOn(connections[side], (connection) =>
				readConflicts(connection, pair[otherSide(side)].nodeId, which),
			),
		),
	);
	return lists.flat().sort((one, other) => (one.detected_at < other.detected_at ? 1 : -1));
}

/** The conflicts of one row with the peer that are on record at a connection's end, oldest first. */
export function listConflictsOf(
	connection: Connection,
	peer: string,
	table: string,
	rowKeys: readonly string[],
): Promise<ConflictRecord[]> {
	return listConflictsOn(connection, () => readConflictsOf(connection, peer, table, rowKeys));
}

async function listConflictsOn(
	connection: Connection,
	read: (connection: Connection) => Promise<RecordedConflict[]>,
): Promise<ConflictRecord[]> {
	if (!(await isCreated(connection, conflictsTable))) return [];
	const conflicts = await read(connection);
	const versionsOf = await readVersions(
		connection,
		conflicts.map(({ id }) => id),
	);
	return conflicts.map(({ id, table, displayKey, kept, detectedAt }) => ({
		id: toSideId(connection.end.side, id),
		table,
		key: displayKey,
		...versionsOf(id),
		kept,
		detected_at: toIso(detectedAt, connection),
	}));
}

/**
 * The conflicts on record at the connection's end as the screen lists them: the open ones, and the
 * latest of all. There is a table of them.
 */
export async function listForScreen(
	connection: Connection,
	peer: string,
): Promise<ListedConflict[]> {
	const conflicts = await readLatestConflicts(connection, peer, listedRecords);
	return conflicts.map(
		({ id, table, rowKey, displayKey, kept, isSettled, isClash, detectedAt }) => ({
			id: toSideId(connection.end.side, id),
			table,
			key: displayKey,
			row_key: rowKey,
			kept,
			open: !isSettled,
			clash: isClash,
			detected_at: toIso(detectedAt, connection),
		}),
	);
}

/**
 * The two versions of one conflict; null for a deleted row.
 * @throws SyncError `unreachable` if the end that has it on record is not there to be asked
 */
export async function readConflictVersions(
	connections: Record<Side, Connection | null>,
	pair: PairConfig,
	id: string,
): Promise<Versions> {
	const found = fromSideId(id);
	const connection = found && connections[found.side];
	if (!found || !connection) {
		throw new SyncError(
			'unreachable',
			`the end that has conflict ${id} on record cannot be reached`,
			{
				pair: pair.name,
			},
		);
	}
	const versionsOf = await readVersions(connection, [found.number]);
	return versionsOf(found.number);
}

/** How many conflicts of the pair nobody has decided. */
export async function countConflicts(connections: Connections, pair: PairConfig): Promise<number> {
	const counts = await Promise.all(
		sides.map((side) => countUndecided(connections[side], pair[otherSide(side)].nodeId)),
	);
	return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Puts a person's decision on record; the next run carries it out. Of two rows that want one value the
 * one that is not kept is deleted at once.
 * @throws SyncError `usage` if there is no such conflict, or it is decided already
 */
export async function decideConflict(
	connections: Connections,
	pair: PairConfig,
	id: string,
	keep: Side,
): Promise<void> {
	const found = fromSideId(id);
	const hint = `mysql-sync-tui conflicts ${pair.name} --open lists those that are to be decided.`;
	const unknown = new SyncError('usage', `the pair has no conflict ${id}`, {
		pair: pair.name,
		hint,
	});
	if (!found) throw unknown;
	const connection = connections[found.side];
	const peer = pair[otherSide(found.side)].nodeId;
	if (!(await isCreated(connection, conflictsTable))) throw unknown;
	const clash = await readClash(connection, peer, found.number);
	if (clash) return giveWay(connections, pair, found.side, clash, keep);
	if (await keepVersion(connection, peer, found.number, keep)) return;
	const conflict = await readConflict(connection, peer, found.number);
	if (!conflict) throw unknown;
	if (!conflict.isSettled) return;
	throw new SyncError('usage', `conflict ${id} is decided already: ${conflict.kept} was kept`, {
		pair: pair.name,
		hint: 'Both versions stay on record; to bring the other one back, write it to either side.',
	});
}

/**
 * Closes conflicts on record that are none any more: no change of their row is pending in either
 * direction, so that both sides agree on it.
 */
export async function closeAgreed(connections: Connections, pair: PairConfig): Promise<void> {
	for (const side of sides) {
		const peer = pair[otherSide(side)].nodeId;
		for (const { id, table, rowKey, kept } of await readUnsettled(connections[side], peer)) {
			const pending = await Promise.all(
				sides.map((from) =>
					fetchPendingOf(connections[from], pair[otherSide(from)].nodeId, [table], [rowKey]),
				),
			);
			if (pending.every((changes) => changes.length === 0)) {
				await settleConflicts(connections[side], [id], kept ?? side);
			}
		}
	}
}
