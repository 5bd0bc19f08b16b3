import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { inParts } from '../../database/sql/parts.ts';
import { ids, sql } from '../../database/sql/sql.ts';

/** Ids in one statement. */
const idsPerStatement = 5000;

/** Moves the entries of a table to another name. */
export async function renameTableInLog(
	connection: Connection,
	table: string,
	newName: string,
): Promise<void> {
	// Reads without a lock on other entries. An entry that is not committed yet is waited for: it is one of them.
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
