/** How often the screen is redrawn only because time passes: rarely at rest, to stay cheap. */

import { directions } from '../../config/types.ts';
import type { EngineSnapshot, LivePair } from '../../engine/api/snapshot.ts';
import type { ScreenState } from './state.ts';

const second = 1000;

/** A count that missed this many refreshes is outdated. */
const refreshesUntilStale = 3;

/** Milliseconds during which an age is shown in seconds. */
const young = 60 * second;

/**
 * Milliseconds between checks for a due tick at rest. Changes found by the
 * engine are drawn at once regardless.
 */
const rest = 10 * second;

/** Milliseconds between two ticks at rest, when ages are shown in minutes. */
const longRest = 30 * second;

/** Milliseconds until the next tick. */
export function paceOf(state: ScreenState, now: number): number {
	const { message, requests, snapshot } = state;
	const recent = (at: number | null | undefined) => at != null && Math.abs(now - at) < young;
	const lively = requests.length > 0 || recent(message?.at);
	const anyLively = lively || snapshot.pairs.some((pair) => isLively(pair, recent));
	return anyLively ? second : rest;
}

/**
 * True if the passage of time has changed the screen.
 * @param latest the time on screen
 * @param snapshot the engine's current snapshot, on screen or not
 * @param refresh milliseconds between two of its reads
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

/** True if a count is outdated. */
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

/** Properties that change at every read and can wait for the next tick. */
const passing = new Set(['looked_at', 'latency_ms', 'oldest_pending_seconds', 'trend']);

/** True if two snapshots, or parts of them, differ only in properties that can wait for the next tick. */
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
