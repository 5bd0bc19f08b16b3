/** The time that the screen shows. It ticks while something on screen ages. */

export interface ScreenClock {
	/** Constant until the next tick, so that all ages on screen agree. */
	now(): number;
	/** Calls back at every tick until the returned function is called. No timer runs without a listener. */
	onTick(listener: () => void): () => void;
}

/**
 * @param pace milliseconds until the next tick, asked at each
 * @param isDue true if a tick would change the screen; otherwise it is skipped
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
