/**
 * The procedures through which triggers write their entries on MariaDB: those that exist, and those needed.
 */

import {
	createProcedureSql,
	type EntryRoute,
	entryProcedure,
	isOwnProcedure,
} from '../changelog/log/log-entry.ts';
import type { Connection } from '../database/connection/connection.ts';
import { quoteAccount } from '../database/rights/accounts.ts';
import { type Grant, grantedTables, mayCall } from '../database/rights/grants.ts';
import { quoteName } from '../database/sql/identifiers.ts';
import { asSyncError } from '../errors.ts';
import type { Finding } from '../text/finding.ts';
import { captureFinding } from './messages.ts';

/** This program's procedures in one database, as far as the connection's user sees them. */
export interface FoundProcedures {
	/** The body of each procedure by name; null if the user may not see it. */
	bodies: Map<string, string | null>;
	/** True if the user would see any that exist. */
	seesAll: boolean;
	/** How triggers created by this user write their entries. */
	route: EntryRoute;
	/** False if the user may create a procedure but not call it (1370), because of a setting. */
	maySetRights: boolean;
	/**
	 * The user's own procedure if it exists but may not be called (1370), for example after the account was
	 * recreated or the database restored from a dump; otherwise null.
	 */
	closed: string | null;
	/** The user, in the form in which triggers name their definer. */
	account: string;
}

/** Reads this program's procedures in the connection's database. */
export async function readProcedures(
	connection: Connection,
	grants: Promise<readonly Grant[]>,
): Promise<FoundProcedures> {
	const { account, product } = connection.server;
	if (product === 'mysql') {
		return {
			...{ bodies: new Map(), seesAll: true, route: 'insert', maySetRights: true },
			...{ closed: null, account },
		};
	}
	const [rows, settings, known] = await Promise.all([
		connection.rows<{ name: string; body: string | null }>(
			`SELECT routine_name AS name, routine_definition AS body
			FROM information_schema.routines
			WHERE routine_schema = DATABASE() AND routine_type = 'PROCEDURE'`,
		),
		connection.rows<{ given: string | number }>('SELECT @@automatic_sp_privileges AS given'),
		grants,
	]);
	const own = rows.filter(({ name }) => isOwnProcedure(name));
	const { database, nodeId } = connection.end;
	const bodies = new Map(own.map(({ name, body }) => [name.toLowerCase(), body]));
	const mayCreate = grantedTables(known, 'CREATE ROUTINE', database)(null);
	const { name } = entryProcedure(nodeId, account);
	const closed = bodies.has(name) && !mayCall(known, database, name) ? name : null;
	const maySetRights = Number(settings[0]?.given) === 1;
	return {
		bodies,
		seesAll: mayCreate,
		route: mayCreate && maySetRights && closed === null ? 'procedure' : 'insert',
		maySetRights,
		closed,
		account,
	};
}

/**
 * True if a definer's triggers can write through its procedure. A procedure of another
 * account may be hidden and then counts as existing.
 */
export function writesThrough(
	{ bodies, seesAll, closed, account }: FoundProcedures,
	nodeId: string,
	definer: string,
): boolean {
	const { name, body } = entryProcedure(nodeId, definer);
	if (name === closed) return false;
	const found = bodies.get(name);
	if (found === undefined) return !seesAll && definer !== account;
	return found === null || withoutSpace(found) === withoutSpace(body);
}

/**
 * Creates the procedure of the connection's user if it is missing or was edited. Done once for all tables:
 * transactions that have called it lock it until they end.
 */
export async function ensureProcedure(
	connection: Connection,
	procedures: FoundProcedures,
): Promise<void> {
	const { nodeId } = connection.end;
	const { account } = connection.server;
	if (procedures.route !== 'procedure' || writesThrough(procedures, nodeId, account)) return;
	const procedure = entryProcedure(nodeId, account);
	const edited = procedures.bodies.has(procedure.name);
	await connection.run(createProcedureSql(procedure, edited));
	procedures.bodies.set(procedure.name, procedure.body);
}

/** A finding if triggers on MariaDB cannot write through a procedure; otherwise none. */
export function withoutProcedure(
	{ end, server }: Connection,
	procedures: FoundProcedures,
): Finding[] {
	if (server.product === 'mysql' || procedures.route === 'procedure') return [];
	const account = quoteAccount(server.account);
	const database = quoteName(end.database);
	const { closed, maySetRights } = procedures;
	const grant = `GRANT CREATE ROUTINE ON ${database}.* TO ${account}`;
	const [why, sql] =
		closed !== null
			? ([
					'may_not_call_it',
					`GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE ${database}.${quoteName(closed)} TO ${account}`,
				] as const)
			: maySetRights
				? (['may_not_create_one', grant] as const)
				: ([
						'no_rights_on_created_procedures',
						`SET GLOBAL automatic_sp_privileges = 1; ${grant}`,
					] as const);
	const facts = { account: procedures.account, procedure: closed, why };
	const { side } = end;
	return [captureFinding('procedure_unavailable', { side }, facts, [{ side, sql }])];
}

/**
 * Drops procedures that no trigger of the database calls. One that the user
 * may not drop stays, and does nothing.
 */
export async function dropIdleProcedures(
	connection: Connection,
	procedures: FoundProcedures,
	triggers: readonly { body: string }[],
): Promise<void> {
	const isIdle = (name: string) =>
		!triggers.some(({ body }) => body.toLowerCase().includes(quoteName(name)));
	// The body of a procedure is visible to its owner.
	const idle = [...procedures.bodies].filter(([name, body]) => body !== null && isIdle(name));
	for (const [name] of idle) {
		try {
			await connection.run(`DROP PROCEDURE IF EXISTS ${quoteName(name)}`);
		} catch (thrown) {
			if (asSyncError(thrown).code !== 'denied') throw thrown;
		}
	}
}

function withoutSpace(text: string): string {
	return text.replace(/\s/g, '');
}
