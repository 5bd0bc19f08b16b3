import { type ErrorCode, type Place, SyncError } from '../../errors.ts';
import { statementLogError } from './binary-log.ts';
import { limitOf } from './transaction-limits.ts';

/** An error of mysql2. `errno` is the server's error number, or negative for a network error. */
interface DriverError extends Error {
	code?: string;
	errno?: number;
	fatal?: boolean;
	sqlMessage?: string;
}

const readOnly = 'The server is read-only at the moment. Syncing resumes once it is writable.';

const groupReplication =
	'Group Replication refused the transaction; the error log of the server says why.';

const full =
	'The disk or tablespace of the server is full: free some space. Syncing then resumes automatically.';

/**
 * The meaning of server error numbers for this program. Do not branch on mysql2's names: it misnames
 * MariaDB's own errors (4000 and up).
 */
const byNumber: Record<number, { code: ErrorCode; message?: string; hint?: string }> = {
	// Worth a retry: locks, shutdowns and temporary shortages.
	1205: { code: 'busy' }, // lock wait timeout; the transaction is still open
	1213: { code: 'busy' }, // deadlock; the transaction is gone
	3572: { code: 'busy' }, // NOWAIT
	3058: { code: 'busy' }, // deadlock among user-level locks
	1969: { code: 'busy' }, // MariaDB: max_statement_time
	3024: { code: 'busy' }, // MySQL: max_execution_time
	1317: { code: 'busy' }, // query killed
	1412: { code: 'busy' }, // the table was altered since the snapshot began
	1020: { code: 'busy' }, // MariaDB: the row has changed since the snapshot; the transaction is gone
	1180: { code: 'busy' }, // an error during COMMIT; the transaction is gone
	3100: { code: 'busy', hint: groupReplication },
	3101: { code: 'busy' }, // MySQL: group replication rolled the transaction back
	1290: { code: 'busy', hint: readOnly },
	1792: { code: 'busy', hint: readOnly },
	1836: { code: 'busy', hint: readOnly },
	1021: { code: 'busy', hint: full },
	1026: { code: 'busy', hint: full },
	1114: { code: 'busy', hint: full },
	1534: { code: 'busy', hint: full },
	1041: { code: 'busy', hint: 'The server is out of memory.' },
	1037: { code: 'busy', hint: 'The server is out of memory.' },
	1206: {
		code: 'busy',
		hint: 'The lock table of the server is full: raise innodb_buffer_pool_size.',
	},
	1637: { code: 'busy', hint: 'The server has too many open transactions.' },
	1047: { code: 'unreachable', hint: 'The node is not part of its cluster at the moment.' }, // Galera
	3032: {
		code: 'unreachable',
		hint: 'The server is in offline_mode, usually for maintenance. To end it, run SET GLOBAL offline_mode=OFF.',
	},
	1040: {
		code: 'unreachable',
		hint: 'The server has no free connections: raise max_connections or close some.',
	},
	1203: {
		code: 'unreachable',
		hint: 'The user has no free connections: raise max_user_connections.',
	},
	1226: { code: 'unreachable', hint: 'The user has used up a resource limit of the account.' },
	1053: { code: 'unreachable', hint: 'The server is shutting down.' },
	1927: { code: 'unreachable' }, // MariaDB: connection killed
	4031: { code: 'unreachable' }, // MySQL: disconnected for inactivity
	// Missing rights.
	1044: { code: 'denied', hint: 'Grant the user access to this database.' },
	1045: {
		code: 'denied',
		hint: 'Check `user` and `password` of this side in the configuration. An account that requires TLS (REQUIRE SSL) needs `ssl` as well.',
	},
	3159: {
		code: 'denied',
		hint: 'The server requires TLS (require_secure_transport): set `ssl` for this side.',
	},
	1698: {
		code: 'denied',
		hint: 'This account logs in by socket only: use `socket`, or a user with a password.',
	},
	1049: {
		code: 'denied',
		hint: 'Check `database` of this side in the configuration, or create the database.',
	},
	1130: {
		code: 'denied',
		hint: 'The server does not accept connections from this host for that user.',
	},
	1129: {
		code: 'denied',
		hint: 'The server blocks this host after too many failed connections: run mysqladmin flush-hosts.',
	},
	1820: { code: 'denied', hint: 'The password has expired: set a new one.' },
	1862: { code: 'denied', hint: 'The password has expired: set a new one.' },
	3118: { code: 'denied', hint: 'The account is locked: ALTER USER … ACCOUNT UNLOCK.' },
	4151: { code: 'denied', hint: 'The account is locked: ALTER USER … ACCOUNT UNLOCK.' }, // MariaDB
	1142: { code: 'denied', hint: 'Grant the user that right on the table.' },
	1143: { code: 'denied', hint: 'Grant the user that right on the column.' },
	1227: { code: 'denied', hint: 'Grant the user that right.' },
	1370: { code: 'denied', hint: 'Grant the user that right.' },
	1419: {
		code: 'denied',
		hint: 'The server writes a binary log and lets only SUPER create triggers: set the global variable log_bin_trust_function_creators=1 (on a managed server: in its parameter group).',
	},
	// Statement-based binary logging, which READ COMMITTED does not allow.
	1449: {
		code: 'denied',
		hint: 'The account that created a trigger no longer exists: install the triggers again.',
	},
};

/** True if a storage engine reports a full disk, by the operating system's number in its message. */
function isFull(errno: number, message: string): boolean {
	return errno === 1030 && /\berror 28\b/.test(message);
}

const networkWords: Record<string, string> = {
	PROTOCOL_SEQUENCE_TIMEOUT: 'no response from server (timeout)',
	PROTOCOL_CONNECTION_LOST: 'the server closed the connection',
	ETIMEDOUT: 'no response from server (timeout)',
};

const networkHints: Record<string, string> = {
	ECONNREFUSED: 'Check `host` and `port`, and that the server is running.',
	ENOENT: 'Check `socket`, and that the server is running.',
	ENOTFOUND: 'Check `host`: the name cannot be resolved.',
	EAI_AGAIN: 'The DNS server does not respond.',
	PROTOCOL_CONNECTION_LOST:
		'If it does not come back soon, read its error log: MariaDB exits when its disk is full.',
	PROTOCOL_SEQUENCE_TIMEOUT: 'The server may be hung or overloaded, or the network may be down.',
	ETIMEDOUT: 'Check `host` and `port`, the network and any firewall in between.',
	EHOSTUNREACH: 'Check the network.',
	ENETUNREACH: 'Check the network.',
};

/** Errors that concern a whole table or session, so that retrying row by row is useless. */
const wholeTable = new Set([1036, 1044, 1054, 1142, 1143, 1146, 1227, 1370, 1449, 1785]);

/** The referenced row does not exist (yet), or the row is (still) referenced. */
const foreignKey = new Set([1216, 1217, 1451, 1452]);

/** A write was refused because of the statement-based binary log. */
const statementLogged = 1665;

/**
 * Converts a driver's error. A broken connection is `unreachable`, whatever the message: after a killed
 * server the second call fails with no code at all, only `fatal`.
 */
export function fromDriver(error: unknown, place: Place = {}): SyncError {
	if (error instanceof SyncError) return error.at(place);
	const { code, errno, fatal, sqlMessage, message } = error as DriverError;
	if (errno === statementLogged && place.side) {
		return statementLogError(place.side, { errno, cause: error }).at(place);
	}
	const known =
		errno === undefined ? undefined : isFull(errno, message) ? byNumber[1021] : byNumber[errno];
	if (known) {
		return new SyncError(known.code, known.message ?? sqlMessage ?? message, {
			...place,
			hint: known.hint,
			errno,
			cause: error,
		});
	}
	const refused = refusedLogIn(code, message);
	if (refused) return new SyncError('unreachable', refused[0], { ...place, hint: refused[1] });
	if (fatal === true || (errno !== undefined && errno < 0) || code?.startsWith('PROTOCOL_')) {
		const words = networkWords[code ?? ''] ?? (message || code || 'the connection was lost');
		return new SyncError('unreachable', words, {
			...place,
			hint: code === undefined ? undefined : networkHints[code],
			cause: error,
		});
	}
	if (errno !== undefined) {
		return new SyncError('refused', sqlMessage ?? message, { ...place, errno, cause: error });
	}
	return new SyncError('internal', message, { ...place, cause: error });
}

/** A problem with TLS or authentication, with its fix. */
function refusedLogIn(code: string | undefined, message: string): [string, string] | null {
	switch (code) {
		case 'HANDSHAKE_NO_SSL_SUPPORT':
			return [
				'the server offers no TLS, but `ssl` requires it',
				'Set up TLS on the server. If it already has TLS, an attacker in between may have removed the offer.',
			];
		case 'HANDSHAKE_SSL_ERROR':
			return [
				`TLS failed: ${message}`,
				message.includes("does not match certificate's")
					? 'Set `host` to a name in the certificate, or set `servername` in `ssl` to that name.'
					: "Check `ssl` of this side: `ca` must contain the certificate that signed the server's.",
			];
		case 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED':
			return [
				'the server requires the password in plain text (mysql_clear_password), which this program never sends',
				'Use an account that logs in with caching_sha2_password or mysql_native_password.',
			];
		case 'AUTH_SWITCH_PLUGIN_ERROR': {
			const plugin = /using unknown plugin (.*?)\. See /s.exec(message)?.[1];
			if (plugin === undefined) return null;
			return [
				`the account logs in with the plugin ${plugin}, which this program does not support`,
				'Use an account that logs in with caching_sha2_password or mysql_native_password.',
			];
		}
		default:
			return null;
	}
}

/** The error for a server that stopped responding. */
export function silentServer(): SyncError {
	const code = 'PROTOCOL_SEQUENCE_TIMEOUT';
	return new SyncError('unreachable', networkWords[code] ?? code, { hint: networkHints[code] });
}

/** The error for statements running on a connection that this program cut. */
export function cutOff(): SyncError {
	return new SyncError('unreachable', 'the connection was cut');
}

export function isWholeTableError(error: SyncError): boolean {
	return error.errno !== undefined && wholeTable.has(error.errno);
}

export function isForeignKeyError(error: SyncError): boolean {
	return error.errno !== undefined && foreignKey.has(error.errno);
}

/** True if the referenced row does not exist. */
export function isMissingParentError(error: SyncError): boolean {
	return error.errno === 1216 || error.errno === 1452;
}

/** True for a duplicate in a UNIQUE key; 1242 is the failure of the upsert's guard. */
export function isDuplicateError(error: SyncError): boolean {
	return error.errno === 1062 || error.errno === 1242 || error.errno === 1586;
}

/** True if the whole transaction must be given up, not only the failed statement. */
export function endsTransaction(error: SyncError): boolean {
	return (
		error.code === 'busy' ||
		error.code === 'unreachable' ||
		error.code === 'internal' ||
		limitOf(error) !== null
	);
}
