import { createHash } from 'node:crypto';
import { quoteName } from '../database/identifiers.ts';
import { quoteString } from '../database/literals.ts';
import { rowKeyExpression } from '../database/row-key.ts';
import { loopMarker, nodesOfNote, tagOf } from '../database/session.ts';
import { changeLogTable, type TrackedTable } from '../database/tracked-table.ts';
import { cascadeTriggers } from './cascades.ts';

export type TriggerEvent = 'INSERT' | 'UPDATE' | 'DELETE';

const triggerEvents: readonly TriggerEvent[] = ['INSERT', 'UPDATE', 'DELETE'];

/** A trigger as it has to stand in the database. */
export interface WantedTrigger {
	name: string;
	timing: 'BEFORE' | 'AFTER';
	event: TriggerEvent;
	/** What stands after FOR EACH ROW. */
	body: string;
}

/**
 * The triggers of a table: three that note its own changes, and up to three that note what its
 * foreign keys do to the rows that refer to it. The three name primary-key columns only: a trigger
 * that names a column which is then dropped makes every write of the application fail (1054).
 * @param definer the account that creates them, or has created them
 */
export function wantedTriggers(
	table: TrackedTable,
	nodeId: string,
	definer: string,
): readonly WantedTrigger[] {
	const known = written.get(table) ?? new Map<string, readonly WantedTrigger[]>();
	written.set(table, known);
	const who = JSON.stringify([nodeId, definer]);
	const triggers = known.get(who) ?? writeTriggers(table, nodeId, definer);
	known.set(who, triggers);
	return triggers;
}

/** What was written before: to write the texts and their hashes is most of what a look costs. */
const written = new WeakMap<TrackedTable, Map<string, readonly WantedTrigger[]>>();

function writeTriggers(table: TrackedTable, nodeId: string, definer: string): WantedTrigger[] {
	const own = triggerEvents.map((event) => {
		const body = bodies[event](table, nodeId);
		const name = triggerName(table.name, event.toLowerCase(), body, definer);
		return { name, timing: 'AFTER' as const, event, body };
	});
	const cascades = cascadeTriggers(table, nodeId).map(({ timing, event, body }) => {
		const name = triggerName(table.name, `${timing}_${event}`.toLowerCase(), body, definer);
		return { name, timing, event, body };
	});
	return [...own, ...cascades];
}

/** Whether a trigger's name is one that this program gives. */
export function isOwnTrigger(name: string): boolean {
	return /^change_log_.*_(insert|update|delete)_[0-9a-f]{10}$/i.test(name);
}

/** Whether one of this program's triggers notes what foreign keys do, by its text. */
export function notesCascades({ body }: Pick<WantedTrigger, 'body'>): boolean {
	return body.includes('@@foreign_key_checks');
}

/** The statement that creates a trigger. */
export function createTrigger(trigger: WantedTrigger, table: TrackedTable): string {
	return `CREATE TRIGGER ${quoteName(trigger.name)} ${trigger.timing} ${trigger.event} ON ${quoteName(table.name)} FOR EACH ROW ${trigger.body}`;
}

/**
 * The name tells the table and the event; the hash of name, body and definer keeps two long names
 * apart and lets a newer trigger be created before the older one is dropped, so that no change slips
 * between.
 */
function triggerName(table: string, event: string, body: string, definer: string): string {
	const hash = createHash('sha256')
		.update(`${table}\n${definer}\n${body}`)
		.digest('hex')
		.slice(0, 10);
	const end = `_${event}_${hash}`;
	const readable = table.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 64 - 11 - end.length);
	return `change_log_${readable}${end}`;
}

const entryColumns = 'table_name, operation, row_key, source_node, applied_nodes, changed_at';

function note(
	table: TrackedTable,
	operation: TriggerEvent,
	rowKey: string,
	nodeId: string,
): string {
	return `INSERT INTO ${quoteName(changeLogTable)} (${entryColumns})
		VALUES (${quoteString(table.name)}, '${operation}', ${rowKey}, ${quoteString(nodeId)}, ${nodesOfNote}, UTC_TIMESTAMP(6));`;
}

/** Not where this program applies the table itself. */
function unlessApplied(table: TrackedTable, statements: string): string {
	return `BEGIN
	IF ${loopMarker} IS NULL OR ${loopMarker} NOT IN ('', '${tagOf(table.name)}') THEN
		${statements}
	END IF;
END`;
}

const bodies: Record<TriggerEvent, (table: TrackedTable, nodeId: string) => string> = {
	INSERT: (table, nodeId) =>
		unlessApplied(table, note(table, 'INSERT', rowKeyExpression(table.key, 'NEW'), nodeId)),
	UPDATE: (table, nodeId) => {
		const oldKey = rowKeyExpression(table.key, 'OLD');
		const newKey = rowKeyExpression(table.key, 'NEW');
		return unlessApplied(
			table,
			`IF ${oldKey} <> ${newKey} THEN
			${note(table, 'DELETE', oldKey, nodeId)}
		END IF;
		${note(table, 'UPDATE', newKey, nodeId)}`,
		);
	},
	DELETE: (table, nodeId) =>
		unlessApplied(table, note(table, 'DELETE', rowKeyExpression(table.key, 'OLD'), nodeId)),
};
