/**
 * The record of conflicts, at the end where each was found. It is written in the transaction that
 * decides, so that no version gives way that is not on record.
 */
import { type Side, sides } from '../config/types.ts';
import type { Connection } from '../database/connection/connection.ts';
import { inPieces } from '../database/connection/transaction-limits.ts';
import type { RowImage } from '../database/rows/row-image.ts';
import { idList, quoteString, quoteStrings } from '../database/sql/literals.ts';

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

/** SQL that is true for a conflict that nobody has decided; any other word there decides nothing. */
export const isUndecided = "COALESCE(kept NOT IN ('local', 'cloud'), TRUE)";

/** Whose version was decided to stay, as a column tells; null while nobody has decided. */
export function keptSide(kept: string | null): Side | null {
	return sides.find((side) => side === kept) ?? null;
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
		kept: string | null;
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
		kept: keptSide(kept),
	}));
}

/** A conflict to enter, and the one on record that it brings up to date. */
export interface Entering {
	entry: ConflictEntry;
	known: OpenConflict | undefined;
}

/** The statements that enter conflicts, or bring those on record up to date: few, however many there are. */
export function recordingConflicts(
	connection: Connection,
	peer: string,
	entering: readonly Entering[],
): string[] {
	const statements: string[] = [];
	const anew = entering.filter(({ known }) => !known).map(({ entry }) => entry);
	for (let start = 0; start < anew.length; start += entriesPerInsert) {
		const some = anew.slice(start, start + entriesPerInsert);
		// The ids of one INSERT … VALUES follow each other, in steps of the session's.
		const idOf = (entry: ConflictEntry) =>
			`@change_log_conflict + ${some.indexOf(entry)} * @@auto_increment_increment`;
		statements.push(
			insertion(peer, some),
			'SET @change_log_conflict = LAST_INSERT_ID()',
			...versionsIn(connection, some, idOf),
		);
	}
	const again = new Map(
		entering.flatMap(({ entry, known }) => (known ? [[entry, known.id] as const] : [])),
	);
	const settled = [...again].filter(([{ kept }]) => kept !== null);
	for (const side of sides) {
		const ids = settled.filter(([{ kept }]) => kept === side).map(([, id]) => id);
		statements.push(...settlingConflicts(ids, side));
	}
	if (again.size > 0) {
		statements.push(
			deletingVersions(`t.conflict IN (${idList([...again.values()])})`),
			...versionsIn(connection, [...again.keys()], (entry) => idList([again.get(entry) ?? ''])),
		);
	}
	return statements;
}

/** @param idOf SQL of the number that a conflict has */
function versionsIn(
	connection: Connection,
	entries: readonly ConflictEntry[],
	idOf: (entry: ConflictEntry) => string,
): string[] {
	const versions = entries.flatMap((entry) =>
		sides.flatMap((side) => {
			const version = entry.versions[side];
			return version === null ? [] : { conflict: idOf(entry), side, version };
		}),
	);
	return insertingVersions(connection, versions);
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
		deletingVersions(`t.conflict = ${idList([id])} AND t.side = ${quoteString(side)}`),
	);
	if (version === null) return;
	const statements = insertingVersions(connection, [{ conflict: idList([id]), side, version }]);
	await connection.runAll(statements);
}

/** Marks conflicts as settled: both sides have, or are about to have, the same row. */
export async function settleConflicts(
	connection: Connection,
	ids: readonly string[],
	kept: Side,
): Promise<void> {
	await inPieces(ids, async (some) => {
		await connection.runAll(settlingConflicts(some, kept));
	});
}

/** The statement that does it; none where there is nothing to do. */
export function settlingConflicts(ids: readonly string[], kept: Side): string[] {
	if (ids.length === 0) return [];
	return [
		`UPDATE change_log_conflicts FORCE INDEX (PRIMARY)
		SET kept = ${quoteString(kept)}, settled_at = UTC_TIMESTAMP(6)
		WHERE id IN (${idList(ids)}) AND settled_at IS NULL`,
	];
}

function insertion(peer: string, entries: readonly ConflictEntry[]): string {
	const rows = entries.map(({ table, rowKey, otherKey, displayKey, kept }) => {
		const values = [peer, table, rowKey, displayKey].map(quoteString).join(', ');
		const other = otherKey === null ? 'NULL' : quoteString(otherKey);
		const decided = kept === null ? 'NULL' : quoteString(kept);
		const settled = kept === null ? 'NULL' : 'UTC_TIMESTAMP(6)';
		return `(${values}, ${other}, ${decided}, UTC_TIMESTAMP(6), ${settled})`;
	});
	return `INSERT INTO change_log_conflicts
			(peer, table_name, row_key, display_key, other_key, kept, detected_at, settled_at)
		VALUES ${rows.join(', ')}`;
}

/** A side's version of a row in a conflict. */
interface Version {
	/** SQL of the conflict's number. */
	conflict: string;
	side: Side;
	version: RowImage;
}

/** @param which SQL that is true for some, by the front of the primary key */
function deletingVersions(which: string): string {
	// The text is read so that the index is not walked through: see database/rows/lock-rows.ts.
	return `DELETE t FROM change_log_conflict_rows AS t FORCE INDEX (PRIMARY)
		WHERE ${which} AND (t.text IS NULL OR TRUE)`;
}

/** Characters of versions in one statement: each may take four bytes, doubled by escapes. */
const bytesPerCharacter = 10;

function insertingVersions({ server }: Connection, versions: readonly Version[]): string[] {
	const most = Math.floor(server.maxAllowedPacket / bytesPerCharacter);
	const statements: string[] = [];
	let waiting: string[] = [];
	let length = 0;
	const end = () => {
		if (waiting.length === 0) return;
		statements.push(
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
			if (length + some.length > most) end();
			waiting.push(`(${conflict}, ${quoteString(side)}, ${part}, ${quoteString(some.join(''))})`);
			length += some.length;
		}
	}
	end();
	return statements;
}
