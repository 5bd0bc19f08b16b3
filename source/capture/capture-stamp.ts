/**
 * Tells whether a table has been captured without a gap. On both servers a trigger keeps the time of its
 * creation through ALTER TABLE, OPTIMIZE, TRUNCATE and RENAME, and goes with its table. So triggers with
 * another time are others: the table was recreated, with or without them, or somebody dropped them.
 */
import type { FoundTrigger, TriggerInventory } from './trigger-inventory.ts';
import { notesCascades, type TriggerEvent, triggerEvents } from './trigger-text.ts';

/**
 * The times at which a table's triggers were created, and the server that tells them: each node of a
 * cluster has its own. Null where one of the three events is not captured.
 */
export function captureStamp(
	table: string,
	place: string,
	inventory: Pick<TriggerInventory, 'byTable'>,
): string | null {
	const found = inventory.byTable.get(table) ?? [];
	const times = triggerEvents.map((event) => timesOf(found, event));
	if (times.some((one) => one.length === 0)) return null;
	return [place, ...times.map((one) => one.join(','))].join('\n');
}

/** Whether two stamps were taken on the same server. */
export function isSamePlace(one: string, place: string): boolean {
	return one.split('\n')[0] === place;
}

/**
 * Whether capture went on without a gap between two stamps of one server: of each event a trigger that was
 * there before is there still.
 */
export function isContinued(before: string, now: string): boolean {
	const [, ...later] = eventsOf(now);
	const [, ...earlier] = eventsOf(before);
	return earlier.every((times, index) => times.some((time) => later[index]?.includes(time)));
}

function eventsOf(stamp: string): string[][] {
	return stamp.split('\n').map((times) => times.split(','));
}

/**
 * A time from which on a table was captured by the triggers of a stamp, UTC; null where it is not known. A
 * second after they were created: that time is cut to hundredths, and changes have theirs in microseconds.
 */
export function capturedSince(stamp: string): string | null {
	const [, ...events] = eventsOf(stamp);
	const times = events.flat().map((time) => Date.parse(`${time.replace(' ', 'T')}Z`));
	const since = Math.max(...times) + 1000;
	return Number.isNaN(since) ? null : new Date(since).toISOString().replace('T', ' ').slice(0, -1);
}

function timesOf(found: readonly FoundTrigger[], wanted: TriggerEvent): string[] {
	return found
		.filter((trigger) => trigger.event === wanted && !notesCascades(trigger))
		.map((trigger) => trigger.created_at ?? 'unknown')
		.sort();
}
