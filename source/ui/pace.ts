/** How often the screen is drawn anew for the sake of time alone: at rest seldom, to be cheap. */

import { directions } from '../config/types.ts';
import type { EngineSnapshot, LivePair } from '../engine/snapshot.ts';
import type { ScreenState } from './state.ts';

const second = 1000;

/** Milliseconds for which a thing's age is shown in seconds. */
const young = 60 * second;

/** Milliseconds between two ticks at rest. What the engine finds changed is drawn at once all the same. */
const rest = 5 * second;

/** Milliseconds until the screen's time goes on. */
export function paceOf(state: ScreenState, now: number): number {
	const { message, requests, snapshot } = state;
	const recent = (at: number | null | undefined) => at != null && Math.abs(now - at) < young;
	const lively = requests.length > 0 || recent(message?.at);
	const anyLively = lively || snapshot.pairs.some((pair) => isLively(pair, recent));
	return anyLively ? second : rest;
}

function isLively(pair: LivePair, recent: (at: number | null) => boolean): boolean {
	if (['running', 'offline', 'blocked'].includes(pair.state) || recent(pair.next_run_at))
		return true;
	return directions.some((direction) => {
		const { oldest_pending_seconds: oldest, last_batch } = pair.directions[direction];
		return (oldest !== null && oldest * second < young) || recent(Date.parse(last_batch?.at ?? ''));
	});
}

/** A snapshot without what changes at every look and can wait for the next tick. */
export function lastingPart(snapshot: EngineSnapshot): string {
	return JSON.stringify(snapshot, (key, value) =>
		['looked_at', 'latency_ms', 'oldest_pending_seconds', 'trend'].includes(key) ? null : value,
	);
}
