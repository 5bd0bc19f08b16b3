import { createHash } from 'node:crypto';
import { type EntryRoute, type EntryWriter, entryWriter } from '../changelog/log/log-entry.ts';
import type { Column } from '../database/catalogue/catalogue.ts';
import { loopMarker, tagOf } from '../database/connection/session.ts';
import { rowKeyExpression } from '../database/rows/row-key.ts';
import type { TrackedTable } from '../database/rows/tracked-table.ts';
import { quoteName } from '../database/sql/identifiers.ts';
import { quoteString } from '../database/sql/literals.ts';
import { cascadeTriggers } from './cascades/cascades.ts';

export type TriggerEvent = 'INSERT' | 'UPDATE' | 'DELETE';

export const triggerEvents: readonly TriggerEvent[] = ['INSERT', 'UPDATE', 'DELETE'];

/** A trigger as it must exist in the database. */
export interface WantedTrigger {
	name: string;
	timing: 'BEFORE' | 'AFTER';
	event: TriggerEvent;
	/** The text after FOR EACH ROW. */
	body: string;
}

/** Who writes the entries, and how. */
export interface TriggerAuthor {
	nodeId: string;
	/** The account that creates the triggers, or created them. */
	definer: string;
	route: EntryRoute;
}

/**
 * The triggers of a table: three that log its own changes, and up to three that log the effects of its
 * foreign keys on referencing rows. The first three name only primary-key columns: a trigger that names a
 * dropped column makes every write of the application fail (1054).
 */
export function wantedTriggers(
	table: TrackedTable,
	author: TriggerAuthor,
): readonly WantedTrigger[] {
	const known = written.get(table) ?? new Map<string, readonly WantedTrigger[]>();
	written.set(table, known);
	const who = JSON.stringify([author.nodeId, author.definer, author.route]);
	const triggers = known.get(who) ?? writeTriggers(table, author);
	known.set(who, triggers);
	return triggers;
}

/** Cache: generating the texts and their hashes is most of the cost of a status check. */
const written = new WeakMap<TrackedTable, Map<string, readonly WantedTrigger[]>>();

function writeTriggers(
	table: TrackedTable,
	{ nodeId, definer, route }: TriggerAuthor,
): WantedTrigger[] {
	const write = entryWriter(route, nodeId, definer);
	const own = triggerEvents.map((event) => {
		const body = unlessApplied(table, statements[event](table, write));
		const name = triggerName(table.name, event.toLowerCase(), body, definer);
		return { name, timing: 'AFTER' as const, event, body };
	});
	const cascades = cascadeTriggers(table, write).map(({ timing, event, body }) => {
		const name = triggerName(table.name, `${timing}_${event}`.toLowerCase(), body, definer);
		return { name, timing, event, body };
	});
	return [...own, ...cascades];
}

/** True for a trigger name of this program. */
export function isOwnTrigger(name: string): boolean {
	return /^change_log_.*_(insert|update|delete)_[0-9a-f]{10}$/i.test(name);
}

/** True if one of this program's triggers logs effects of foreign keys, judging by its text. */
export function notesCascades({ body }: Pick<WantedTrigger, 'body'>): boolean {
	return body.includes('@@foreign_key_checks');
}

/** The statement that creates a trigger. */
export function createTrigger(trigger: WantedTrigger, table: TrackedTable): string {
	return `CREATE TRIGGER ${quoteName(trigger.name)} ${trigger.timing} ${trigger.event} ON ${quoteName(table.name)} FOR EACH ROW ${trigger.body}`;
}

/**
 * The name contains the table and the event. The hash of name, body and definer distinguishes long names, and
 * allows a newer trigger to be created before the older one is dropped, so that no change is missed.
 */
function triggerName(table: string, event: string, body: string, definer: string): string {
	const hash = createHash('sha256')
		.update(`${table}\n${definer}\n${body}`)
		.digest('hex')
		.slice(0, 10);
	const end = `_${event}_${hash}`;
	return `change_log_${readableName(table).slice(0, 64 - 11 - end.length)}${end}`;
}

function readableName(table: string): string {
	return table.replace(/[^A-Za-z0-9_]/g, '_');
}

/**
 * True if a trigger, by its own name, was created for a table with this name,
 * whatever the table's current name.
 */
export function isTriggerOf(trigger: string, table: string): boolean {
	const [, readable] =
		/^change_log_(.*)_(?:insert|update|delete)_[0-9a-f]{10}$/i.exec(trigger) ?? [];
	if (readable === undefined) return false;
	const whole = readableName(table).toLowerCase();
	const isCut = readable.length === 64 - 11 - '_insert_0123456789'.length;
	return isCut ? whole.startsWith(readable.toLowerCase()) : whole === readable.toLowerCase();
}

/** Skipped while this program applies the table itself. */
function unlessApplied(table: TrackedTable, statement: string): string {
	return `BEGIN
	IF ${loopMarker} IS NULL OR ${loopMarker} NOT IN ('', '${tagOf(table.name)}') THEN
		${statement}
	END IF;
END`;
}

/** The statements of each event's trigger. */
const statements: Record<TriggerEvent, (table: TrackedTable, write: EntryWriter) => string> = {
	INSERT: ({ name, key }, write) =>
		write({
			table: quoteString(name),
			operation: "'INSERT'",
			rowKey: rowKeyExpression(key, 'NEW'),
		}),
	UPDATE: ({ name, key }, write) => {
		const table = quoteString(name);
		const deletion = { table, operation: "'DELETE'", rowKey: rowKeyExpression(key, 'OLD') };
		const update = { table, operation: "'UPDATE'", rowKey: rowKeyExpression(key, 'NEW') };
		return `IF ${keyDiffers(key)} THEN
			${write(deletion)}
		END IF;
		${write(update)}`;
	},
	DELETE: ({ name, key }, write) =>
		write({
			table: quoteString(name),
			operation: "'DELETE'",
			rowKey: rowKeyExpression(key, 'OLD'),
		}),
};

/**
 * A condition that is true if an UPDATE changed the key. Text is compared as
 * bytes: a change of letter case counts.
 */
function keyDiffers(key: readonly Column[]): string {
	const differs = key.map((column) => {
		const name = quoteName(column.name);
		if (integers.includes(column.type)) return `OLD.${name} <> NEW.${name}`;
		return `${rowKeyExpression([column], 'OLD')} <> ${rowKeyExpression([column], 'NEW')}`;
	});
	return differs.join(' OR ');
}

/** Types whose values are equal exactly if their texts are. */
const integers = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
