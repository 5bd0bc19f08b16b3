/** `change_log_batches`: when changes of other nodes were applied, and by which engine. */
import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { deleteByIdSql } from '../../database/rows/lock-rows.ts';
import { type Sql, sql } from '../../database/sql/sql.ts';
import { type Entry, writeEntriesSql } from '../log/entries.ts';
import { ascii, type OwnTable, unicode } from './own-table.ts';

export const batchesTable: OwnTable = {
	name: 'change_log_batches',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_batches (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		peer VARCHAR(64) ${ascii} NOT NULL,
		first_entry BIGINT UNSIGNED NOT NULL,
		last_entry BIGINT UNSIGNED NOT NULL,
		applied_at DATETIME(6) NOT NULL,
		host VARCHAR(255) ${unicode} NOT NULL,
		person VARCHAR(255) ${unicode} NOT NULL,
		process INT UNSIGNED NOT NULL,
		PRIMARY KEY (id),
		KEY (last_entry)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** The engine that applies changes, as recorded in the log. */
export interface Applier {
	host: string;
	/** The account that the engine runs as. */
	person: string;
	process: number;
}

/** The statements that write entries into the log, and record that they were applied. */
export function logBatchSql(entries: readonly Entry[], peer: string, by: Applier): Sql[] {
	return [noteFirstId, writeEntriesSql(entries), recordBatchSql(peer, entries.length, by)];
}

/**
 * If ids come from UUID_SHORT (see `logColumns`), an INSERT sets no LAST_INSERT_ID. The range of ids is then
 * the one between two draws.
 */
const noteFirstId = sql`SET last_insert_id = 0, @change_log_first = UUID_SHORT()`;

/** InnoDB assigns consecutive ids to the rows of one INSERT … VALUES, with the session's increment. */
function recordBatchSql(peer: string, entries: number, { host, person, process }: Applier): Sql {
	return sql`INSERT INTO change_log_batches
			(peer, first_entry, last_entry, applied_at, host, person, process)
		VALUES (${peer},
			IF(LAST_INSERT_ID() = 0, @change_log_first, LAST_INSERT_ID()),
			IF(LAST_INSERT_ID() = 0, UUID_SHORT(),
				LAST_INSERT_ID() + ${entries - 1} * @@auto_increment_increment),
			UTC_TIMESTAMP(6),
			${host}, ${person}, ${process})`;
}

/** A change of one row in the log, with the batch that brought it. */
export interface LoggedChange {
	operation: string;
	sourceNode: string;
	appliedNodes: string;
	/** UTC, as the server writes it; null where the log has no time. */
	changedAt: string | null;
	/** When and by whom it was applied; null where it was made here, or that is not on record. */
	applied: { at: string; by: Applier } | null;
}

/** The changes of a row in the log. Where a log gave an id twice, the latest batch counts. */
export async function readLoggedChanges(
	connection: Connection,
	table: string,
	rowKeys: readonly string[],
): Promise<LoggedChange[]> {
	const rows = await connection.rows<{
		operation: string;
		source_node: string;
		applied_nodes: string;
		changed_at: string | null;
		applied_at: string | null;
		host: string | null;
		person: string | null;
		process: string | number | null;
	}>(
		sql`SELECT entry.operation, entry.source_node, entry.applied_nodes, entry.changed_at,
			batch.applied_at, batch.host, batch.person, batch.process
		FROM change_log AS entry
		LEFT JOIN change_log_batches AS batch ON batch.id = (
			SELECT MAX(id)
			FROM change_log_batches
			WHERE last_entry >= entry.id AND first_entry <= entry.id
				AND FIND_IN_SET(peer, entry.applied_nodes) > 0
		)
		WHERE entry.table_name = ${table} AND entry.row_key IN (${rowKeys})
		ORDER BY entry.id`,
	);
	return rows.map((row) => ({
		operation: row.operation,
		sourceNode: row.source_node,
		appliedNodes: row.applied_nodes,
		changedAt: row.changed_at,
		applied:
			row.applied_at === null
				? null
				: {
						at: row.applied_at,
						by: { host: row.host ?? '', person: row.person ?? '', process: Number(row.process) },
					},
	}));
}

/** Removes records of batches whose entries are not in the log any more. @param most removed at most */
export async function shortenBatches(connection: Connection, most: number): Promise<void> {
	// Read first: a DELETE would lock what its subquery reads, which may be an application's entry.
	const rows = await connection.rows<{ id: string | number }>(
		sql`SELECT id
		FROM change_log_batches
		WHERE last_entry < (SELECT MIN(id) FROM change_log)
		ORDER BY last_entry
		LIMIT ${most}`,
	);
	await inPieces(rows, async (some) => {
		await connection.run(
			deleteByIdSql(
				batchesTable.name,
				some.map(({ id }) => String(id)),
				'peer',
			),
		);
	});
}
