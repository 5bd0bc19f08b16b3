/** Whether a node that answers can serve, and in words why not. */
import type { Connection as DriverConnection } from 'mysql2/promise';
import { SyncError } from '../../errors.ts';
import { quoteStrings } from '../sql/literals.ts';
import { decodeNamed } from './decode.ts';
import { failIf, isFailedGuard } from './guard.ts';

/** What a connection is for. */
export type Access =
	/** Changes are written. */
	| 'write'
	/** Nothing is ever written: a read-only replica serves as well. */
	| 'read'
	/** To look at what is written by others: where no node takes writes, one that can be read. */
	| 'look';

/**
 * SQL that fails where the node cannot serve. A node outside its cluster's primary component accepts
 * connections, SET and SELECT without a table, but begins no transaction (1047); a read-only server
 * begins none that writes (1290), unless the account may write all the same.
 */
export const askingFor: Record<Exclude<Access, 'look'>, string> = {
	read: 'START TRANSACTION READ ONLY; ROLLBACK AND NO CHAIN NO RELEASE',
	write: `START TRANSACTION READ WRITE; ROLLBACK AND NO CHAIN NO RELEASE; ${failIf('@@GLOBAL.innodb_read_only')}`,
};

/** Milliseconds to wait for a node to say what is wrong with it. */
const answerTimeout = 2_000;

/** Whether a server refuses to write anything, although it can be read. */
function isReadOnly({ errno, message }: SyncError): boolean {
	return errno === 1836 || (errno === 1290 && /read-only/.test(message));
}

/** Whether an error says that the node as a whole does not serve now. */
export function isNodeFailure(error: SyncError): boolean {
	// 1053: shutdown; 3032: offline_mode.
	return isOutsideCluster(error) || isReadOnly(error) || [1053, 3032].includes(error.errno ?? 0);
}

/** Whether a Galera node says that it is none at the moment: while it writes, or whatever is asked of it. */
function isOutsideCluster({ errno, message }: SyncError): boolean {
	return errno === 1047 || (errno === 1180 && /primary component/i.test(message));
}

/** The same error in words that name the node's state and its cure; what was not for its state stays. */
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
	// In MySQL's own order of strength; newer MariaDB has more values than ON.
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

/** The server's state in its replication group (MySQL); null where it is in none, or that cannot be told. */
async function memberState(driver: DriverConnection): Promise<string | null> {
	const [row] = await askServer<{ state: string }>(
		driver,
		`SELECT member_state AS state
		FROM performance_schema.replication_group_members
		WHERE member_id = @@server_uuid AND channel_name = 'group_replication_applier'`,
	);
	return row?.state ?? null;
}

/** What a server says of some of its variables; nothing where it does not. */
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

/** What a server answers; no rows where it refuses to, or does not know what is asked for. */
async function askServer<Row>(driver: DriverConnection, sql: string): Promise<Row[]> {
	try {
		const [rows, fields] = await driver.query({ sql, rowsAsArray: true, timeout: answerTimeout });
		return decodeNamed<Row>(rows as unknown as Buffer[][], fields);
	} catch {
		return [];
	}
}
