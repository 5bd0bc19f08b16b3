/** Detects why writes of the application fail: triggers that cannot do their work. */

import { grantStatements, rightsJudge, type TriggerRight } from '../../capture/trigger-rights.ts';
import { entryColumns } from '../../changelog/log/columns.ts';
import { isOwnProcedure } from '../../changelog/log/log-entry.ts';
import type { PairConfig, Side } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { quoteAccount } from '../../database/rights/accounts.ts';
import type { Definer } from '../../database/rights/definer-grants.ts';
import { mayCall } from '../../database/rights/grants.ts';
import { changeLogTable, type TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import type { SyncError } from '../../errors.ts';
import type { Cure } from '../../text/cures.ts';
import { captureStateFinding, installCures } from '../api/capture-messages.ts';
import { errorFrom } from '../api/messages.ts';
import type { SideSurvey } from './survey.ts';

/** Why writes of the application fail on a side, or their log cannot be read; each reason with its fix. */
export function failingWrites(
	pair: PairConfig,
	side: Side,
	survey: SideSurvey,
	tables: readonly TablePair[],
): SyncError[] {
	const captured = [...survey.triggers.byTable.keys()].sort();
	const log = brokenLog(survey) ? [withoutLog(pair, side, survey, captured)] : [];
	const here = tables.flatMap(({ sides }) => sides[side] ?? []);
	const denied = survey.definers.flatMap((definer) => [
		...withoutProcedures(pair, side, definer, here, survey),
		...withoutRights(pair, side, definer, here, survey),
	]);
	return [...log, ...denied].map((error) => error.at({ pair: pair.name }));
}

/** True if triggers write to a change log that is missing or has the wrong structure. */
export function brokenLog({ changeLog, triggers }: SideSurvey): boolean {
	return changeLog !== 'complete' && triggers.byTable.size > 0;
}

/** True if triggers write to a change log that must be altered although writes to it succeed. */
export function hasOutdatedLog(survey: SideSurvey | null): boolean {
	return survey?.changeLog === 'outdated' && survey.triggers.byTable.size > 0;
}

function withoutLog(
	pair: PairConfig,
	side: Side,
	survey: SideSurvey,
	captured: string[],
): SyncError {
	const missing = survey.changeLog === 'missing';
	const renamedTo = missing ? renamedLog(survey) : null;
	const code = missing
		? 'change_log_missing'
		: survey.changeLog === 'outdated'
			? 'change_log_outdated'
			: 'change_log_incomplete';
	const facts = { tables: captured, renamedTo, autoInstall: pair.autoInstall };
	const cures = installCures(pair);
	if (renamedTo !== null) {
		const sql = `RENAME TABLE ${quoteName(renamedTo)} TO ${quoteName(changeLogTable)}`;
		cures.push({ side, sql, purpose: 'if_old_log' });
	}
	return errorFrom('not_installed', captureStateFinding(code, { side }, facts, cures));
}

/** A table with the columns of a change log under another name; null if there is none. */
export function renamedLog({ tables }: Pick<SideSurvey, 'tables'>): string | null {
	const found = tables.find(
		({ name, isBaseTable, columns }) =>
			isBaseTable &&
			name !== changeLogTable &&
			['id', ...entryColumns].every((wanted) =>
				columns.some(({ name: found }) => found.toLowerCase() === wanted),
			),
	);
	return found?.name ?? null;
}

/** The tables whose triggers run as an account. */
function tablesOfDefiner(
	{ account }: Definer,
	tables: readonly TrackedTable[],
	{ triggers, register }: SideSurvey,
): TrackedTable[] {
	return tables.filter(({ name }) => {
		const found = triggers.byTable.get(name);
		if (found) return found.some(({ definer }) => definer === account);
		// Triggers that the user may no longer see look like none.
		return !triggers.sees(name) && register?.get(name)?.definer === account;
	});
}

/** The procedures that a table's triggers call. */
function calledBy({ triggers }: SideSurvey, table: string): string[] {
	const bodies = (triggers.byTable.get(table) ?? []).map(({ body }) => body);
	const calls = bodies.flatMap((body) => [...body.matchAll(/CALL `([^`]+)`/gi)]);
	return [...new Set(calls.flatMap(([, name]) => (name && isOwnProcedure(name) ? [name] : [])))];
}

/** The missing procedures that triggers call, as far as the connection's user would see them. */
export function goneProcedures(survey: SideSurvey): string[] {
	const { bodies, seesAll, account } = survey.triggers.procedures;
	const called = [...survey.triggers.byTable].flatMap(([table, found]) =>
		seesAll || found.some(({ definer }) => definer === account) ? calledBy(survey, table) : [],
	);
	return [...new Set(called)].filter((name) => !bodies.has(name.toLowerCase()));
}

function withoutProcedures(
	pair: PairConfig,
	side: Side,
	definer: Definer,
	here: readonly TrackedTable[],
	survey: SideSurvey,
): SyncError[] {
	if (survey.triggers.procedures.bodies.size === 0 && goneProcedures(survey).length === 0)
		return [];
	const gone = new Set(goneProcedures(survey));
	const { database } = pair[side];
	const errors: SyncError[] = [];
	const tables = tablesOfDefiner(definer, here, survey);
	const names = new Set(tables.flatMap(({ name }) => calledBy(survey, name)));
	for (const procedure of names) {
		const concerned = tables
			.map(({ name }) => name)
			.filter((name) => calledBy(survey, name).includes(procedure));
		if (gone.has(procedure)) {
			const { autoInstall } = pair;
			const facts = { tables: concerned, errno: 1305, procedure, autoInstall };
			const found = captureStateFinding('procedure_dropped', { side }, facts, installCures(pair));
			errors.push(errorFrom('denied', found));
		} else if (definer.state === 'there' && !mayCall(definer.grants, database, procedure)) {
			const { account } = definer;
			const sql = `GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE ${quoteName(database)}.${quoteName(procedure)} TO ${quoteAccount(account)}`;
			const facts = { tables: concerned, errno: 1370, procedure, account };
			const cures: Cure[] = [{ key: 'i' }, { side, sql }];
			const found = captureStateFinding('procedure_not_allowed', { side }, facts, cures);
			errors.push(errorFrom('denied', found));
		}
	}
	return errors;
}

function withoutRights(
	pair: PairConfig,
	side: Side,
	definer: Definer,
	here: readonly TrackedTable[],
	survey: SideSurvey,
): SyncError[] {
	const theirs = tablesOfDefiner(definer, here, survey);
	if (theirs.length === 0 || definer.state === 'unknown') return [];
	const { account } = definer;
	const end = pair[side];
	if (definer.state === 'gone') {
		const own = end.user === account.slice(0, account.lastIndexOf('@'));
		const recreate = own ? `CREATE USER ${quoteAccount(account)} …, GRANT …` : null;
		const tables = theirs.map(({ name }) => name);
		const facts = { tables, errno: 1449, account, recreate };
		const found = captureStateFinding('account_dropped', { side }, facts, installCures(pair));
		return [errorFrom('denied', found)];
	}
	const lackingOn = rightsJudge(definer, end.database);
	const judged = theirs.map((table) => ({ table, lacking: lackingOn(table) }));
	const concerned = judged.filter(({ lacking }) => lacking.length > 0);
	if (concerned.length === 0) return [];
	const lacking = concerned.flatMap((one) => one.lacking);
	const tables = concerned.map(({ table }) => table.name);
	const facts = { tables, errno: errnoOf(concerned), account, rights: rightFacts(lacking) };
	const cures = grantCures(lacking, { side, database: end.database, account, survey });
	return [
		errorFrom('denied', captureStateFinding('trigger_rights_missing', { side }, facts, cures)),
	];
}

/** The error number for a column that a trigger may not read, or for a table. */
function errnoOf(
	concerned: readonly { table: TrackedTable; lacking: readonly TriggerRight[] }[],
): number {
	const isColumn = concerned.every(({ table, lacking }) =>
		lacking.every((one) => one.right === 'SELECT' && one.table === table.name),
	);
	return isColumn ? 1143 : 1142;
}

/** The account that lacks rights, and its database. */
export interface LackingPlace {
	side: Side;
	database: string;
	account: string;
	survey: Pick<SideSurvey, 'changeLog'>;
}

/** The rights as facts of a finding. */
export function rightFacts(lacking: readonly TriggerRight[]): { right: string; table: string }[] {
	return lacking.map(({ right, table }) => ({ right, table }));
}

/** The statements that grant an account the missing rights, in words. */
export function grantCures(
	lacking: readonly TriggerRight[],
	{ side, database, account, survey }: LackingPlace,
): Cure[] {
	const isThere = (table: string) => table !== changeLogTable || survey.changeLog !== 'missing';
	return [{ side, sql: grantStatements(lacking, database, account, isThere).join('; ') }];
}
