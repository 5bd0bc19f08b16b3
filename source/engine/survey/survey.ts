import { readTriggers, type TriggerInventory } from '../../capture/trigger-inventory.ts';
import { isTriggerOf } from '../../capture/trigger-text.ts';
import { type ChangeLogState, changeLogState } from '../../changelog/log/migrate.ts';
import { type Register, readRegister, registerTable } from '../../changelog/tables/register.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { readCatalogue } from '../../database/catalogue/cached-catalogue.ts';
import type { Table } from '../../database/catalogue/catalogue.ts';
import { beingDefined } from '../../database/catalogue/catalogue-rows.ts';
import { writesStatementLog } from '../../database/connection/binary-log.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { pairTables, type TablePair } from '../../database/pairing/table-pair.ts';
import { quoteAccount } from '../../database/rights/accounts.ts';
import {
	type Definer,
	mixedCollations,
	noSuchAccount,
	readAnswer,
	readDefiner,
	unknownDefiner,
} from '../../database/rights/definer-grants.ts';
import { readGrants } from '../../database/rights/grants.ts';
import { isOwnTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import { captureStateFinding, installCures } from '../api/capture-messages.ts';
import { errorFrom } from '../api/messages.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';

/** The objects of one database that matter to a pair. */
export interface SideSurvey {
	tables: Table[];
	triggers: TriggerInventory;
	changeLog: ChangeLogState;
	foldsTableNames: boolean;
	/** The tables that the pair tracks; null before there is a register. */
	register: Register | null;
	/**
	 * The accounts that triggers run as; first the one of the connection, which new triggers would run as.
	 */
	definers: readonly Definer[];
	/** True if the server writes its binary log as statements. */
	isStatementLog: boolean;
	/** Identifies the node of a cluster. */
	place: string;
}

/**
 * Surveys one side.
 * @param pair the pair, whose other side is the peer of the register
 * @throws SyncError `foreign_change_log` if the database's change log is not this program's
 */
export async function surveySide(connection: Connection, pair: PairConfig): Promise<SideSurvey> {
	const [changeLog, tables, triggers, isStatementLog] = await connection
		.together(() => {
			const grants = readGrants(connection);
			return Promise.all([
				changeLogState(connection),
				readCatalogue(connection, grants),
				readTriggers(connection, grants),
				writesStatementLog(connection),
			]);
		})
		.catch((thrown) => {
			throw asSyncError(thrown).errno === noSuchAccount ? accountDropped(pair, connection) : thrown;
		});
	const peer = pair[otherSide(connection.end.side)].nodeId;
	const hasRegister = tables.some(({ name }) => name === registerTable.name);
	const { account, foldsTableNames, place } = connection.server;
	const others = new Set([...triggers.byTable.values()].flat().map(({ definer }) => definer));
	const known = () => (hasRegister ? readRegister(connection, peer) : null);
	const [register, own] = await connection
		.together(() => Promise.all([known(), readDefiner(connection, account)]))
		.catch(async (thrown) => {
			if (asSyncError(thrown).errno !== mixedCollations) throw thrown;
			return [await known(), unknownDefiner(account)] as const;
		});
	if (own.state === 'gone') throw accountDropped(pair, connection);
	// The register knows the accounts of triggers that are no longer visible.
	for (const { definer } of register?.values() ?? []) if (definer) others.add(definer);
	others.delete(account);
	const definers = [own];
	for (const other of others) definers.push(await readDefiner(connection, other));
	const found = { tables, triggers, changeLog, foldsTableNames, register, isStatementLog };
	return { ...found, definers, place };
}

/** The error for a dropped account of the current session. */
function accountDropped(pair: PairConfig, { end, server: { account } }: Connection): SyncError {
	const errno = definerGone;
	const recreate = `CREATE USER ${quoteAccount(account)} …, GRANT …`;
	const { side } = end;
	const cures = installCures(pair);
	const finding = captureStateFinding(
		'own_account_dropped',
		{ side },
		{ account, recreate, errno },
		cures,
	);
	return errorFrom('denied', finding, { errno });
}

/** The error of a write whose trigger has a dropped account. */
export const definerGone = 1449;

/**
 * True if the objects that the triggers need are unchanged: the own tables, and the rights of the accounts
 * that they run as. Sent in one packet with concurrent queries.
 * @throws SyncError if one of them is gone
 */
export async function isSurveyCurrent(
	connection: Connection,
	{ tables, definers }: SideSurvey,
): Promise<boolean> {
	const own = tables.filter(
		({ name, columns }) =>
			isOwnTable(name) && columns.every(({ lacks }) => !lacks.includes('SELECT')),
	);
	const selects = own.map(({ name }) => `(SELECT 1 AS found FROM ${quoteName(name)} LIMIT 0)`);
	const answers = definers.flatMap((definer) => definer.answers);
	const [, same] = await Promise.all([
		selects.length === 0 ? [] : connection.rows(selects.join('\nUNION ALL\n')),
		Promise.all(
			answers.map(async ({ sql, answer }) => (await readAnswer(connection, sql)) === answer),
		),
	]);
	return same.every((one) => one);
}

/** Surveys both sides concurrently. */
export async function surveyBoth(
	connections: Connections,
	pair: PairConfig,
): Promise<Record<Side, SideSurvey>> {
	const [local, cloud] = await Promise.all([
		surveySide(connections.local, pair),
		surveySide(connections.cloud, pair),
	]);
	return { local, cloud };
}

/** The tables of a side whose definition or triggers are unknown because another session is altering them. */
export function tablesBeingAltered({ tables, triggers }: SideSurvey): Set<string> {
	const unknown = tables.filter(({ isBeingAltered }) => isBeingAltered).map(({ name }) => name);
	return new Set([...unknown, ...triggers.leftOut]);
}

/**
 * Refuses an operation that would take unseen triggers or foreign keys of a table for missing ones.
 * @throws SyncError `busy` that names the table
 */
export function refuseBeingAltered(
	connections: Connections,
	surveys: Record<Side, SideSurvey>,
): void {
	for (const side of sides) {
		for (const table of tablesBeingAltered(surveys[side]))
			throw beingDefined(connections[side], table);
	}
}

/**
 * Matches the tables of both sides. An unknown side is assumed to have the tables of the other, so that a
 * table does not count as missing because a server cannot be reached.
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
		wereOf: (table: string, former: string) =>
			(byTable.get(table) ?? []).some(({ name }) => isTriggerOf(name, former)),
	});
	return pairTables(pair, local.tables, cloud.tables, foldsNames, {
		local: facts(local),
		cloud: facts(cloud),
	});
}
