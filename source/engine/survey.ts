import { type ChangeLogState, changeLogState } from '../capture/change-log.ts';
import { readTriggers, type TriggerInventory } from '../capture/triggers.ts';
import type { PairConfig, Side } from '../config/types.ts';
import { readCatalogue, type Table } from '../database/catalogue.ts';
import type { Connection } from '../database/connection.ts';
import { readGrants } from '../database/grants.ts';
import { pairTables, type TablePair } from '../database/table-pair.ts';

/** What stands in one database that matters to a pair. */
export interface SideSurvey {
	tables: Table[];
	triggers: TriggerInventory;
	changeLog: ChangeLogState;
	foldsTableNames: boolean;
}

/** @throws SyncError `foreign_change_log` if the database's change log is not this program's */
export async function surveySide(connection: Connection): Promise<SideSurvey> {
	const [changeLog, tables, triggers] = await connection.together(() => {
		const grants = readGrants(connection);
		return Promise.all([
			changeLogState(connection),
			readCatalogue(connection, undefined, grants),
			readTriggers(connection, grants),
		]);
	});
	return { tables, triggers, changeLog, foldsTableNames: connection.server.foldsTableNames };
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
