/** The statements that put conflicts on record, each with both versions of its row. */
import { type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { inParts } from '../../database/sql/parts.ts';
import { ids, type Sql, sql } from '../../database/sql/sql.ts';
import { deleteVersionsSql, insertVersionsSql, type Versions } from './conflict-versions.ts';
import { type OpenConflict, settleConflictsSql } from './conflicts.ts';

/** A conflict as it is recorded. */
export interface ConflictEntry {
	table: string;
	rowKey: string;
	/** The key of the row that this one clashes with at a UNIQUE key; null where it is one row. */
	otherKey: string | null;
	displayKey: string;
	versions: Versions;
	/** Null while a person has to decide. */
	kept: Side | null;
}

/** A conflict to record, and the one on record that it brings up to date. */
export interface Recording {
	entry: ConflictEntry;
	known: OpenConflict | undefined;
}

/** Conflicts in one INSERT. */
const entriesPerInsert = 500;

/** Few statements, however many conflicts there are. */
export function recordConflictsSql(
	connection: Connection,
	peer: string,
	recordings: readonly Recording[],
): Sql[] {
	const added = recordings.flatMap(({ entry, known }) => (known ? [] : entry));
	const updated = recordings.flatMap(({ entry, known }) => (known ? { entry, id: known.id } : []));
	return [
		...inParts(added, entriesPerInsert).flatMap((some) => addSql(connection, peer, some)),
		...updateSql(connection, updated),
	];
}

function addSql(connection: Connection, peer: string, entries: readonly ConflictEntry[]): Sql[] {
	const rows = entries.map(({ table, rowKey, otherKey, displayKey, kept }) => {
		const settledAt = kept === null ? null : sql`UTC_TIMESTAMP(6)`;
		return sql`(${[peer, table, rowKey, displayKey, otherKey, kept]}, UTC_TIMESTAMP(6), ${settledAt})`;
	});
	return [
		sql`INSERT INTO change_log_conflicts
			(peer, table_name, row_key, display_key, other_key, kept, detected_at, settled_at)
		VALUES ${rows}`,
		sql`SET @change_log_conflict = LAST_INSERT_ID()`,
		...insertVersionsSql(
			connection,
			// The ids of one INSERT … VALUES are consecutive, in steps of the session's increment.
			entries.map(({ versions }, index) => ({
				conflict: sql`@change_log_conflict + ${index} * @@auto_increment_increment`,
				versions,
			})),
		),
	];
}

interface Updated {
	entry: ConflictEntry;
	id: string;
}

function updateSql(connection: Connection, updated: readonly Updated[]): Sql[] {
	if (updated.length === 0) return [];
	const all = updated.map(({ id }) => id);
	return [
		...sides.flatMap((side) => {
			const settled = updated.filter(({ entry }) => entry.kept === side);
			return settleConflictsSql(
				settled.map(({ id }) => id),
				side,
			);
		}),
		deleteVersionsSql(sql`t.conflict IN (${ids(all)})`),
		...insertVersionsSql(
			connection,
			updated.map(({ entry: { versions }, id }) => ({ conflict: ids(id), versions })),
		),
	];
}
