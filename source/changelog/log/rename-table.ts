import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { inParts } from '../../database/sql/parts.ts';
import { ids, sql } from '../../database/sql/sql.ts';

/** Ids per statement. */
const idsPerStatement = 5000;

/** Renames a table in its log entries. */
export async function renameTableInLog(
	connection: Connection,
	table: string,
	newName: string,
): Promise<void> {
	// Reads without locking other entries. Includes uncommitted entries of the table, which the UPDATE waits
	// for.
	await connection.run(sql`SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED`);
	const rows = await connection.rows<{ id: string | number }>(
		sql`SELECT id FROM change_log WHERE table_name = ${table}`,
	);
	for (const part of inParts(rows, idsPerStatement)) {
		await inPieces(part, async (some) => {
			await connection.run(
				sql`UPDATE change_log FORCE INDEX (PRIMARY)
				SET table_name = ${newName}
				WHERE id IN (${ids(some.map(({ id }) => String(id)))})`,
			);
		});
	}
}
