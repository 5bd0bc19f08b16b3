import { setTimeout as pause } from 'node:timers/promises';
import { type EntryRoute, routes } from '../changelog/log/log-entry.ts';
import type { Connection } from '../database/connection/connection.ts';
import type { TrackedTable } from '../database/rows/tracked-table.ts';
import { quoteName } from '../database/sql/identifiers.ts';
import { asSyncError, SyncError } from '../errors.ts';
import { ensureProcedure, writesThrough } from './entry-procedures.ts';
import type { FoundTrigger, TriggerInventory } from './trigger-inventory.ts';
import {
	createTrigger,
	notesCascades,
	type TriggerEvent,
	type WantedTrigger,
	wantedTriggers,
} from './trigger-text.ts';

export type TriggerState = 'installed' | 'missing' | 'stale' | 'skipped' | 'unknown';

/** The state of a table's triggers on one side: that of the worst. */
export function triggerState(
	table: TrackedTable | null,
	nodeId: string,
	inventory: TriggerInventory,
): TriggerState {
	return table ? eventState(judge(table, nodeId, inventory), () => true) : 'skipped';
}

/** The states of a table's triggers one by one; null for cascades if none are needed. */
export type TriggerStates = Record<TriggerEvent, TriggerState> & {
	cascades: TriggerState | null;
};

/** The summary of `triggerState`, and its parts. */
export function triggerStates(
	table: TrackedTable | null,
	nodeId: string,
	inventory: TriggerInventory,
): { whole: TriggerState; each: TriggerStates } {
	if (!table) {
		const each = {
			INSERT: 'skipped',
			UPDATE: 'skipped',
			DELETE: 'skipped',
			cascades: null,
		} as const;
		return { whole: 'skipped', each };
	}
	const judged = judge(table, nodeId, inventory);
	const own = (event: TriggerEvent) =>
		eventState(judged, (trigger) => trigger.event === event && !notesCascades(trigger));
	const concerned = [...judged.found, ...judged.wanted].some(notesCascades);
	const cascades = concerned ? eventState(judged, notesCascades) : null;
	const each = { INSERT: own('INSERT'), UPDATE: own('UPDATE'), DELETE: own('DELETE'), cascades };
	return { whole: eventState(judged, () => true), each };
}

/** A table's existing triggers, each with whether it is current, and the triggers it should have. */
interface Judged {
	found: (FoundTrigger & { current: boolean })[];
	wanted: readonly WantedTrigger[];
	/** True if all existing triggers are visible. */
	complete: boolean;
}

function judge(table: TrackedTable, nodeId: string, inventory: TriggerInventory): Judged {
	const found = inventory.byTable.get(table.name) ?? [];
	return {
		found: found.map((trigger) => ({
			...trigger,
			current: isCurrent(trigger, table, nodeId, inventory),
		})),
		wanted: wantedTriggers(table, { nodeId, definer: '', route: 'insert' }),
		complete: inventory.sees(table.name),
	};
}

/** A trigger with its own INSERT is outdated if the user could replace it with one that calls a procedure. */
function isCurrent(
	trigger: FoundTrigger,
	table: TrackedTable,
	nodeId: string,
	{ procedures }: TriggerInventory,
): boolean {
	const { definer } = trigger;
	const isOf = (route: EntryRoute) =>
		isWanted(trigger, wantedTriggers(table, { nodeId, definer, route }));
	if (procedures.route === 'insert' && isOf('insert')) return true;
	return isOf('procedure') && writesThrough(procedures, nodeId, definer);
}

/** The state of the selected triggers of a table. */
function eventState(
	judged: Judged,
	isAsked: (trigger: Pick<WantedTrigger, 'event' | 'body'>) => boolean,
): TriggerState {
	const found = judged.found.filter(isAsked);
	if (found.length === 0) return judged.complete ? 'missing' : 'unknown';
	const count = judged.wanted.filter(isAsked).length;
	const current = found.filter((trigger) => trigger.current);
	if (current.length === count && found.length === count) return 'installed';
	return current.length === found.length ? 'missing' : 'stale';
}

/** True if triggers of a table exist on another one: that table was renamed, and this one took its place. */
export function standElsewhere(
	table: TrackedTable | null,
	nodeId: string,
	{ byTable }: TriggerInventory,
): boolean {
	if (!table) return false;
	const elsewhere = [...byTable.values()].flat().filter((found) => found.table_name !== table.name);
	return [...new Set(elsewhere.map(({ definer }) => definer))].some((definer) => {
		const wanted = routes.flatMap((route) => wantedTriggers(table, { nodeId, definer, route }));
		return elsewhere.some((found) => wanted.some(isNamedFor(found.name)));
	});
}

/**
 * Makes a table's triggers current. New ones are created before old ones are dropped: a change in between is
 * logged twice, which does no harm, and none is missed. The statements wait for locks only briefly, so that
 * an application's reads do not queue behind them for long. Resolves to true if anything changed.
 * @param takeOver true to also replace triggers created by another account: if that account was dropped,
 * every write of the application fails (1449), and only the connection's own account is known to exist
 * @throws SyncError `busy` if the table stayed locked; `denied`
 */
export async function installTriggers(
	connection: Connection,
	table: TrackedTable,
	inventory: TriggerInventory,
	takeOver = false,
): Promise<boolean> {
	const { account } = connection.server;
	const { nodeId } = connection.end;
	if (!takeOver && triggerState(table, nodeId, inventory) === 'installed') return false;
	const found = inventory.byTable.get(table.name) ?? [];
	const { route } = inventory.procedures;
	const wanted = wantedTriggers(table, { nodeId, definer: account, route });
	const isCut = route === 'procedure' && !writesThrough(inventory.procedures, nodeId, account);
	const current = found.filter(
		(trigger) => trigger.definer === account && isWanted(trigger, wanted),
	);
	const outdated = found.filter((trigger) => !current.includes(trigger));
	// A trigger edited by hand has exactly the name that the new one needs.
	const edited = outdated.filter((old) => wanted.some(isNamedFor(old.name)));
	const older = outdated.filter((old) => !edited.includes(old));
	// RENAME TABLE took them along when a copy replaced the table.
	const elsewhere = [...inventory.byTable.values()]
		.flat()
		.filter(({ name, table_name }) => table_name !== table.name && wanted.some(isNamedFor(name)));
	const drop = ({ name }: FoundTrigger) =>
		define(connection, table, `DROP TRIGGER IF EXISTS ${quoteName(name)}`);
	await connection.withLockWait(tableWait, async () => {
		await ensureProcedure(connection, inventory.procedures);
		for (const trigger of [...edited, ...elsewhere]) await drop(trigger);
		for (const trigger of wanted) {
			if (current.some(({ name }) => name === trigger.name)) continue;
			await define(connection, table, createTrigger(trigger, table), alreadyThere);
		}
		for (const trigger of older) await drop(trigger);
	});
	return isCut || current.length < wanted.length || outdated.length > 0;
}

function isNamedFor(name: string): (trigger: WantedTrigger) => boolean {
	return (trigger) => trigger.name === name;
}

/** Drops this program's triggers of one table, but not the application's. Resolves to their number. */
export async function uninstallTriggers(
	connection: Connection,
	table: string,
	inventory: TriggerInventory,
): Promise<number> {
	const found = inventory.byTable.get(table) ?? [];
	await connection.withLockWait(tableWait, async () => {
		for (const { name } of found) {
			await define(connection, { name: table }, `DROP TRIGGER IF EXISTS ${quoteName(name)}`);
		}
	});
	return found.length;
}

/**
 * Seconds that DDL waits for a table that an open transaction has read. All readers of the table queue behind
 * it meanwhile, so it is the shortest wait that both servers support.
 */
const tableWait = 1;

/** Milliseconds between two attempts, in which the queued readers proceed. */
const pauseBetween = 500;

/** Another engine may have created the same trigger just before. */
const alreadyThere = 1359;

/** Attempts at DDL while an open transaction locks the table. */
const attempts = 3;

async function define(
	connection: Connection,
	table: Pick<TrackedTable, 'name'>,
	sql: string,
	ignored?: number,
): Promise<void> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			await connection.run(sql);
			return;
		} catch (thrown) {
			const error = asSyncError(thrown).at({ table: table.name });
			if (ignored !== undefined && error.errno === ignored) return;
			if (error.code !== 'busy') throw error;
			if (attempt === attempts) {
				throw new SyncError('busy', 'an open transaction keeps the table locked', {
					...error.place,
					errno: error.errno,
					hint: 'The triggers are installed at the next attempt. SHOW PROCESSLIST shows the session that holds the table.',
					cause: error,
				});
			}
			await pause(pauseBetween);
		}
	}
}

/**
 * True if a trigger is one of those wanted. The catalogue's text reveals manual edits, except that MySQL
 * garbles quoted backticks in it (`k.e``y` becomes `kk.e`yy`); the hash in the name must then suffice.
 */
function isWanted(found: FoundTrigger, wanted: readonly WantedTrigger[]): boolean {
	return wanted.some(
		({ name, body }) =>
			name === found.name &&
			(body.includes('``') || body === found.body || bare(body) === bare(found.body)),
	);
}

/**
 * A trigger's text without what the servers' catalogues change in it: the literal 'it\'s' becomes 'it''s' on
 * MariaDB and 'it's' on MySQL, and each undoes other escapes.
 */
function bare(body: string): string {
	return body.replace(/\\[0bnrtZ]/g, '').replace(/[\s'"\\\0-\x1f]/g, '');
}
