/** Whether a reachable node is usable, and if not, why. */
import type { Connection as DriverConnection } from 'mysql2/promise';
import { SyncError } from '../../errors.ts';
import { quoteStrings } from '../sql/literals.ts';
import { sql } from '../sql/sql.ts';
import { decodeNamed } from './decode.ts';
import { failIf, isFailedGuard } from './guard.ts';

/** The purpose of a connection. */
export type Access =
	/** Changes are written. */
	| 'write'
	/** Nothing is ever written: a read-only replica is sufficient. */
	| 'read'
	/** For monitoring: a writable node if there is one, else one that can be read. */
	| 'look';

/**
 * SQL that fails if the node is unusable. A node outside its cluster's primary component accepts connections,
 * SET and SELECT without a table, but starts no transaction (1047). A read-only server starts none that
 * writes (1290), unless the account may write nevertheless.
 */
export const askingFor: Record<Exclude<Access, 'look'>, string> = {
	read: 'START TRANSACTION READ ONLY; ROLLBACK AND NO CHAIN NO RELEASE',
	write: `START TRANSACTION READ WRITE; ROLLBACK AND NO CHAIN NO RELEASE; ${failIf(sql`@@GLOBAL.innodb_read_only`)}`,
};

/** Milliseconds to wait for a node to report its state. */
const answerTimeout = 2_000;

/** True if a server refuses all writes but can be read. */
function isReadOnly({ errno, message }: SyncError): boolean {
	return errno === 1836 || (errno === 1290 && /read-only/.test(message));
}

/** True if an error means that the whole node is unusable now. */
export function isNodeFailure(error: SyncError): boolean {
	// 1053: shutdown; 3032: offline_mode.
	return isOutsideCluster(error) || isReadOnly(error) || [1053, 3032].includes(error.errno ?? 0);
}

/** True if a Galera node says that it is outside its cluster, in response to a write or to anything. */
function isOutsideCluster({ errno, message }: SyncError): boolean {
	return errno === 1047 || (errno === 1180 && /primary component/i.test(message));
}

/** The error with a message about the node's state and the fix. Other errors are returned unchanged. */
export async function explainState(driver: DriverConnection, error: SyncError): Promise<SyncError> {
	if (isOutsideCluster(error)) return galeraState(driver, error);
	if (isReadOnly(error) || isFailedGuard(error)) return readOnlyState(driver, error);
	return error;
}

async function galeraState(driver: DriverConnection, error: SyncError): Promise<SyncError> {
	const state = await variables(driver, 'STATUS', [
		'wsrep_cluster_status',
		'wsrep_local_state_comment',
	]);
	const { wsrep_reject_queries: rejects = 'NONE' } = await variables(driver, 'VARIABLES', [
		'wsrep_reject_queries',
	]);
	const { wsrep_cluster_status: cluster, wsrep_local_state_comment: local } = state;
	const say = (message: string, hint: string) =>
		new SyncError('unreachable', message, {
			...error.place,
			hint,
			errno: error.errno,
			cause: error,
		});
	if (rejects !== 'NONE') {
		return say(
			`the Galera node rejects all queries (wsrep_reject_queries=${rejects})`,
			'Somebody set this, usually for maintenance. To end it, run SET GLOBAL wsrep_reject_queries=NONE there.',
		);
	}
	if (cluster !== undefined && cluster !== 'Primary') {
		return say(
			`the Galera node is not in the primary component of its cluster (wsrep_cluster_status=${cluster})`,
			"Check the network between the nodes: the node rejoins by itself. Only if no node anywhere is in a primary component, run SET GLOBAL wsrep_provider_options='pc.bootstrap=YES' on one node, the one with the highest wsrep_last_committed; with another primary component alive, the data would diverge.",
		);
	}
	return say(
		`the Galera node is not ready (wsrep_local_state_comment=${local ?? 'unknown'})`,
		'A node that is joining or is a donor serves again when its state transfer is done. Otherwise read its error log.',
	);
}

async function readOnlyState(driver: DriverConnection, error: SyncError): Promise<SyncError> {
	const found = await variables(driver, 'VARIABLES', [
		'innodb_read_only',
		'super_read_only',
		'read_only',
	]);
	// MySQL's order of precedence. Newer MariaDB versions have more values than ON.
	const set = ['innodb_read_only', 'super_read_only', 'read_only'].find(
		(name) => ![undefined, 'OFF', '0'].includes(found[name]),
	);
	const member = await memberState(driver);
	const why = [
		...(set === undefined ? [] : [`${set}=${found[set]}`]),
		...(member === null ? [] : [`state in its replication group: ${member}`]),
	];
	return new SyncError(
		'busy',
		`the server is read-only${why.length > 0 ? ` (${why.join(', ')})` : ''}`,
		{
			...error.place,
			hint: `If it is a replica, name its primary in \`host\` or \`hosts\`.${cureOf(set, member)} Syncing resumes once it is writable.`,
			errno: error.errno,
			cause: error,
		},
	);
}

function cureOf(variable: string | undefined, member: string | null): string {
	if (member === 'RECOVERING') return ' It accepts writes when it has caught up with its group.';
	if (member === 'ERROR' || member === 'OFFLINE') {
		return ' Read its error log for the cause, then run STOP GROUP_REPLICATION and START GROUP_REPLICATION there.';
	}
	if (variable === 'innodb_read_only')
		return ' It was started with innodb_read_only: restart it without that option.';
	if (variable === undefined || member !== null) return '';
	return ` If it is not, and nobody made it read-only on purpose, run SET GLOBAL ${variable}=OFF there.`;
}

/** The server's state in its replication group (MySQL); null if it is in none, or that is unknown. */
async function memberState(driver: DriverConnection): Promise<string | null> {
	const [row] = await askServer<{ state: string }>(
		driver,
		`SELECT member_state AS state
		FROM performance_schema.replication_group_members
		WHERE member_id = @@server_uuid AND channel_name = 'group_replication_applier'`,
	);
	return row?.state ?? null;
}

/** The values of some server variables; empty if the server does not report them. */
async function variables(
	driver: DriverConnection,
	kind: 'STATUS' | 'VARIABLES',
	names: readonly string[],
): Promise<Record<string, string>> {
	const rows = await askServer<{ Variable_name: string; Value: string }>(
		driver,
		`SHOW GLOBAL ${kind} WHERE Variable_name IN (${quoteStrings(names)})`,
	);
	return Object.fromEntries(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
}

/** The rows of a query; none if the server refuses it or does not know what it asks for. */
async function askServer<Row>(driver: DriverConnection, sql: string): Promise<Row[]> {
	try {
		const [rows, fields] = await driver.query({ sql, rowsAsArray: true, timeout: answerTimeout });
		return decodeNamed<Row>(rows as unknown as Buffer[][], fields);
	} catch {
		return [];
	}
}
