import type { Connection } from '../../database/connection/connection.ts';
import { type Sql, sql } from '../../database/sql/sql.ts';

/** A table that this program keeps beside the change log. */
export interface OwnTable {
	name: string;
	create: Sql;
}

/** For node ids, row keys and words of this program: compared byte by byte, and short in an index. */
export const ascii = sql`CHARACTER SET ascii COLLATE ascii_bin`;

/** For names and texts of others. */
export const unicode = sql`CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;

/** The tables among these that the connection's database lacks. */
export async function missingAmong<Table extends OwnTable>(
	connection: Connection,
	tables: readonly Table[],
): Promise<Table[]> {
	const rows = await connection.rows<{ name: string }>(
		sql`SELECT table_name AS name
		FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name IN (${tables.map(({ name }) => name)})`,
	);
	const found = new Set(rows.map(({ name }) => name));
	return tables.filter(({ name }) => !found.has(name));
}

/** Whether the connection's database has the table. */
export async function isCreated(connection: Connection, table: OwnTable): Promise<boolean> {
	return (await missingAmong(connection, [table])).length === 0;
}
