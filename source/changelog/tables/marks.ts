/**
 * Marks: keys of a few rows of each table that both ends of a pair had, kept at its local end. A row
 * of them that is gone on one side alone, while no change of it is pending, went without a trigger:
 * TRUNCATE, and operations on partitions, fire none. The catalogue does not tell of them: neither
 * create_time nor the table's number changes on both servers, or only for those who may look.
 */
import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { deleteById } from '../../database/rows/lock-rows.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { quoteString } from '../../database/sql/literals.ts';

export const marksTable = 'change_log_marks';

/** Where a mark was taken: a partition of a side, or all of the table where it has none. */
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
	await connection.run(
		`CREATE TABLE IF NOT EXISTS ${quoteName(marksTable)} (
			id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
			peer VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
			table_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
			place VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
			row_key VARCHAR(6400) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
			PRIMARY KEY (id),
			KEY (peer)
		) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
	);
}

/** Drops the table of marks, if there is one. */
export async function dropMarks(connection: Connection): Promise<void> {
	await connection.define(`DROP TABLE IF EXISTS ${quoteName(marksTable)}`);
}

/** The marks of the pair with the peer; null where there is no table of them. */
export async function readMarks(connection: Connection, peer: string): Promise<Mark[] | null> {
	const [there] = await connection.rows(
		`SELECT 1 AS there
		FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name = ${quoteString(marksTable)}`,
	);
	if (!there) return null;
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		place: string;
		row_key: string;
	}>(
		`SELECT id, table_name, place, row_key
		FROM ${quoteName(marksTable)}
		WHERE peer = ${quoteString(peer)}
		ORDER BY id`,
	);
	return rows.map(({ id, table_name, place, row_key }) => ({
		id: String(id),
		table: table_name,
		place,
		rowKey: row_key,
	}));
}

/** Keeps new marks of the pair with the peer. */
export async function addMarks(
	connection: Connection,
	peer: string,
	marks: readonly Omit<Mark, 'id'>[],
): Promise<void> {
	await inPieces(marks, async (some) => {
		const rows = some.map(
			({ table, place, rowKey }) => `(${[peer, table, place, rowKey].map(quoteString).join(', ')})`,
		);
		await connection.run(
			`INSERT INTO ${quoteName(marksTable)} (peer, table_name, place, row_key)
			VALUES ${rows.join(', ')}`,
		);
	});
}

/** Forgets marks. */
export async function removeMarks(connection: Connection, ids: readonly string[]): Promise<void> {
	await inPieces(ids, async (some) => {
		await connection.run(deleteById(marksTable, some, 'peer'));
	});
}
