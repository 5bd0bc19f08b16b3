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
import { SyncError } from '../../errors.ts';
import { oneLine } from '../../text/one-line.ts';
import { listed } from '../../text/words.ts';
import type { SideSurvey } from './survey.ts';

/** Why writes of the application fail on a side, or their log cannot be read; each reason with its fix. */
export function failingWrites(
	pair: PairConfig,
	side: Side,
	survey: SideSurvey,
	tables: readonly TablePair[],
): SyncError[] {
	const captured = [...survey.triggers.byTable.keys()].sort();
	const log = brokenLog(survey) ? [withoutLog(pair, survey, captured)] : [];
	const here = tables.flatMap(({ sides }) => sides[side] ?? []);
	const denied = survey.definers.flatMap((definer) => [
		...withoutProcedures(pair, side, definer, here, survey),
		...withoutRights(pair, side, definer, here, survey),
	]);
	return [...log, ...denied].map((error) => error.at({ pair: pair.name, side }));
}

/** True if triggers write to a change log that is missing or has the wrong structure. */
export function brokenLog({ changeLog, triggers }: SideSurvey): boolean {
	return changeLog !== 'complete' && triggers.byTable.size > 0;
}

/** True if triggers write to a change log that must be altered although writes to it succeed. */
export function hasOutdatedLog(survey: SideSurvey | null): boolean {
	return survey?.changeLog === 'outdated' && survey.triggers.byTable.size > 0;
}

function withoutLog(pair: PairConfig, survey: SideSurvey, captured: readonly string[]): SyncError {
	const missing = survey.changeLog === 'missing';
	const renamed = missing ? renamedLog(survey) : null;
	const cure = `Press \`i\`, or run \`mysql-sync-tui install ${pair.name}\`, to ${missing ? 'recreate' : survey.changeLog === 'outdated' ? 'alter' : 'complete'} it${pair.autoInstall ? '; a running engine does so by itself' : ''}.`;
	const back =
		renamed === null
			? ''
			: ` ${renamed} has the columns of a change log. If it is the old one, run this instead to keep its changes: RENAME TABLE ${quoteName(renamed)} TO ${quoteName(changeLogTable)}`;
	const written = `${changeLogTable}, which the triggers of ${listed(captured)} write to,`;
	const what =
		survey.changeLog === 'outdated'
			? `${written} has to be altered: its columns or indexes are not as this version needs them. Nothing is carried over until then`
			: `the application's writes to ${listed(captured)} fail: ${changeLogTable}, which their triggers write to, ${missing ? 'is missing' : 'lacks a column'}`;
	return new SyncError('not_installed', oneLine(what), { hint: oneLine(cure + back) });
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
		const concerned = tables.filter(({ name }) => calledBy(survey, name).includes(procedure));
		if (gone.has(procedure)) {
			const cure = `Press \`i\`, or run \`mysql-sync-tui install ${pair.name}\`, to recreate it${pair.autoInstall ? '; a running engine does so by itself' : ''}.`;
			errors.push(
				failing(
					concerned,
					1305,
					`their triggers call the procedure ${procedure}, which was dropped`,
					cure,
				),
			);
		} else if (definer.state === 'there' && !mayCall(definer.grants, database, procedure)) {
			const { account } = definer;
			const grant = `GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE ${quoteName(database)}.${quoteName(procedure)} TO ${quoteAccount(account)}`;
			errors.push(
				failing(
					concerned,
					1370,
					`their triggers run as ${account}, which lacks EXECUTE on the procedure ${procedure}`,
					`Reinstall the triggers (\`i\`), or run on ${side}: ${grant}. The account itself needs the right: one granted through a role does not count when a trigger runs.`,
				),
			);
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
	const tables = tablesOfDefiner(definer, here, survey);
	if (tables.length === 0 || definer.state === 'unknown') return [];
	const { account } = definer;
	const end = pair[side];
	if (definer.state === 'gone') {
		const own = end.user === account.slice(0, account.lastIndexOf('@'));
		const cure = own
			? `Recreate the account with its rights (CREATE USER ${quoteAccount(account)} …, GRANT …), then run \`mysql-sync-tui install ${pair.name}\`.`
			: `Press \`i\`, or run \`mysql-sync-tui install ${pair.name}\`, to recreate the triggers under the user configured for this end.`;
		return [
			failing(tables, 1449, `their triggers run as ${account}, an account that was dropped`, cure),
		];
	}
	const lackingOn = rightsJudge(definer, end.database);
	const judged = tables.map((table) => ({ table, lacking: lackingOn(table) }));
	const concerned = judged.filter(({ lacking }) => lacking.length > 0);
	if (concerned.length === 0) return [];
	const lacking = concerned.flatMap((one) => one.lacking);
	return [
		failing(
			concerned.map(({ table }) => table),
			errnoOf(concerned),
			`their triggers run as ${account}, which lacks ${describeRights(lacking)}`,
			cureOfRights(lacking, { side, database: end.database, account, survey }),
		),
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

function failing(
	tables: readonly TrackedTable[],
	errno: number,
	why: string,
	hint: string,
): SyncError {
	const names = listed(tables.map(({ name }) => name));
	return new SyncError(
		'denied',
		oneLine(`the application's writes to ${names} fail (${errno}): ${why}`),
		{ hint: oneLine(hint) },
	);
}

/** The account that lacks rights, and its database. */
export interface LackingPlace {
	side: Side;
	database: string;
	account: string;
	survey: Pick<SideSurvey, 'changeLog'>;
}

/** `TRIGGER on item and line; INSERT on change_log`. */
export function describeRights(lacking: readonly TriggerRight[]): string {
	const rights = new Map<string, Set<string>>();
	for (const { right, table } of lacking) {
		rights.set(right, (rights.get(right) ?? new Set()).add(table));
	}
	return [...rights].map(([right, tables]) => `${right} on ${listed([...tables])}`).join('; ');
}

/** The statements that grant an account the missing rights, in words. */
export function cureOfRights(
	lacking: readonly TriggerRight[],
	{ side, database, account, survey }: LackingPlace,
): string {
	const isThere = (table: string) => table !== changeLogTable || survey.changeLog !== 'missing';
	const statements = grantStatements(lacking, database, account, isThere).join('; ');
	return `On ${side}: ${statements}. The account itself needs this: rights granted through a role do not count when a trigger runs.`;
}
