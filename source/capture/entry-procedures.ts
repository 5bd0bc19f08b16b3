/** The procedures through which triggers write their entries on MariaDB: which there are, and which are needed. */

import { quoteAccount } from '../database/accounts.ts';
import type { Connection } from '../database/connection.ts';
import { type Grant, grantedTables } from '../database/grants.ts';
import { quoteName } from '../database/identifiers.ts';
import { createProcedure, type EntryRoute, entryProcedure, isOwnProcedure } from './log-entry.ts';

/** This program's procedures in one database, as far as the connection's user sees them. */
export interface FoundProcedures {
	/** The text of each, by name; null for one whose text the user may not see. */
	bodies: Map<string, string | null>;
	/** Whether the user would see any that is there. */
	seesAll: boolean;
	/** What triggers that this user creates write through. */
	route: EntryRoute;
	/** The setting without which the user may create a procedure and not call it (1370). */
	maySetRights: boolean;
	/** The user, as triggers name their definer. */
	account: string;
}

/** Reads which procedures of this program the connection's database has. */
export async function readProcedures(
	connection: Connection,
	grants: Promise<readonly Grant[]>,
): Promise<FoundProcedures> {
	const { account, product } = connection.server;
	if (product === 'mysql') {
		return { bodies: new Map(), seesAll: true, route: 'insert', maySetRights: true, account };
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
	const mayCreate = grantedTables(known, 'CREATE ROUTINE', connection.end.database)(null);
	const maySetRights = Number(settings[0]?.given) === 1;
	return {
		bodies: new Map(own.map(({ name, body }) => [name.toLowerCase(), body])),
		seesAll: mayCreate,
		route: mayCreate && maySetRights ? 'procedure' : 'insert',
		maySetRights,
		account,
	};
}

/**
 * Whether triggers of a definer that call its procedure can write their entries. A procedure of another
 * account may be hidden from this one: it counts as there.
 */
export function writesThrough(
	{ bodies, seesAll, account }: FoundProcedures,
	nodeId: string,
	definer: string,
): boolean {
	const { name, body } = entryProcedure(nodeId, definer);
	const found = bodies.get(name);
	if (found === undefined) return !seesAll && definer !== account;
	return found === null || withoutSpace(found) === withoutSpace(body);
}

/**
 * Creates the procedure of the connection's user where it is missing, or was edited. Once for all
 * tables: transactions that have called it lock it until they end.
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
	await connection.run(createProcedure(procedure, edited));
	procedures.bodies.set(procedure.name, procedure.body);
}

/** What follows where triggers on MariaDB cannot write through a procedure, in words; none elsewhere. */
export function withoutProcedure(
	{ end, server }: Connection,
	{ route, maySetRights }: FoundProcedures,
): string[] {
	if (server.product === 'mysql' || route === 'procedure') return [];
	const grant = `GRANT CREATE ROUTINE ON ${quoteName(end.database)}.* TO ${quoteAccount(server.account)}`;
	const fix = maySetRights ? grant : `SET GLOBAL automatic_sp_privileges = 1; ${grant}`;
	return [
		`the triggers write without a procedure, because ${server.account} may not create one: while an application holds LOCK TABLES on a tracked table, its writes can fail with error 1442. Fix (${end.side}): ${fix}; then install again`,
	];
}

/** Drops the procedures that no trigger of the database calls. */
export async function dropIdleProcedures(
	connection: Connection,
	procedures: FoundProcedures,
	triggers: readonly { body: string }[],
): Promise<void> {
	const isIdle = (name: string) =>
		!triggers.some(({ body }) => body.toLowerCase().includes(quoteName(name)));
	// The text of a procedure is shown to its owner.
	const idle = [...procedures.bodies].filter(([name, body]) => body !== null && isIdle(name));
	for (const [name] of idle) await connection.run(`DROP PROCEDURE IF EXISTS ${quoteName(name)}`);
}

function withoutSpace(text: string): string {
	return text.replace(/\s/g, '');
}
