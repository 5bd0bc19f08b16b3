/** Runs that an engine on standby asks the holder of a pair for. */

import { requestsTable } from '../../changelog/tables/table-names.ts';
import { type Direction, directions } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { deleteById } from '../../database/rows/lock-rows.ts';
import { idList, quoteString } from '../../database/sql/literals.ts';
import type { Holder } from './holder.ts';

/** A run that somebody asks the holder for. */
export interface RunRequest {
	id: string;
	directions: Direction[];
	host: string;
	person: string;
}

/** Minutes after which what nobody asks after any more is removed. */
const forgottenAfter = 60;

/** Asks the holder for a run. Resolves to the request's id. */
export async function askForRun(
	connection: Connection,
	lease: string,
	wanted: readonly Direction[],
	{ host, person }: Holder,
): Promise<string> {
	await connection.run(
		`INSERT INTO change_log_requests (lease, directions, host, person, requested_at)
		VALUES (${[lease, wanted.join(','), host, person].map(quoteString).join(', ')}, UTC_TIMESTAMP(6))`,
	);
	const [row] = await connection.rows<{ id: string | number }>('SELECT LAST_INSERT_ID() AS id');
	return String(row?.id);
}

/** The requests of a pair that are still to be seen to, the oldest first. */
export async function openRequests(connection: Connection, lease: string): Promise<RunRequest[]> {
	const rows = await connection.rows<{
		id: string | number;
		directions: string;
		host: string;
		person: string;
	}>(
		`SELECT id, directions, host, person
		FROM change_log_requests
		WHERE lease = ${quoteString(lease)} AND ended_at IS NULL
		ORDER BY id`,
	);
	return rows.map((row) => ({
		id: String(row.id),
		directions: directions.filter((name) => row.directions.split(',').includes(name)),
		host: row.host,
		person: row.person,
	}));
}

/**
 * Tells whoever asked how the run ended.
 * @param problem why it failed, in words, or null
 */
export async function answerRequest(
	connection: Connection,
	id: string,
	problem: string | null,
): Promise<void> {
	await connection.run(
		`UPDATE change_log_requests FORCE INDEX (PRIMARY)
		SET ended_at = UTC_TIMESTAMP(6), problem = ${problem === null ? 'NULL' : quoteString(problem)}
		WHERE id = ${idList([id])}`,
	);
	const forgotten = await connection.rows<{ id: string | number }>(
		`SELECT id
		FROM change_log_requests
		WHERE requested_at < UTC_TIMESTAMP(6) - INTERVAL ${forgottenAfter} MINUTE AND ended_at IS NOT NULL`,
	);
	await dropRequests(
		connection,
		forgotten.map((row) => String(row.id)),
	);
}

/** What has become of a request: nothing yet, or how it ended (`problem` is null where it went well). */
export async function requestOutcome(
	connection: Connection,
	id: string,
): Promise<{ problem: string | null } | null> {
	const [row] = await connection.rows<{ problem: string | null }>(
		`SELECT problem FROM change_log_requests WHERE id = ${idList([id])} AND ended_at IS NOT NULL`,
	);
	return row ?? null;
}

/** Takes a request back, or its answer. */
export async function dropRequest(connection: Connection, id: string): Promise<void> {
	await dropRequests(connection, [id]);
}

async function dropRequests(connection: Connection, ids: readonly string[]): Promise<void> {
	if (ids.length > 0) await connection.run(deleteById(requestsTable, ids, 'lease'));
}
