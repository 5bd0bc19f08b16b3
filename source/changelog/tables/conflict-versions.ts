/**
 * `change_log_conflict_rows`: both whole versions of each row in conflict, as JSON, in pieces that fit into
 * a statement.
 */
import { type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { RowImage } from '../../database/rows/row-image.ts';
import { inParts } from '../../database/sql/parts.ts';
import { ids, type Sql, sql } from '../../database/sql/sql.ts';
import { ascii, type OwnTable, unicode } from './own-table.ts';

export const conflictVersionsTable: OwnTable = {
	name: 'change_log_conflict_rows',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_conflict_rows (
		conflict BIGINT UNSIGNED NOT NULL,
		side VARCHAR(5) ${ascii} NOT NULL,
		part INT UNSIGNED NOT NULL,
		text LONGTEXT ${unicode} NOT NULL,
		PRIMARY KEY (conflict, side, part)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** The two versions of a row; null for a deleted row. */
export type Versions = Record<Side, RowImage | null>;

const noVersions: Versions = { local: null, cloud: null };

/** Conflicts whose versions are read in one query. */
const conflictsPerQuery = 500;

/** Reads the versions of conflicts. */
export async function readVersions(
	connection: Connection,
	conflicts: readonly string[],
): Promise<(conflict: string) => Versions> {
	const texts = new Map<string, Partial<Record<Side, string>>>();
	for (const part of inParts(conflicts, conflictsPerQuery)) {
		const rows = await connection.rows<{ conflict: string | number; side: Side; text: string }>(
			sql`SELECT conflict, side, text
			FROM change_log_conflict_rows
			WHERE conflict IN (${ids(part)})
			ORDER BY conflict, side, part`,
		);
		for (const { conflict, side, text } of rows) {
			const ofConflict = texts.get(String(conflict)) ?? {};
			texts.set(String(conflict), { ...ofConflict, [side]: (ofConflict[side] ?? '') + text });
		}
	}
	return (conflict) => {
		const { local, cloud } = texts.get(conflict) ?? {};
		return {
			local: local === undefined ? null : imageIn(local, conflict, 'local'),
			cloud: cloud === undefined ? null : imageIn(cloud, conflict, 'cloud'),
		};
	};
}

/** Where somebody edited the text so that it is no version, the text itself is shown. */
function imageIn(text: string, conflict: string, side: Side): RowImage {
	try {
		const image: unknown = JSON.parse(text);
		if (isImage(image)) return image;
	} catch {
		// Shown as it is.
	}
	const remedy = `DELETE FROM ${conflictVersionsTable.name} WHERE conflict = ${conflict} AND side = '${side}'`;
	return { 'unreadable text': text, 'to remove it': remedy };
}

function isImage(image: unknown): image is RowImage {
	if (typeof image !== 'object' || image === null || Array.isArray(image)) return false;
	return Object.values(image).every((value) => value === null || typeof value !== 'object');
}

/** A conflict by its id, or by an expression for an id that is not known yet. */
export interface Versioned {
	conflict: Sql;
	versions: Versions;
}

/** Replaces one side's version of a conflict. */
export async function replaceVersion(
	connection: Connection,
	conflict: string,
	side: Side,
	version: RowImage | null,
): Promise<void> {
	const id = ids(conflict);
	await connection.run(deleteVersionsSql(sql`t.conflict = ${id} AND t.side = ${side}`));
	await connection.runAll(
		insertVersionsSql(connection, [{ conflict: id, versions: { ...noVersions, [side]: version } }]),
	);
}

/** @param which a condition on the first columns of the primary key */
export function deleteVersionsSql(which: Sql): Sql {
	// The text is read so that the index is not walked through: see database/rows/lock-rows.ts.
	return sql`DELETE t FROM change_log_conflict_rows AS t FORCE INDEX (PRIMARY)
		WHERE ${which} AND (t.text IS NULL OR TRUE)`;
}

/** Bytes that a character may take in a statement: four, doubled by escapes. */
const bytesPerCharacter = 10;

/** The statements that put versions on record. */
export function insertVersionsSql({ server }: Connection, all: readonly Versioned[]): Sql[] {
	const mostCharacters = Math.floor(server.maxAllowedPacket / bytesPerCharacter);
	const statements: Sql[] = [];
	let rows: Sql[] = [];
	let length = 0;
	const flush = () => {
		if (rows.length === 0) return;
		statements.push(
			sql`INSERT INTO change_log_conflict_rows (conflict, side, part, text)
			VALUES ${rows}`,
		);
		rows = [];
		length = 0;
	};
	for (const { conflict, versions } of all) {
		for (const side of sides) {
			const version = versions[side];
			if (version === null) continue;
			const pieces = inParts([...JSON.stringify(version)], mostCharacters);
			for (const [part, piece] of pieces.entries()) {
				if (length + piece.length > mostCharacters) flush();
				rows.push(sql`(${conflict}, ${side}, ${part}, ${piece.join('')})`);
				length += piece.length;
			}
		}
	}
	flush();
	return statements;
}
