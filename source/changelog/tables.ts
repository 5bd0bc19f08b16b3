/** The tables that this program keeps beside the change log, all created with it. */
import type { Connection } from '../database/connection/connection.ts';
import { name, sql } from '../database/sql/sql.ts';
import { batchesTable } from './tables/batches.ts';
import { conflictVersionsTable } from './tables/conflict-versions.ts';
import { conflictsTable } from './tables/conflicts.ts';
import { nodesTable } from './tables/database-identity.ts';
import { leasesTable } from './tables/leases.ts';
import { missingAmong, type OwnTable } from './tables/own-table.ts';
import { parkedTable } from './tables/parked.ts';
import { progressTable } from './tables/progress.ts';
import { receiptsTable } from './tables/receipts.ts';
import { registerTable } from './tables/register.ts';
import { requestsTable } from './tables/run-requests.ts';

/** Without the table of marks, which only the local end has. */
export const ownTables: readonly OwnTable[] = [
	conflictsTable,
	conflictVersionsTable,
	receiptsTable,
	batchesTable,
	nodesTable,
	leasesTable,
	progressTable,
	requestsTable,
	registerTable,
	parkedTable,
];

/** The tables that the connection's database lacks. */
export function missingTables(connection: Connection): Promise<OwnTable[]> {
	return missingAmong(connection, ownTables);
}

/** Creates the tables that are missing. It commits, so never inside a transaction. */
export async function createMissingTables(connection: Connection): Promise<void> {
	for (const { create } of await missingTables(connection)) await connection.run(create);
}

/** Drops all the tables, and the records in them. */
export async function dropTables(connection: Connection): Promise<void> {
	for (const table of ownTables) {
		await connection.define(sql`DROP TABLE IF EXISTS ${name(table.name)}`);
	}
}
