/** The statements by which triggers write entries into the change log. */
import { createHash } from 'node:crypto';
import { nodesOfNote } from '../../database/connection/session.ts';
import { changeLogTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { name, rawSql, sql } from '../../database/sql/sql.ts';

/**
 * Through which statement a trigger writes. On MariaDB each trigger with an INSERT opens another instance
 * of the change log, and LOCK TABLES opens those of all three: the application's INSERT then fails (1442)
 * as soon as one of them was used before. A table reached through a procedure is opened once, however many
 * triggers call it. MySQL has no such fault, and a plain INSERT is cheaper there.
 */
export type EntryRoute = 'insert' | 'procedure';

export const routes: readonly EntryRoute[] = ['insert', 'procedure'];

/** An entry, as SQL expressions. */
export interface SqlEntry {
	table: string;
	operation: string;
	rowKey: string;
}

/** Returns the statement of a trigger that adds an entry to the change log. */
export type EntryWriter = (entry: SqlEntry) => string;

/** The procedure through which the triggers of one account write, as it should be in the database. */
export interface EntryProcedure {
	name: string;
	parameters: string;
	body: string;
}

/** @param definer the account that creates the triggers, or has created them */
export function entryWriter(route: EntryRoute, nodeId: string, definer: string): EntryWriter {
	if (route === 'insert') return (entry) => insertEntry(entry, nodeId);
	const name = quoteName(entryProcedure(nodeId, definer).name);
	return ({ table, operation, rowKey }) => `CALL ${name}(${table}, ${operation}, ${rowKey});`;
}

/**
 * Each account has its own procedure: a trigger calls it with the rights of the account that created the
 * trigger, and that account has EXECUTE on the procedures it created and on no others.
 */
export function entryProcedure(nodeId: string, definer: string): EntryProcedure {
	const parameters = `
		entry_table VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
		entry_operation VARCHAR(6) CHARACTER SET ascii,
		entry_key VARCHAR(6400) CHARACTER SET ascii COLLATE ascii_bin`;
	const entry = { table: 'entry_table', operation: 'entry_operation', rowKey: 'entry_key' };
	const body = insertEntry(entry, nodeId).slice(0, -1);
	const hash = createHash('sha256')
		.update(`${definer}\n${parameters}\n${body}`)
		.digest('hex')
		.slice(0, 10);
	return { name: `change_log_entry_${hash}`, parameters, body };
}

/**
 * The statement that creates the procedure.
 * @param edited whether it exists with another text; replacing it takes a right (ALTER ROUTINE) that the
 *   account has on its own procedures only
 */
export function createProcedureSql(
	{ name, parameters, body }: EntryProcedure,
	edited: boolean,
): string {
	const create = edited ? 'CREATE OR REPLACE PROCEDURE' : 'CREATE PROCEDURE IF NOT EXISTS';
	return `${create} ${quoteName(name)} (${parameters}
	)
	MODIFIES SQL DATA SQL SECURITY DEFINER
	${body}`;
}

/** Whether a procedure's name is one that this program gives. */
export function isOwnProcedure(name: string): boolean {
	return /^change_log_entry_[0-9a-f]{10}$/i.test(name);
}

function insertEntry({ table, operation, rowKey }: SqlEntry, nodeId: string): string {
	const values = [rawSql(table), rawSql(operation), rawSql(rowKey), nodeId, rawSql(nodesOfNote)];
	const statement = sql`INSERT INTO ${name(changeLogTable)} (table_name, operation, row_key, source_node, applied_nodes, changed_at)
		VALUES (${values}, UTC_TIMESTAMP(6));`;
	return String(statement);
}
