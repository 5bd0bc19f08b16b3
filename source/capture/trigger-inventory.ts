/** This program's triggers and procedures in a database, and the application's triggers. */
import { type CatalogueRows, catalogueRows } from '../database/catalogue/catalogue-rows.ts';
import type { Connection } from '../database/connection/connection.ts';
import { type Grant, grantedTables, readGrants } from '../database/rights/grants.ts';
import type { ApplicationTrigger } from '../database/rows/tracked-table.ts';
import { quoteStrings } from '../database/sql/literals.ts';
import { type FoundProcedures, readProcedures } from './entry-procedures.ts';
import { isOwnTrigger } from './trigger-text.ts';

export interface FoundTrigger {
	name: string;
	table_name: string;
	event: 'INSERT' | 'UPDATE' | 'DELETE';
	timing: 'BEFORE' | 'AFTER';
	body: string;
	definer: string;
	/** Its creation time, to hundredths of a second; null if the server does not report it. */
	created_at: string | null;
}

/**
 * The triggers of one database by table, this program's and the application's, as far as they are visible.
 */
export interface TriggerInventory {
	byTable: Map<string, FoundTrigger[]>;
	application: Map<string, ApplicationTrigger[]>;
	/** True if a table's triggers are visible; hidden triggers look like none. */
	sees: (table: string) => boolean;
	/** True if every trigger of the database is visible. */
	seesEvery: boolean;
	/** The tables whose triggers are hidden by concurrent DDL. */
	leftOut: string[];
	/** The procedures through which the triggers write. */
	procedures: FoundProcedures;
}

/**
 * Reads the triggers of the connection's database. Filters by the schema of their
 * tables: with trigger_schema, MariaDB opens the tables of all databases, and
 * confuses schemas whose names differ only in letter case.
 * @param grants of the connection's user; read by default
 */
export async function readTriggers(
	connection: Connection,
	grants?: Promise<readonly Grant[]>,
): Promise<TriggerInventory> {
	const known = grants ?? readGrants(connection);
	// To a user with other rights on the table, MariaDB shows that a trigger exists, but not its text.
	const [{ rows, leftOut }, procedures] = await Promise.all([
		triggersOf(connection),
		readProcedures(connection, known),
	]);
	const byTable = new Map<string, FoundTrigger[]>();
	const application = new Map<string, ApplicationTrigger[]>();
	for (const trigger of rows) {
		const { name, timing, event, table_name, body } = trigger;
		if (isOwnTrigger(name)) addTo(byTable, table_name, trigger);
		else addTo(application, table_name, { name, timing, event, statement: body });
	}
	const granted = grantedTables(await known, 'TRIGGER', connection.end.database);
	const sees = (table: string) => granted(table) && !leftOut.includes(table);
	const seesEvery = granted(null) && leftOut.length === 0;
	return { byTable, application, sees, seesEvery, leftOut, procedures };
}

/** This program's triggers on some tables, by table. */
export async function readOwnTriggers(
	connection: Connection,
	tables: readonly string[],
): Promise<Map<string, FoundTrigger[]>> {
	const { rows } = await triggersOf(connection, tables);
	const found = new Map<string, FoundTrigger[]>();
	for (const trigger of rows) {
		if (isOwnTrigger(trigger.name)) addTo(found, trigger.table_name, trigger);
	}
	return found;
}

function triggersOf(
	connection: Connection,
	tables?: readonly string[],
): Promise<CatalogueRows<FoundTrigger>> {
	return catalogueRows<FoundTrigger>(
		connection,
		`SELECT trigger_name AS name, event_object_table AS table_name, event_manipulation AS event,
			action_timing AS timing, action_statement AS body, definer AS definer,
			CAST(created AS CHAR) AS created_at
		FROM information_schema.triggers
		WHERE event_object_schema = DATABASE() AND action_statement IS NOT NULL
			${tables === undefined ? '' : `AND event_object_table IN (${quoteStrings(tables)})`}`,
	);
}

function addTo<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
	const list = lists.get(key);
	if (list) list.push(item);
	else lists.set(key, [item]);
}
