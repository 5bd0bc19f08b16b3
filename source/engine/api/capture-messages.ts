/** Findings about triggers, the change log and their accounts, with their messages. */
import type { PairConfig } from '../../config/types.ts';
import { type Cure, programCommand } from '../../text/cures.ts';
import { findingsOf, type MessagesOf, type NoFacts } from '../../text/finding.ts';
import { listed } from '../../text/words.ts';

/** A right that an account lacks on a table. */
interface LackingRight {
	right: string;
	table: string;
}

/** Writes of the application fail on tables, as their triggers cannot do their work. */
interface FailingWrites {
	tables: string[];
	/** The error that the server returns to the application. */
	errno: number;
	/** The account that the triggers run as. */
	account: string;
}

/** Triggers write to a change log that is not as it has to be. */
interface BrokenLog {
	tables: string[];
	/** A table that has the columns of a change log, under another name. */
	renamedTo: string | null;
	/** True if a running engine fixes it by itself. */
	autoInstall: boolean;
}

export type CaptureStateFacts = {
	change_log_missing: BrokenLog;
	change_log_incomplete: BrokenLog;
	/** It has to be altered, though writes to it succeed. */
	change_log_outdated: BrokenLog;
	procedure_dropped: Omit<FailingWrites, 'account'> & { procedure: string; autoInstall: boolean };
	procedure_not_allowed: FailingWrites & { procedure: string };
	/** `recreate` says how to recreate the account, if it is the configured one. */
	account_dropped: FailingWrites & { recreate: string | null };
	/** The session's own account. */
	own_account_dropped: Omit<FailingWrites, 'tables'> & { recreate: string };
	trigger_rights_missing: FailingWrites & { rights: LackingRight[] };
	/** Triggers that would be created now could not do their work. */
	trigger_rights_needed: { account: string; rights: LackingRight[] };
	/** A test write showed that writes of the application fail. */
	test_write_failed: FailingWrites & { message: string };
	/** A table of `side` has no triggers, or outdated ones. */
	triggers_missing: { why: 'gone' | 'recreated' | 'stale' | 'never installed' };
	/** It has other triggers than at the latest run. */
	triggers_replaced: NoFacts;
	/** `reason`: the code of what failed. */
	triggers_not_installed: {
		tables: string[];
		reason: string;
		message: string;
		hint: string | null;
	};
	/** Another session defines the table, so that its triggers are not known. */
	triggers_unchecked: NoFacts;
	/** A renamed table keeps the triggers that it has. */
	triggers_under_old_name: { formerName: string };
	/** Something of the program's own is not in a database; `what` is null for the change log. */
	not_installed: { what: string | null; state: string };
	change_log_installed: { done: string };
	triggers_installed: { tables: string[] };
	change_log_restored: { done: string; failedFor: string[] };
	procedure_restored: NoFacts;
	own_tables_restored: { tables: string[] };
};

export const captureStateFinding = findingsOf<CaptureStateFacts>();

/** How triggers are installed: by a key of the screen, or by a command. */
export function installCures({ name }: Pick<PairConfig, 'name'>, table?: string): Cure[] {
	const only = table === undefined ? [] : ['--table', table];
	return [{ key: 'i' }, { command: programCommand('install', name, ...only) }];
}

/** A role's rights count for statements, but not for triggers. */
const noRoles =
	'The account itself needs the right: one granted through a role does not count when a trigger runs';

const losses = {
	gone: 'its triggers are gone',
	recreated: 'it was recreated without its triggers',
	stale: 'its triggers are out of date',
	'never installed': 'it has no triggers',
};

export const captureStateMessages: MessagesOf<CaptureStateFacts> = {
	change_log_missing: (facts) => [
		`${failing(facts.tables)}: ${brokenLogText('is missing')}`,
		advice(facts),
	],
	change_log_incomplete: (facts) => [
		`${failing(facts.tables)}: ${brokenLogText('lacks a column')}`,
		advice(facts),
	],
	change_log_outdated: (facts) => [
		`change_log, which the triggers of ${listed(facts.tables)} write to, has to be altered: its columns or indexes are not as this version needs them. Nothing is carried over until then`,
		advice(facts),
	],
	procedure_dropped: ({ tables, errno, procedure, autoInstall }) => [
		`${failing(tables, errno)}: their triggers call the procedure ${procedure}, which was dropped`,
		advice({ autoInstall }),
	],
	procedure_not_allowed: ({ tables, errno, account, procedure }) => [
		`${failing(tables, errno)}: their triggers run as ${account}, which lacks EXECUTE on the procedure ${procedure}`,
		noRoles,
	],
	account_dropped: ({ tables, errno, account, recreate }) => [
		`${failing(tables, errno)}: their triggers run as ${account}, an account that was dropped`,
		recreation(recreate),
	],
	own_account_dropped: ({ errno, account, recreate }) => [
		`the account ${account} was dropped: the application's writes to all tables whose triggers run as this account fail (${errno})`,
		recreation(recreate),
	],
	trigger_rights_missing: ({ tables, errno, account, rights }) => [
		`${failing(tables, errno)}: their triggers run as ${account}, which lacks ${rightsText(rights)}`,
		noRoles,
	],
	trigger_rights_needed: ({ account, rights }) => [
		`triggers would run as ${account}, which lacks ${rightsText(rights)}: every write of the application would fail (1142)`,
		noRoles,
	],
	test_write_failed: ({ tables, errno, account, message }) =>
		`${failing(tables, errno)}, as a test write showed: their triggers run as ${account}: ${message}`,

	triggers_missing: ({ why }) => `${losses[why]}, and its changes are not captured`,
	triggers_replaced: () =>
		'its triggers were dropped and created again, as by a restored dump, and changes may have been missed; the next run tells what to do',
	triggers_not_installed: ({ tables, message, hint }, { table }) => [
		`no triggers${table === null ? ` on ${tables.join(', ')}` : ''}: ${message}`,
		hint ?? '',
	],
	triggers_unchecked: () =>
		'another session is creating or altering it; its triggers are checked at the next run',
	triggers_under_old_name: ({ formerName }) => [
		`it has the triggers of ${formerName}, the name that it still has on the other side`,
		'Rename it there too, or undo the rename',
	],
	not_installed: ({ what, state }) =>
		`the ${what === null ? 'change log' : `table ${what}`} is ${state}`,
	change_log_installed: ({ done }) => `change log ${done}`,
	triggers_installed: ({ tables }) => `triggers installed on ${tables.join(', ')}`,
	change_log_restored: ({ done, failedFor }) => {
		const failed = `; until now the application's writes to ${listed(failedFor)} failed`;
		return `change log ${done}${failedFor.length === 0 ? '' : failed}`;
	},
	procedure_restored: () =>
		"recreated the procedure that the triggers call; until now the application's writes failed",
	own_tables_restored: ({ tables }) => `created ${listed(tables, 12)}`,
};

function failing(tables: readonly string[], errno?: number): string {
	return `the application's writes to ${listed(tables)} fail${errno === undefined ? '' : ` (${errno})`}`;
}

function brokenLogText(state: string): string {
	return `change_log, which their triggers write to, ${state}`;
}

function advice({ autoInstall, renamedTo = null }: Partial<BrokenLog>): string {
	return [
		...(autoInstall ? ['A running engine fixes this by itself'] : []),
		...(renamedTo === null ? [] : [`${renamedTo} has the columns of a change log`]),
	].join('. ');
}

function recreation(statements: string | null): string {
	return statements === null ? '' : `Recreate it with its rights (${statements}), then reinstall`;
}

/** `TRIGGER on item and line; INSERT on change_log`. */
function rightsText(lacking: readonly LackingRight[]): string {
	const rights = new Map<string, Set<string>>();
	for (const { right, table } of lacking) {
		rights.set(right, (rights.get(right) ?? new Set()).add(table));
	}
	return [...rights].map(([right, tables]) => `${right} on ${listed([...tables])}`).join('; ');
}
