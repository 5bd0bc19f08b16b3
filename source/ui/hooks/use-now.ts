import { useCallback, useSyncExternalStore } from 'react';
import type { ScreenClock } from '../state/clock.ts';

/** The time, renewed at every tick of the clock while `running`; no timer otherwise. */
export function useNow(clock: ScreenClock, running: boolean): number {
	const onTick = useCallback(
		(listener: () => void) => (running ? clock.onTick(listener) : () => undefined),
		[clock, running],
	);
	// Drawn in one go with what the store takes in at the same tick.
	return useSyncExternalStore(onTick, clock.now);
}
