import { useEffect, useState } from 'react';
import type { Clock } from '../clock.ts';

/** The time, renewed every second while `running`; no timer otherwise. */
export function useNow(clock: Clock, running: boolean): number {
	const [, setTick] = useState(0);
	useEffect(() => {
		if (!running) return;
		return clock.onTick(() => setTick((tick) => tick + 1));
	}, [clock, running]);
	return clock.now();
}
