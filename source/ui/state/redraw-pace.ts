/** How often the screen is drawn anew for the sake of time alone: at rest seldom, to be cheap. */

import { directions } from '../../config/types.ts';
import type { EngineSnapshot, LivePair } from '../../engine/api/snapshot.ts';
import type { ScreenState } from './state.ts';

const second = 1000;

/** A count this many refreshes old no longer follows the database. */
const refreshesUntilStale = 3;

/** Milliseconds for which a thing's age is shown in seconds. */
const young = 60 * second;

/**
 * Milliseconds at rest after which it is seen whether a tick is due. What the engine finds changed is
 * drawn at once all the same.
 */
const rest = 10 * second;

/** Milliseconds between two ticks at rest: ages are told in minutes then. */
const longRest = 30 * second;

/** Milliseconds until the screen's time goes on. */
export function paceOf(state: ScreenState, now: number): number {
	const { message, requests, snapshot } = state;
	const recent = (at: number | null | undefined) => at != null && Math.abs(now - at) < young;
	const lively = requests.length > 0 || recent(message?.at);
	const anyLively = lively || snapshot.pairs.some((pair) => isLively(pair, recent));
	return anyLively ? second : rest;
}

/**
 * Whether time alone has changed what is on the screen.
 * @param latest the time that it shows
 * @param snapshot what the engine knows, shown or not
 * @param refresh milliseconds between two looks of it
 */
export function isTickDue(
	state: ScreenState,
	now: number,
	latest: number,
	snapshot: EngineSnapshot,
	refresh: number,
): boolean {
	if (paceOf(state, now) < rest || now - latest >= longRest) return true;
	return snapshot.pairs.some(
		({ looked_at }) => looked_at !== null && isStale(looked_at, now, refresh),
	);
}

/** Whether a count no longer follows the database. */
export function isStale(lookedAt: number, now: number, refresh: number): boolean {
	return now - lookedAt > refreshesUntilStale * refresh;
}

function isLively(pair: LivePair, recent: (at: number | null) => boolean): boolean {
	if (['running', 'offline', 'blocked'].includes(pair.state) || recent(pair.next_run_at))
		return true;
	return directions.some((direction) => {
		const { oldest_pending_seconds: oldest, last_batch } = pair.directions[direction];
		return (oldest !== null && oldest * second < young) || recent(Date.parse(last_batch?.at ?? ''));
	});
}

/** What changes at every look and can wait for the next tick. */
const passing = new Set(['looked_at', 'latency_ms', 'oldest_pending_seconds', 'trend']);

/** Whether two snapshots, or parts of them, differ in nothing but what can wait for the next tick. */
export function sameForNow(one: unknown, other: unknown): boolean {
	if (Object.is(one, other)) return true;
	if (!isObject(one) || !isObject(other)) return false;
	const names = Object.keys(other);
	if (Object.keys(one).length !== names.length) return false;
	return names.every(
		(name) => passing.has(name) || (Object.hasOwn(one, name) && sameForNow(one[name], other[name])),
	);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
