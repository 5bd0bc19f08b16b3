/** The time as the screen shows it, ticking while something on it grows older. */

export interface ScreenClock {
	/** The same until the next tick, so that all ages on the screen agree. */
	now(): number;
	/** Calls back at every tick until the returned function is called; nobody asking, no timer. */
	onTick(listener: () => void): () => void;
}

/**
 * @param pace milliseconds until the next tick, asked at each
 * @param isDue whether a tick at a time would show anything new; without it there is none
 */
export function systemClock(
	pace: () => number,
	isDue: (now: number, latest: number) => boolean,
): ScreenClock {
	const listeners = new Set<() => void>();
	let timer: NodeJS.Timeout | undefined;
	let time = Date.now();
	const wait = () => {
		timer = setTimeout(() => {
			const now = Date.now();
			const due = isDue(now, time);
			if (due) time = now;
			wait();
			if (due) for (const each of listeners) each();
		}, pace());
	};
	return {
		now: () => time,
		onTick(listener) {
			listeners.add(listener);
			if (!timer) {
				time = Date.now();
				wait();
			}
			return () => {
				listeners.delete(listener);
				if (listeners.size > 0) return;
				clearTimeout(timer);
				timer = undefined;
			};
		},
	};
}
