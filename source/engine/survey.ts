import { type ChangeLogState, changeLogState } from '../capture/change-log.ts';
import { readTriggers, type TriggerInventory } from '../capture/triggers.ts';
import { type PairConfig, type Side, sides } from '../config/types.ts';
import { writesStatementLog } from '../database/binary-log.ts';
import type { Table } from '../database/catalogue.ts';
import { beingDefined } from '../database/catalogue-rows.ts';
import type { Connection } from '../database/connection.ts';
import { readGrants } from '../database/grants.ts';
import { readCatalogue } from '../database/settled-catalogue.ts';
import { pairTables, type TablePair } from '../database/table-pair.ts';
import type { Connections } from './connections.ts';

/** What stands in one database that matters to a pair. */
export interface SideSurvey {
	tables: Table[];
	triggers: TriggerInventory;
	changeLog: ChangeLogState;
	foldsTableNames: boolean;
	/** Whether the server writes its binary log as statements. */
	isStatementLog: boolean;
}

/** @throws SyncError `foreign_change_log` if the database's change log is not this program's */
export async function surveySide(connection: Connection): Promise<SideSurvey> {
	const [changeLog, tables, triggers, isStatementLog] = await connection.together(() => {
		const grants = readGrants(connection);
		return Promise.all([
			changeLogState(connection),
			readCatalogue(connection, grants),
			readTriggers(connection, grants),
			writesStatementLog(connection),
		]);
	});
	const { foldsTableNames } = connection.server;
	return { tables, triggers, changeLog, foldsTableNames, isStatementLog };
}

/** The tables of a side whose definition or triggers are not known, as another session defines them anew. */
export function definedAnew({ tables, triggers }: SideSurvey): Set<string> {
	const unknown = tables.filter(({ isDefinedAnew }) => isDefinedAnew).map(({ name }) => name);
	return new Set([...unknown, ...triggers.leftOut]);
}

/**
 * Refuses what would take a table's triggers or foreign keys for missing that are only not seen.
 * @throws SyncError `busy` that names the table
 */
export function refuseDefinedAnew(
	connections: Connections,
	surveys: Record<Side, SideSurvey>,
): void {
	for (const side of sides) {
		for (const table of definedAnew(surveys[side])) throw beingDefined(connections[side], table);
	}
}

/**
 * Matches the tables of both ends. Of an end that is not known it is supposed that its tables are
 * those of the other, so that a table does not count as missing because a server cannot be reached.
 */
export function matchTables(
	pair: PairConfig,
	surveys: Record<Side, SideSurvey | null>,
): TablePair[] {
	const local = surveys.local ?? surveys.cloud;
	const cloud = surveys.cloud ?? surveys.local;
	if (!local || !cloud) return [];
	const foldsNames = local.foldsTableNames || cloud.foldsTableNames;
	const facts = ({ triggers: { byTable, application } }: SideSurvey) => ({
		captured: byTable,
		application,
	});
	return pairTables(pair, local.tables, cloud.tables, foldsNames, {
		local: facts(local),
		cloud: facts(cloud),
	});
}
