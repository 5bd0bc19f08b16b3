/** `change_log_requests`: runs that engines on standby ask the active engine for. */
import { type Direction, directions } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { deleteByIdSql } from '../../database/rows/lock-rows.ts';
import { ids, sql } from '../../database/sql/sql.ts';
import type { Holder } from './leases.ts';
import { ascii, type OwnTable, unicode } from './own-table.ts';

export const requestsTable: OwnTable = {
	name: 'change_log_requests',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_requests (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		lease VARCHAR(129) ${ascii} NOT NULL,
		directions VARCHAR(40) ${ascii} NOT NULL,
		host VARCHAR(255) ${unicode} NOT NULL,
		person VARCHAR(255) ${unicode} NOT NULL,
		requested_at DATETIME(6) NOT NULL,
		ended_at DATETIME(6) NULL,
		problem TEXT ${unicode} NULL,
		PRIMARY KEY (id),
		KEY (lease)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** A run that somebody asks for. */
export interface RunRequest {
	id: string;
	directions: Direction[];
	host: string;
	person: string;
}

/** Minutes after which an answered request is removed that nobody took back. */
const forgottenAfter = 60;

/** Asks the active engine for a run. Resolves to the request's id. */
export async function requestRun(
	connection: Connection,
	lease: string,
	wanted: readonly Direction[],
	{ host, person }: Pick<Holder, 'host' | 'person'>,
): Promise<string> {
	await connection.run(
		sql`INSERT INTO change_log_requests (lease, directions, host, person, requested_at)
		VALUES (${lease}, ${wanted.join(',')}, ${host}, ${person}, UTC_TIMESTAMP(6))`,
	);
	const [row] = await connection.rows<{ id: string | number }>(sql`SELECT LAST_INSERT_ID() AS id`);
	return String(row?.id);
}

/** The requests for a pair that are not answered, the oldest first. */
export async function openRequests(connection: Connection, lease: string): Promise<RunRequest[]> {
	const rows = await connection.rows<{
		id: string | number;
		directions: string;
		host: string;
		person: string;
	}>(
		sql`SELECT id, directions, host, person
		FROM change_log_requests
		WHERE lease = ${lease} AND ended_at IS NULL
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
 * Answers a request: the run has ended.
 * @param problem why it failed, in words, or null
 */
export async function answerRequest(
	connection: Connection,
	id: string,
	problem: string | null,
): Promise<void> {
	await connection.run(
		sql`UPDATE change_log_requests FORCE INDEX (PRIMARY)
		SET ended_at = UTC_TIMESTAMP(6), problem = ${problem}
		WHERE id = ${ids(id)}`,
	);
	const forgotten = await connection.rows<{ id: string | number }>(
		sql`SELECT id
		FROM change_log_requests
		WHERE requested_at < UTC_TIMESTAMP(6) - INTERVAL ${forgottenAfter} MINUTE AND ended_at IS NOT NULL`,
	);
	await dropRequests(
		connection,
		forgotten.map((row) => String(row.id)),
	);
}

/** The answer to a request, null before there is one; its `problem` is null where the run succeeded. */
export async function readRunAnswer(
	connection: Connection,
	id: string,
): Promise<{ problem: string | null } | null> {
	const [row] = await connection.rows<{ problem: string | null }>(
		sql`SELECT problem FROM change_log_requests WHERE id = ${ids(id)} AND ended_at IS NOT NULL`,
	);
	return row ?? null;
}

/** Removes a request, or its answer. */
export async function dropRequest(connection: Connection, id: string): Promise<void> {
	await dropRequests(connection, [id]);
}

async function dropRequests(connection: Connection, requests: readonly string[]): Promise<void> {
	if (requests.length === 0) return;
	await connection.run(deleteByIdSql(requestsTable.name, requests, 'lease'));
}
