/** `change_log_leases`: which engine holds each pair of the database. */
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

/** Seconds that a lease lasts without being renewed, on the server's clock. */
const leaseSeconds = 20;

/** The greatest fencing token that the column holds. */
const lastToken = 2n ** 64n - 1n;

/** An engine that holds a pair, or wants to. */
export interface Holder extends Applier {
	/** Unique to this engine: an earlier one of the same process had another. */
	id: string;
}

/** What one database says of a pair's lease. */
export interface LeaseRow {
	/** The fencing token. */
	token: string;
	holder: Holder;
	/** UTC, as the server writes it. */
	since: string;
	/** Whether it has not run out. */
	isValid: boolean;
	/** Whether the holder's session keeps the named lock on the very server that was asked. */
	isLockedHere: boolean;
	/** The connection id of the session that has the named lock; null where none has. */
	lockedBy: string | number | null;
}

/** A server among those of a cluster: the named locks of the others cannot be seen on it. */
const thisServer = sql`CONCAT(@@hostname, ':', @@port, ':', @@datadir)`;

/** Adds the row of a lease that nobody holds, unless there is one. */
export async function addLease(connection: Connection, lease: string): Promise<void> {
	await connection.run(
		sql`INSERT IGNORE INTO change_log_leases
			(lease, token, holder, host, person, process, since, expires_at, server, locked)
		VALUES (${lease}, 0, '', '', '', 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), '', 0)`,
	);
}

/**
 * Reads a lease; null where there is none. One that would last longer than any lease does dates from before
 * the server's clock was set back, and counts as run out.
 * @param lock the named lock that shows that its holder lives
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
 * Takes a lease. Resolves to its new fencing token, or to null where another engine has taken it since.
 * @param before the token that was read
 * @param locked whether this session has the named lock
 */
export async function takeLeaseFrom(
	connection: Connection,
	lease: string,
	before: string,
	{ id, host, person, process }: Holder,
	locked: boolean,
): Promise<string | null> {
	// A token only has to differ from the one before, so that after the last it may begin again.
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

/** Renews a lease. Resolves to whether it is still that of the token. */
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

/** Notes that the holder's session is on this server now. Resolves to whether the lease is still that of the token. */
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

/** Frees a lease for others. */
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
 * The session other than this one that has a named lock, by its connection id; undefined where the lease is
 * not that of the token any more.
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

/** Whether the lease is still that of the token. */
export async function isLeaseOf(
	connection: Connection,
	lease: string,
	token: string,
): Promise<boolean> {
	return (await connection.rows(lockLeaseSql(lease, token))).length > 0;
}

/**
 * The lease fence: statements that fail unless the lease is still that of the token, and that keep others
 * from taking it until the transaction ends.
 */
export function leaseFenceSql(lease: string, token: string): Sql[] {
	const locking = lockLeaseSql(lease, token);
	// It is locked by then, or not there.
	return [locking, failIf(sql`NOT EXISTS (${locking})`)];
}

function lockLeaseSql(lease: string, token: string): Sql {
	return sql`SELECT token
		FROM change_log_leases
		WHERE lease = ${lease} AND token = ${ids(token)} AND holder <> ''
		LOCK IN SHARE MODE`;
}
