/**
 * The record of conflicts, at the end where each was found. It is written in the transaction that
 * decides, so that no version gives way that is not on record.
 */
import type { Side } from '../config/types.ts';
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

/** Enters a conflict, or brings the one on record up to date. */
export async function recordConflict(
	connection: Connection,
	peer: string,
	entry: ConflictEntry,
	known: OpenConflict | undefined,
): Promise<void> {
	const id = known?.id ?? (await insertConflict(connection, peer, entry));
	if (known && entry.kept !== null) await settleConflict(connection, known.id, entry.kept);
	for (const [side, version] of Object.entries(entry.versions)) {
		await putVersion(connection, id, side as Side, version);
	}
}

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
	if (version !== null) await insertVersion(connection, id, side, JSON.stringify(version));
}

/** Marks a conflict as settled: both sides have, or are about to have, the same row. */
export async function settleConflict(
	connection: Connection,
	id: string,
	kept: Side,
): Promise<void> {
	await connection.run(
		`UPDATE change_log_conflicts
		SET kept = ${quoteString(kept)}, settled_at = UTC_TIMESTAMP(6)
		WHERE id = ${idList([id])} AND settled_at IS NULL`,
	);
}

async function insertConflict(
	connection: Connection,
	peer: string,
	{ table, rowKey, otherKey, displayKey, kept }: ConflictEntry,
): Promise<string> {
	const values = [peer, table, rowKey, displayKey].map(quoteString).join(', ');
	const other = otherKey === null ? 'NULL' : quoteString(otherKey);
	const decided = kept === null ? 'NULL' : quoteString(kept);
	await connection.run(
		`INSERT INTO change_log_conflicts
			(peer, table_name, row_key, display_key, other_key, kept, detected_at, settled_at)
		VALUES (${values}, ${other}, ${decided}, UTC_TIMESTAMP(6), ${kept === null ? 'NULL' : 'UTC_TIMESTAMP(6)'})`,
	);
	const [row] = await connection.rows<{ id: string | number }>('SELECT LAST_INSERT_ID() AS id');
	return String(row?.id);
}

/** Characters of a version in one statement: each may take four bytes, doubled by escapes. */
const bytesPerCharacter = 10;

async function insertVersion(
	connection: Connection,
	conflict: string,
	side: string,
	text: string,
): Promise<void> {
	const characters = [...text];
	const piece = Math.floor(connection.server.maxAllowedPacket / bytesPerCharacter);
	for (let part = 0; part * piece < characters.length; part += 1) {
		const some = characters.slice(part * piece, (part + 1) * piece).join('');
		await connection.run(
			`INSERT INTO change_log_conflict_rows (conflict, side, part, text)
			VALUES (${idList([conflict])}, ${quoteString(side)}, ${part}, ${quoteString(some)})`,
		);
	}
}
