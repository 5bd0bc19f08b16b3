import { fetchPendingOf } from '../../changelog/log/pending.ts';
import { isUndecided, keptSide, settleConflicts } from '../../changelog/tables/conflicts.ts';
import { conflictRowsTable, conflictsTable } from '../../changelog/tables/table-names.ts';
import { missingBookkeeping } from '../../changelog/tables.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { RowImage } from '../../database/rows/row-image.ts';
import { idList, quoteString, quoteStrings } from '../../database/sql/literals.ts';
import { SyncError } from '../../errors.ts';
import { findClash } from '../../transfer/conflicts/unique-clashes.ts';
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
	openOnly: boolean,
): Promise<ConflictRecord[]> {
	const which = openOnly ? `settled_at IS NULL AND ${isUndecided}` : 'TRUE';
	const lists = await Promise.all(
		sides.map((side) => listOn(connections[side], side, pair[otherSide(side)].nodeId, which)),
	);
	return lists.flat().sort((one, other) => (one.detected_at < other.detected_at ? 1 : -1));
}

/** The conflicts of one row with the peer that are on record at a connection's end, oldest first. */
export async function listConflictsOf(
	connection: Connection,
	peer: string,
	table: string,
	rowKeys: readonly string[],
): Promise<ConflictRecord[]> {
	const keys = quoteStrings(rowKeys);
	const which = `table_name = ${quoteString(table)} AND (row_key IN (${keys}) OR other_key IN (${keys}))`;
	return listOn(connection, connection.end.side, peer, which);
}

/** @param which SQL that is true for the wanted ones */
async function listOn(
	connection: Connection,
	side: Side,
	peer: string,
	which: string,
): Promise<ConflictRecord[]> {
	if ((await missingBookkeeping(connection)).includes(conflictsTable)) return [];
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		display_key: string;
		kept: string | null;
		detected_at: string;
	}>(
		`SELECT id, table_name, display_key, kept, detected_at
		FROM change_log_conflicts
		WHERE peer = ${quoteString(peer)} AND ${which}
		ORDER BY id`,
	);
	const versions = await readVersions(
		connection,
		rows.map(({ id }) => String(id)),
	);
	return rows.map(({ id, table_name, display_key, kept, detected_at }) => ({
		id: toSideId(side, String(id)),
		table: table_name,
		key: display_key,
		local: versions.get(`${id} local`) ?? null,
		cloud: versions.get(`${id} cloud`) ?? null,
		kept: keptSide(kept),
		detected_at: toIso(detected_at, connection),
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
	const { side } = connection.end;
	const some = (condition: string) =>
		`(SELECT id, table_name, row_key, display_key, kept, settled_at IS NULL AS is_open,
			other_key IS NOT NULL AS is_clash, detected_at
		FROM change_log_conflicts
		WHERE peer = ${quoteString(peer)} ${condition}
		ORDER BY id DESC
		LIMIT ${listedRecords})`;
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		row_key: string;
		display_key: string;
		kept: string | null;
		is_open: string | number;
		is_clash: string | number;
		detected_at: string;
	}>(`${some('AND settled_at IS NULL')} UNION ALL ${some('AND settled_at IS NOT NULL')}`);
	return rows.map(
		({ id, table_name, row_key, display_key, kept, is_open, is_clash, detected_at }) => ({
			id: toSideId(side, String(id)),
			table: table_name,
			key: display_key,
			row_key,
			kept: keptSide(kept),
			open: Number(is_open) === 1,
			clash: Number(is_clash) === 1,
			detected_at: toIso(detected_at, connection),
		}),
	);
}

/**
 * The two versions of one conflict; null for a deleted row.
 * @throws SyncError `unreachable` if the end that has it on record is not there to be asked
 */
export async function readConflict(
	connections: Record<Side, Connection | null>,
	pair: PairConfig,
	id: string,
): Promise<Record<Side, RowImage | null>> {
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
	const versions = await readVersions(connection, [found.number]);
	const version = (side: Side) => versions.get(`${found.number} ${side}`) ?? null;
	return { local: version('local'), cloud: version('cloud') };
}

/** Conflicts whose versions are read in one query. */
const conflictsPerQuery = 500;

async function readVersions(
	connection: Connection,
	ids: readonly string[],
): Promise<Map<string, RowImage>> {
	const texts = new Map<string, string>();
	for (let start = 0; start < ids.length; start += conflictsPerQuery) {
		const rows = await connection.rows<{
			conflict: string | number;
			side: string;
			text: string;
		}>(
			`SELECT conflict, side, text
			FROM change_log_conflict_rows
			WHERE conflict IN (${idList(ids.slice(start, start + conflictsPerQuery))})
			ORDER BY conflict, side, part`,
		);
		for (const { conflict, side, text } of rows) {
			const id = `${conflict} ${side}`;
			texts.set(id, (texts.get(id) ?? '') + text);
		}
	}
	return new Map([...texts].map(([id, text]) => [id, imageIn(id, text)]));
}

/** A version on record; one that is none, as the text that stands there. */
function imageIn(id: string, text: string): RowImage {
	try {
		const image: unknown = JSON.parse(text);
		if (isImage(image)) return image;
	} catch {
		// It is told as it stands.
	}
	const [conflict, side] = id.split(' ');
	const remedy = `DELETE FROM ${conflictRowsTable} WHERE conflict = ${conflict} AND side = '${side}'`;
	return { 'unreadable text': text, 'to remove it': remedy };
}

function isImage(image: unknown): image is RowImage {
	if (typeof image !== 'object' || image === null || Array.isArray(image)) return false;
	return Object.values(image).every((value) => value === null || typeof value !== 'object');
}

/** How many conflicts of the connection's end nobody has decided. */
export async function countOpenConflicts(connection: Connection, peer: string): Promise<number> {
	const [row] = await connection.rows<{ open: string | number }>(
		`SELECT COUNT(*) AS open
		FROM change_log_conflicts
		WHERE peer = ${quoteString(peer)} AND settled_at IS NULL AND ${isUndecided}`,
	);
	return Number(row?.open ?? 0);
}

/** How many conflicts of the pair nobody has decided. */
export async function countConflicts(connections: Connections, pair: PairConfig): Promise<number> {
	const counts = await Promise.all(
		sides.map((side) => countOpenConflicts(connections[side], pair[otherSide(side)].nodeId)),
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
	const isIt = `id = ${idList([found.number])} AND peer = ${quoteString(pair[otherSide(found.side)].nodeId)}`;
	if ((await missingBookkeeping(connection)).includes(conflictsTable)) throw unknown;
	const peer = pair[otherSide(found.side)].nodeId;
	const clash = await findClash(connection, peer, found.number);
	if (clash) return giveWay(connections, pair, found.side, clash, keep);
	const decided = await connection.run(
		`UPDATE change_log_conflicts FORCE INDEX (PRIMARY)
		SET kept = ${quoteString(keep)}
		WHERE ${isIt} AND settled_at IS NULL`,
	);
	if (decided > 0) return;
	const [row] = await connection.rows<{ kept: Side | null; settled: string | number }>(
		`SELECT kept, settled_at IS NOT NULL AS settled FROM change_log_conflicts WHERE ${isIt}`,
	);
	if (!row) throw unknown;
	if (Number(row.settled) === 0) return;
	throw new SyncError('usage', `conflict ${id} is decided already: ${row.kept} was kept`, {
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
		const rows = await connections[side].rows<{
			id: string | number;
			table_name: string;
			row_key: string;
			kept: string | null;
		}>(
			`SELECT id, table_name, row_key, kept
			FROM change_log_conflicts
			WHERE peer = ${quoteString(pair[otherSide(side)].nodeId)} AND settled_at IS NULL`,
		);
		for (const { id, table_name, row_key, kept } of rows) {
			const pending = await Promise.all(
				sides.map((from) =>
					fetchPendingOf(connections[from], pair[otherSide(from)].nodeId, [table_name], [row_key]),
				),
			);
			if (pending.every((changes) => changes.length === 0)) {
				await settleConflicts(connections[side], [String(id)], keptSide(kept) ?? side);
			}
		}
	}
}
