/**
 * Detects gaps in the capture of a table. On both servers a trigger keeps its creation time through ALTER
 * TABLE, OPTIMIZE, TRUNCATE and RENAME, and disappears with its table. Triggers with a different time are
 * therefore different triggers: the table was recreated, with or without them, or somebody dropped them.
 */
import type { FoundTrigger, TriggerInventory } from './trigger-inventory.ts';
import { notesCascades, type TriggerEvent, triggerEvents } from './trigger-text.ts';

/**
 * The creation times of a table's triggers, and the server that reported them: the nodes of a cluster differ.
 * Null if one of the three events is not captured.
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

/** True if two stamps were taken on the same server. */
export function isSamePlace(one: string, place: string): boolean {
	return one.split('\n')[0] === place;
}

/**
 * True if capture continued without a gap between two stamps of one server: for each
 * event, a trigger of the first stamp still exists.
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
 * The time since which the triggers of a stamp have captured a table, UTC; null if unknown. One second after
 * their creation: that time is truncated to hundredths, while changes have microseconds.
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
