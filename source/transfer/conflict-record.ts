/**
 * The record of conflicts, at the end where each was found. It is written in the transaction that
 * decides, so that no version gives way that is not on record.
 */
import { type Side, sides } from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { idList, quoteString, quoteStrings } from '../database/literals.ts';
import type { RowImage } from '../database/row-image.ts';

/** A conflict that is not settled: undecided, or decided by a person and not carried out yet. */
export interface OpenConflict {
	id: string;
	table: string;
	rowKey: string;
	/** Whose version a person has decided to keep. */
	kept: Side | null;
}

/** What is entered of a conflict. */
export interface ConflictEntry {
	table: string;
	rowKey: string;
	/** The key of the row that this one clashes with at a UNIQUE key; null where it is one row. */
	otherKey: string | null;
	displayKey: string;
	/** Both whole versions; null for a row that is deleted. */
	versions: Record<Side, RowImage | null>;
	/** Null while a person has to decide. */
	kept: Side | null;
}

/** The unsettled conflicts of the given rows with the peer. */
export async function openConflictsOf(
	connection: Connection,
	peer: string,
	tables: readonly string[],
	rowKeys: readonly string[],
): Promise<OpenConflict[]> {
	if (rowKeys.length === 0) return [];
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		row_key: string;
		kept: Side | null;
	}>(
		`SELECT id, table_name, row_key, kept
		FROM change_log_conflicts
		WHERE peer = ${quoteString(peer)} AND settled_at IS NULL AND other_key IS NULL
			AND table_name IN (${quoteStrings(tables)})
			AND row_key IN (${quoteStrings(rowKeys)})`,
	);
	return rows.map(({ id, table_name, row_key, kept }) => ({
		id: String(id),
		table: table_name,
		rowKey: row_key,
		kept,
	}));
}

/** A conflict to enter, and the one on record that it brings up to date. */
export interface Entering {
	entry: ConflictEntry;
	known: OpenConflict | undefined;
}

/**
 * Enters conflicts, or brings those on record up to date, in a few statements however many there are:
 * all of it happens while rows of an application are locked.
 */
export async function recordConflicts(
	connection: Connection,
	peer: string,
	entering: readonly Entering[],
): Promise<void> {
	const ids = new Map<Entering, string>();
	const anew = entering.filter(({ known }) => !known);
	for (let start = 0; start < anew.length; start += entriesPerInsert) {
		const some = anew.slice(start, start + entriesPerInsert);
		const entered = await insertConflicts(
			connection,
			peer,
			some.map(({ entry }) => entry),
		);
		for (const [index, one] of some.entries()) ids.set(one, entered[index] ?? '');
	}
	const again = entering.flatMap((one) => (one.known ? [{ ...one, id: one.known.id, one }] : []));
	for (const { one, id } of again) ids.set(one, id);
	for (const side of sides) {
		const kept = again.filter(({ entry }) => entry.kept === side).map(({ id }) => id);
		await settleConflicts(connection, kept, side);
	}
	await deleteVersions(connection, [...again.map(({ id }) => id)]);
	await insertVersions(
		connection,
		entering.flatMap((one) =>
			sides.flatMap((side) => {
				const version = one.entry.versions[side];
				return version === null ? [] : { conflict: ids.get(one) ?? '', side, version };
			}),
		),
	);
}

/** Conflicts in one INSERT. */
const entriesPerInsert = 500;

/** Puts a side's version in the place of the one that is on record of a conflict. */
export async function putVersion(
	connection: Connection,
	id: string,
	side: Side,
	version: RowImage | null,
): Promise<void> {
	await connection.run(
		`DELETE FROM change_log_conflict_rows
		WHERE conflict = ${idList([id])} AND side = ${quoteString(side)}`,
	);
	if (version !== null) await insertVersions(connection, [{ conflict: id, side, version }]);
}

async function deleteVersions(connection: Connection, ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	await connection.run(`DELETE FROM change_log_conflict_rows WHERE conflict IN (${idList(ids)})`);
}

/** Marks conflicts as settled: both sides have, or are about to have, the same row. */
export async function settleConflicts(
	connection: Connection,
	ids: readonly string[],
	kept: Side,
): Promise<void> {
	if (ids.length === 0) return;
	await connection.run(
		`UPDATE change_log_conflicts
		SET kept = ${quoteString(kept)}, settled_at = UTC_TIMESTAMP(6)
		WHERE id IN (${idList(ids)}) AND settled_at IS NULL`,
	);
}

/** Resolves to the ids of the entries: those of one INSERT … VALUES follow each other, in steps of the session's. */
async function insertConflicts(
	connection: Connection,
	peer: string,
	entries: readonly ConflictEntry[],
): Promise<string[]> {
	const rows = entries.map(({ table, rowKey, otherKey, displayKey, kept }) => {
		const values = [peer, table, rowKey, displayKey].map(quoteString).join(', ');
		const other = otherKey === null ? 'NULL' : quoteString(otherKey);
		const decided = kept === null ? 'NULL' : quoteString(kept);
		const settled = kept === null ? 'NULL' : 'UTC_TIMESTAMP(6)';
		return `(${values}, ${other}, ${decided}, UTC_TIMESTAMP(6), ${settled})`;
	});
	const [, [row]] = await connection.together(() =>
		Promise.all([
			connection.run(
				`INSERT INTO change_log_conflicts
					(peer, table_name, row_key, display_key, other_key, kept, detected_at, settled_at)
				VALUES ${rows.join(', ')}`,
			),
			connection.rows<{ first: string | number; step: string | number }>(
				'SELECT LAST_INSERT_ID() AS `first`, @@auto_increment_increment AS step',
			),
		]),
	);
	const [first, step] = [BigInt(row?.first ?? 0), BigInt(row?.step ?? 1)];
	return entries.map((_, index) => `${first + BigInt(index) * step}`);
}

/** A side's version of a row in a conflict. */
interface Version {
	conflict: string;
	side: Side;
	version: RowImage;
}

/** Characters of versions in one statement: each may take four bytes, doubled by escapes. */
const bytesPerCharacter = 10;

async function insertVersions(connection: Connection, versions: readonly Version[]): Promise<void> {
	const most = Math.floor(connection.server.maxAllowedPacket / bytesPerCharacter);
	let waiting: string[] = [];
	let length = 0;
	const send = async () => {
		if (waiting.length === 0) return;
		await connection.run(
			`INSERT INTO change_log_conflict_rows (conflict, side, part, text)
			VALUES ${waiting.join(', ')}`,
		);
		waiting = [];
		length = 0;
	};
	for (const { conflict, side, version } of versions) {
		const characters = [...JSON.stringify(version)];
		for (let part = 0; part * most < characters.length; part += 1) {
			const some = characters.slice(part * most, (part + 1) * most);
			if (length + some.length > most) await send();
			waiting.push(
				`(${idList([conflict])}, ${quoteString(side)}, ${part}, ${quoteString(some.join(''))})`,
			);
			length += some.length;
		}
	}
	await send();
}
