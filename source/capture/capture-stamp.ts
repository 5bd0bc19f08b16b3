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

/** When the youngest of the triggers was created that a stamp tells of. */
export function capturedSince(stamp: string): string {
	const [, ...events] = eventsOf(stamp);
	return events.flat().sort().at(-1) ?? '';
}

function timesOf(found: readonly FoundTrigger[], wanted: TriggerEvent): string[] {
	return found
		.filter((trigger) => trigger.event === wanted && !notesCascades(trigger))
		.map((trigger) => trigger.created_at ?? 'unknown')
		.sort();
}
