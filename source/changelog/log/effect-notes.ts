/**
 * Notes of side effects: entries that triggers wrote while this program applied another table, because the
 * application's triggers or foreign keys changed their rows. A sign in `applied_nodes` tells them from
 * changes. None outlives the transaction that brought it about.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { effectSign } from '../../database/connection/session.ts';
import { deleteByIdSql } from '../../database/rows/lock-rows.ts';
import { changeLogTable } from '../../database/rows/tracked-table.ts';
import { ids, type Sql, sql } from '../../database/sql/sql.ts';

export interface EffectNote {
	id: string;
	table: string;
	operation: string;
	rowKey: string;
	/** The tag of the table whose rows were applied. */
	actor: string;
}

/** The notes of the open transaction, in their order. */
export async function readEffectNotes(connection: Connection): Promise<EffectNote[]> {
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		operation: string;
		row_key: string;
		applied_nodes: string;
	}>(
		sql`SELECT id, table_name, operation, row_key, applied_nodes
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes LIKE ${`${effectSign}%`}
		ORDER BY id`,
	);
	return rows.map(({ id, table_name, operation, row_key, applied_nodes }) => ({
		id: String(id),
		table: table_name,
		operation,
		rowKey: row_key,
		actor: applied_nodes.slice(effectSign.length),
	}));
}

/** A condition that is true where there are notes. */
export function hasEffectNotesSql(): Sql {
	return sql`EXISTS (
		SELECT 1
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes LIKE ${`${effectSign}%`}
	)`;
}

/** Removes notes of rows that are written again as they are to be. */
export async function dropEffectNotes(
	connection: Connection,
	notes: readonly string[],
): Promise<void> {
	if (notes.length > 0) await connection.run(deleteByIdSql(changeLogTable, notes, 'table_name'));
}

/** Makes notes ordinary changes, which the given nodes have already. */
export async function turnIntoChanges(
	connection: Connection,
	notes: readonly string[],
	appliedNodes: string,
): Promise<void> {
	if (notes.length === 0) return;
	await connection.run(
		sql`UPDATE change_log FORCE INDEX (PRIMARY)
		SET applied_nodes = ${appliedNodes}
		WHERE id IN (${ids(notes)})`,
	);
}
