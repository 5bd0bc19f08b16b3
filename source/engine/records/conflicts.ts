import { fetchPendingOf } from '../../changelog/log/pending.ts';
import { readVersions, type Versions } from '../../changelog/tables/conflict-versions.ts';
import {
	conflictsTable,
	countUnresolved,
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
import { resolveClash } from './resolve-clash.ts';

/** One recorded conflict, as `conflicts --json` prints it. */
export interface ConflictRecord {
	/** The side where it is recorded, and its number there: `L12`, `C3`. */
	id: string;
	table: string;
	key: string;
	/** The two complete rows at conflict time; null for a deleted row. */
	local: RowImage | null;
	cloud: RowImage | null;
	/** The winner; null while unresolved. */
	kept: Side | null;
	/** ISO 8601, UTC. */
	detected_at: string;
}

/** The conflicts of a pair, newest first. None if their table does not exist yet. */
export async function listConflicts(
	connections: Connections,
	pair: PairConfig,
	unresolvedOnly: boolean,
): Promise<ConflictRecord[]> {
	const which = unresolvedOnly ? 'unresolved' : 'all';
	const lists = await Promise.all(
		sides.map((side) =>
			listConflictsOn(connections[side], (connection) =>
				readConflicts(connection, pair[otherSide(side)].nodeId, which),
			),
		),
	);
	return lists.flat().sort((one, other) => (one.detected_at < other.detected_at ? 1 : -1));
}

/** The conflicts of one row with the peer that are recorded on a connection's side, oldest first. */
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
 * The conflicts recorded on the connection's side as the screen lists them: the latest unsettled and the
 * latest settled ones. Their table must exist.
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
 * @throws SyncError `unreachable` if the side where it is recorded cannot be reached
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
			`the side where conflict ${id} is recorded cannot be reached`,
			{
				pair: pair.name,
			},
		);
	}
	const versionsOf = await readVersions(connection, [found.number]);
	return versionsOf(found.number);
}

/** Counts the unresolved conflicts of the pair. */
export async function countConflicts(connections: Connections, pair: PairConfig): Promise<number> {
	const counts = await Promise.all(
		sides.map((side) => countUnresolved(connections[side], pair[otherSide(side)].nodeId)),
	);
	return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Records the winner that a person chose; the next run applies it. If two rows have the same value of a
 * UNIQUE key, the losing row is deleted at once.
 * @throws SyncError `usage` if there is no such conflict, or it is already resolved
 */
export async function resolveConflict(
	connections: Connections,
	pair: PairConfig,
	id: string,
	keep: Side,
): Promise<void> {
	const found = fromSideId(id);
	const hint = `mysql-sync-tui conflicts ${pair.name} --open lists the unresolved ones.`;
	const unknown = new SyncError('usage', `the pair has no conflict ${id}`, {
		pair: pair.name,
		hint,
	});
	if (!found) throw unknown;
	const connection = connections[found.side];
	const peer = pair[otherSide(found.side)].nodeId;
	if (!(await isCreated(connection, conflictsTable))) throw unknown;
	const clash = await readClash(connection, peer, found.number);
	if (clash) return resolveClash(connections, pair, found.side, clash, keep);
	if (await keepVersion(connection, peer, found.number, keep)) return;
	const conflict = await readConflict(connection, peer, found.number);
	if (!conflict) throw unknown;
	if (!conflict.isSettled) return;
	throw new SyncError('usage', `conflict ${id} is already resolved: ${conflict.kept} won`, {
		pair: pair.name,
		hint: 'Both versions stay recorded. To restore the other one, write it to either side.',
	});
}

/**
 * Settles recorded conflicts that no longer exist: no change of the row is pending in either direction, so
 * both sides agree.
 */
export async function settleAgreed(connections: Connections, pair: PairConfig): Promise<void> {
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
