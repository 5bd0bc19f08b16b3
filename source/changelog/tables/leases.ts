/** `change_log_leases`: the engine that holds each pair of the database. */
import type { Connection } from '../../database/connection/connection.ts';
import { failIf } from '../../database/connection/guard.ts';
import { ids, type Sql, sql } from '../../database/sql/sql.ts';
import type { Applier } from './batches.ts';
import { ascii, type OwnTable, unicode } from './own-table.ts';

export const leasesTable: OwnTable = {
	name: 'change_log_leases',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_leases (
		lease VARCHAR(129) ${ascii} NOT NULL,
		token BIGINT UNSIGNED NOT NULL,
		holder VARCHAR(36) ${ascii} NOT NULL,
		host VARCHAR(255) ${unicode} NOT NULL,
		person VARCHAR(255) ${unicode} NOT NULL,
		process INT UNSIGNED NOT NULL,
		since DATETIME(6) NOT NULL,
		expires_at DATETIME(6) NOT NULL,
		server VARCHAR(1000) ${unicode} NOT NULL,
		locked TINYINT NOT NULL,
		PRIMARY KEY (lease)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** Seconds until a lease expires without renewal, by the server's clock. */
const leaseSeconds = 20;

/** The highest fencing token that fits the column. */
const lastToken = 2n ** 64n - 1n;

/** An engine that holds a pair, or requests it. */
export interface Holder extends Applier {
	/** Unique to this engine; not reused by a later engine of the same process. */
	id: string;
}

/** A pair's lease in one database. */
export interface LeaseRow {
	/** The fencing token. */
	token: string;
	holder: Holder;
	/** UTC, as the server writes it. */
	since: string;
	/** True if it has not expired. */
	isValid: boolean;
	/** True if the holder's session has the named lock on the very server that was queried. */
	isLockedHere: boolean;
	/** The connection id of the session that has the named lock; null if none. */
	lockedBy: string | number | null;
}

/** One server of a cluster: named locks of the other servers are not visible on it. */
const thisServer = sql`CONCAT(@@hostname, ':', @@port, ':', @@datadir)`;

/** Adds the row of a lease without a holder, unless it exists. */
export async function addLease(connection: Connection, lease: string): Promise<void> {
	await connection.run(
		sql`INSERT IGNORE INTO change_log_leases
			(lease, token, holder, host, person, process, since, expires_at, server, locked)
		VALUES (${lease}, 0, '', '', '', 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), '', 0)`,
	);
}

/**
 * Reads a lease; null if there is none. One that expires later than any lease can was written before the
 * server's clock was set back, and counts as expired.
 * @param lock the named lock that shows that its holder is alive
 */
export async function readLease(
	connection: Connection,
	lease: string,
	lock: string,
): Promise<LeaseRow | null> {
	const [row] = await connection.rows<{
		token: string | number;
		holder: string;
		host: string;
		person: string;
		process: string | number;
		since: string;
		server: string;
		locked: string | number;
		is_valid: string | number;
		this_server: string;
		locked_by: string | number | null;
	}>(
		sql`SELECT token, holder, host, person, process, since, server, locked,
			expires_at > UTC_TIMESTAMP(6)
				AND expires_at <= UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND AS is_valid,
			${thisServer} AS this_server,
			IS_USED_LOCK(${lock}) AS locked_by
		FROM change_log_leases
		WHERE lease = ${lease}`,
	);
	if (!row) return null;
	const { host, person } = row;
	return {
		token: String(row.token),
		holder: { id: row.holder, host, person, process: Number(row.process) },
		since: row.since,
		isValid: Number(row.is_valid) === 1,
		isLockedHere: Number(row.locked) === 1 && row.server === row.this_server,
		lockedBy: row.locked_by,
	};
}

/**
 * Takes a lease. Resolves to its new fencing token, or to null if another engine took it first.
 * @param before the token as read
 * @param locked true if this session has the named lock
 */
export async function takeLeaseFrom(
	connection: Connection,
	lease: string,
	before: string,
	{ id, host, person, process }: Holder,
	locked: boolean,
): Promise<string | null> {
	// A token only has to differ from the previous one, so it may wrap around.
	const next = BigInt(before) >= lastToken ? '1' : `${BigInt(before) + 1n}`;
	const taken = await connection.run(
		sql`UPDATE change_log_leases FORCE INDEX (PRIMARY)
		SET
			token = ${ids(next)},
			holder = ${id},
			host = ${host},
			person = ${person},
			process = ${process},
			since = UTC_TIMESTAMP(6),
			expires_at = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND,
			server = ${thisServer},
			locked = ${locked ? 1 : 0}
		WHERE lease = ${lease} AND token = ${ids(before)}`,
	);
	return taken > 0 ? next : null;
}

/** Renews a lease. Resolves to true if it still has the token. */
export async function renewLease(
	connection: Connection,
	lease: string,
	token: string,
): Promise<boolean> {
	const renewed = await connection.run(
		sql`UPDATE change_log_leases FORCE INDEX (PRIMARY)
		SET expires_at = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND
		WHERE lease = ${lease} AND token = ${ids(token)} AND holder <> ''`,
	);
	return renewed > 0;
}

/**
 * Records that the holder's session is on this server now. Resolves to true if the lease still has the token.
 */
export async function moveLease(
	connection: Connection,
	lease: string,
	token: string,
	locked: boolean,
): Promise<boolean> {
	const moved = await connection.run(
		sql`UPDATE change_log_leases FORCE INDEX (PRIMARY)
		SET server = ${thisServer}, locked = ${locked ? 1 : 0}
		WHERE lease = ${lease} AND token = ${ids(token)} AND holder <> ''`,
	);
	return moved > 0;
}

/** Releases a lease. */
export async function freeLease(
	connection: Connection,
	lease: string,
	token: string,
): Promise<void> {
	await connection.run(
		sql`UPDATE change_log_leases FORCE INDEX (PRIMARY)
		SET holder = '', expires_at = UTC_TIMESTAMP(6)
		WHERE lease = ${lease} AND token = ${ids(token)}`,
	);
}

/**
 * The connection id of another session that has a named lock; undefined if the lease no longer has the token.
 */
export async function lockedByOther(
	connection: Connection,
	lease: string,
	token: string,
	lock: string,
): Promise<string | number | null | undefined> {
	const [row] = await connection.rows<{ other: string | number | null }>(
		sql`SELECT NULLIF(IS_USED_LOCK(${lock}), CONNECTION_ID()) AS other
		FROM change_log_leases
		WHERE lease = ${lease} AND token = ${ids(token)} AND holder <> ''`,
	);
	return row?.other;
}

/** True if the lease still has the token. */
export async function isLeaseOf(
	connection: Connection,
	lease: string,
	token: string,
): Promise<boolean> {
	return (await connection.rows(lockLeaseSql(lease, token))).length > 0;
}

/**
 * The lease fence: statements that fail unless the lease still has the token, and that keep others from
 * taking it until the transaction ends.
 */
export function leaseFenceSql(lease: string, token: string): Sql[] {
	const locking = lockLeaseSql(lease, token);
	// The row is locked by now, or does not exist.
	return [locking, failIf(sql`NOT EXISTS (${locking})`)];
}

function lockLeaseSql(lease: string, token: string): Sql {
	return sql`SELECT token
		FROM change_log_leases
		WHERE lease = ${lease} AND token = ${ids(token)} AND holder <> ''
		LOCK IN SHARE MODE`;
}
