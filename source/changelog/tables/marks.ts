/**
 * `change_log_marks`: keys of a few rows of each table that both ends of a pair had, kept at its local end.
 * A row of them that is gone on one side alone, while no change of it is pending, was deleted without firing
 * a trigger: by TRUNCATE, or an operation on partitions. The catalogue does not tell of these: neither
 * create_time nor the table's id changes on both products, or only for users with further rights.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { deleteByIdSql } from '../../database/rows/lock-rows.ts';
import { sql } from '../../database/sql/sql.ts';
import { ascii, isCreated, type OwnTable, unicode } from './own-table.ts';

export const marksTable: OwnTable = {
	name: 'change_log_marks',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_marks (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		peer VARCHAR(64) ${ascii} NOT NULL,
		table_name VARCHAR(64) ${unicode} NOT NULL,
		place VARCHAR(80) ${unicode} NOT NULL,
		row_key VARCHAR(6400) ${ascii} NOT NULL,
		PRIMARY KEY (id),
		KEY (peer)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** Where a mark was taken: a partition of a side, or the whole table where it has none. */
export interface MarkPlace {
	table: string;
	place: string;
}

export interface Mark extends MarkPlace {
	id: string;
	rowKey: string;
}

/** Creates the table of marks where there is none. */
export async function ensureMarks(connection: Connection): Promise<void> {
	await connection.run(marksTable.create);
}

/** Drops the table of marks, if there is one. */
export async function dropMarks(connection: Connection): Promise<void> {
	await connection.define(sql`DROP TABLE IF EXISTS change_log_marks`);
}

/** The marks of the pair with the peer; null where there is no table of them. */
export async function readMarks(connection: Connection, peer: string): Promise<Mark[] | null> {
	if (!(await isCreated(connection, marksTable))) return null;
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		place: string;
		row_key: string;
	}>(
		sql`SELECT id, table_name, place, row_key
		FROM change_log_marks
		WHERE peer = ${peer}
		ORDER BY id`,
	);
	return rows.map(({ id, table_name, place, row_key }) => ({
		id: String(id),
		table: table_name,
		place,
		rowKey: row_key,
	}));
}

/** Adds marks of the pair with the peer. */
export async function addMarks(
	connection: Connection,
	peer: string,
	marks: readonly Omit<Mark, 'id'>[],
): Promise<void> {
	await inPieces(marks, async (some) => {
		const rows = some.map(({ table, place, rowKey }) => sql`(${[peer, table, place, rowKey]})`);
		await connection.run(
			sql`INSERT INTO change_log_marks (peer, table_name, place, row_key)
			VALUES ${rows}`,
		);
	});
}

/** Removes marks. */
export async function removeMarks(connection: Connection, marks: readonly string[]): Promise<void> {
	await inPieces(marks, async (some) => {
		await connection.run(deleteByIdSql(marksTable.name, some, 'peer'));
	});
}
