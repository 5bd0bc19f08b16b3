import { useCallback, useSyncExternalStore } from 'react';
import type { ScreenClock } from '../state/clock.ts';

/** The current time, updated at every tick of the clock while `running`; otherwise no timer runs. */
export function useNow(clock: ScreenClock, running: boolean): number {
	const onTick = useCallback(
		(listener: () => void) => (running ? clock.onTick(listener) : () => undefined),
		[clock, running],
	);
	// Rendered together with the store update of the same tick.
	return useSyncExternalStore(onTick, clock.now);
}
