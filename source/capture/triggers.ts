import { setTimeout as pause } from 'node:timers/promises';
import { catalogueRows } from '../database/catalogue-rows.ts';
import type { Connection } from '../database/connection.ts';
import { type Grant, grantedTables, readGrants } from '../database/grants.ts';
import { quoteName } from '../database/identifiers.ts';
import type { ApplicationTrigger, TrackedTable } from '../database/tracked-table.ts';
import { asSyncError, SyncError } from '../errors.ts';
import {
	createTrigger,
	isOwnTrigger,
	notesCascades,
	type TriggerEvent,
	type WantedTrigger,
	wantedTriggers,
} from './trigger-text.ts';

export type TriggerState = 'installed' | 'missing' | 'stale' | 'skipped' | 'unknown';

interface FoundTrigger {
	name: string;
	table_name: string;
	event: 'INSERT' | 'UPDATE' | 'DELETE';
	timing: 'BEFORE' | 'AFTER';
	body: string;
	definer: string;
}

/** The triggers of one database by table: this program's and the application's, as far as they can be seen. */
export interface TriggerInventory {
	byTable: Map<string, FoundTrigger[]>;
	application: Map<string, ApplicationTrigger[]>;
	/** Whether a table's triggers are seen: those that the user may not see look just like none. */
	sees: (table: string) => boolean;
	/** The tables whose triggers are not seen as another session defines them anew. */
	leftOut: string[];
}

/**
 * Reads which triggers stand in the connection's database. Asked for by the schema of their tables:
 * asked for by trigger_schema, MariaDB opens the tables of all databases, and takes one schema for
 * another whose name differs in letter case.
 * @param grants of the connection's user; asked for unless given
 */
export async function readTriggers(
	connection: Connection,
	grants?: Promise<readonly Grant[]>,
): Promise<TriggerInventory> {
	// MariaDB shows that there is one, and nothing of it, to a user with other rights on the table.
	const { rows, leftOut } = await catalogueRows<FoundTrigger>(
		connection,
		`SELECT trigger_name AS name, event_object_table AS table_name, event_manipulation AS event,
			action_timing AS timing, action_statement AS body, definer AS definer
		FROM information_schema.triggers
		WHERE event_object_schema = DATABASE() AND action_statement IS NOT NULL`,
	);
	const byTable = new Map<string, FoundTrigger[]>();
	const application = new Map<string, ApplicationTrigger[]>();
	for (const trigger of rows) {
		const { name, timing, event, table_name, body } = trigger;
		if (isOwnTrigger(name)) addTo(byTable, table_name, trigger);
		else addTo(application, table_name, { name, timing, event, statement: body });
	}
	const granted = grantedTables(
		await (grants ?? readGrants(connection)),
		'TRIGGER',
		connection.end.database,
	);
	const sees = (table: string) => granted(table) && !leftOut.includes(table);
	return { byTable, application, sees, leftOut };
}

function addTo<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
	const list = lists.get(key);
	if (list) list.push(item);
	else lists.set(key, [item]);
}

/** The state of a table's triggers on one side, which is that of the least good of them. */
export function triggerState(
	table: TrackedTable | null,
	nodeId: string,
	inventory: TriggerInventory,
): TriggerState {
	return table ? stateOf(judge(table, nodeId, inventory), () => true) : 'skipped';
}

/** The states of a table's triggers one by one; null for cascades that need none. */
export type TriggerStates = Record<TriggerEvent, TriggerState> & {
	cascades: TriggerState | null;
};

/** What `triggerState` says, and what it sums up. */
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
		stateOf(judged, (trigger) => trigger.event === event && !notesCascades(trigger));
	const concerned = [...judged.found, ...judged.wanted].some(notesCascades);
	const cascades = concerned ? stateOf(judged, notesCascades) : null;
	const each = { INSERT: own('INSERT'), UPDATE: own('UPDATE'), DELETE: own('DELETE'), cascades };
	return { whole: stateOf(judged, () => true), each };
}

/** A table's triggers as they are, each by whether it is current, and as they should be. */
interface Judged {
	found: (FoundTrigger & { current: boolean })[];
	wanted: readonly WantedTrigger[];
	/** Whether all that are there were seen. */
	complete: boolean;
}

function judge(table: TrackedTable, nodeId: string, { byTable, sees }: TriggerInventory): Judged {
	const found = byTable.get(table.name) ?? [];
	const definers = [...new Set(found.map(({ definer }) => definer))];
	const wanted = new Map(
		definers.map((definer) => [definer, wantedTriggers(table, nodeId, definer)]),
	);
	return {
		found: found.map((trigger) => ({
			...trigger,
			current: isWanted(trigger, wanted.get(trigger.definer) ?? []),
		})),
		wanted: wantedTriggers(table, nodeId, ''),
		complete: sees(table.name),
	};
}

/** The state of those of a table's triggers that are asked for. */
function stateOf(
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

/** Whether triggers of a table stand on another one: it was renamed, and this one put in its place. */
export function standElsewhere(
	table: TrackedTable | null,
	nodeId: string,
	{ byTable }: TriggerInventory,
): boolean {
	if (!table) return false;
	const elsewhere = [...byTable.values()].flat().filter((found) => found.table_name !== table.name);
	return [...new Set(elsewhere.map(({ definer }) => definer))].some((definer) => {
		const wanted = wantedTriggers(table, nodeId, definer);
		return elsewhere.some((found) => wanted.some(isNamed(found.name)));
	});
}

/**
 * Makes a table's triggers current. The new ones are created before the old ones are dropped: a
 * change in between is logged twice, which does no harm, and none is missed. The statements wait for
 * locks for a moment only, so that they never queue up an application's reads for long. Resolves to whether anything was to do.
 * @param takeOver whether triggers that another account created are replaced too: where that account
 * was dropped, every write of the application fails (1449), and only its own account is known to stand
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
	const wanted = wantedTriggers(table, nodeId, account);
	const current = found.filter(
		(trigger) => trigger.definer === account && isWanted(trigger, wanted),
	);
	const outdated = found.filter((trigger) => !current.includes(trigger));
	// A body that somebody edited by hand stands under the very name that the new trigger needs.
	const edited = outdated.filter((old) => wanted.some(isNamed(old.name)));
	const older = outdated.filter((old) => !edited.includes(old));
	// They went with the old table where a copy of it was put in its place by RENAME TABLE.
	const elsewhere = [...inventory.byTable.values()]
		.flat()
		.filter(({ name, table_name }) => table_name !== table.name && wanted.some(isNamed(name)));
	const drop = ({ name }: FoundTrigger) =>
		define(connection, table, `DROP TRIGGER IF EXISTS ${quoteName(name)}`);
	await connection.withLockWait(tableWait, async () => {
		for (const trigger of [...edited, ...elsewhere]) await drop(trigger);
		for (const trigger of wanted) {
			if (current.some(({ name }) => name === trigger.name)) continue;
			await define(connection, table, createTrigger(trigger, table), alreadyThere);
		}
		for (const trigger of older) await drop(trigger);
	});
	return current.length < wanted.length || outdated.length > 0;
}

function isNamed(name: string): (trigger: WantedTrigger) => boolean {
	return (trigger) => trigger.name === name;
}

/** Drops this program's triggers of one table; the application's own stay. Resolves to how many. */
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
 * Seconds that a definition waits for a table that an open transaction has read. Whatever reads the
 * table meanwhile queues up behind it, so it is the least that both servers can.
 */
const tableWait = 1;

/** Milliseconds between two tries, in which the readers that queued up get through. */
const pauseBetween = 500;

/** Another engine may have created the same trigger a moment ago. */
const alreadyThere = 1359;

/** Tries of a definition while the table is locked by an open transaction. */
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
					hint: 'The triggers are installed at the next try. SHOW PROCESSLIST shows who holds the table.',
					cause: error,
				});
			}
			await pause(pauseBetween);
		}
	}
}

/**
 * Whether a trigger is one of those wanted. The catalogue's text tells whether somebody edited it,
 * except that MySQL garbles quoted backticks there (`k.e``y` comes out as `kk.e`yy`); then the hash
 * in the name has to do.
 */
function isWanted(found: FoundTrigger, wanted: readonly WantedTrigger[]): boolean {
	return wanted.some(
		({ name, body }) =>
			name === found.name &&
			(body.includes('``') || body === found.body || bare(body) === bare(found.body)),
	);
}

/**
 * A trigger's text without what the servers' catalogues change in it: of the literal 'it\'s' MariaDB
 * makes 'it''s' and MySQL 'it's', and each undoes other escapes.
 */
function bare(body: string): string {
	return body.replace(/\\[0bnrtZ]/g, '').replace(/[\s'"\\\0-\x1f]/g, '');
}
