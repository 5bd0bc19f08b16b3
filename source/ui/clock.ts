/** The time as the screen shows it, ticking while something on it grows older. */

export interface Clock {
	/** The same until the next tick, so that all ages on the screen agree. */
	now(): number;
	/** Calls back at every tick until the returned function is called; nobody asking, no timer. */
	onTick(listener: () => void): () => void;
}

/** @param pace milliseconds until the next tick, asked at each */
export function systemClock(pace: () => number): Clock {
	const listeners = new Set<() => void>();
	let timer: NodeJS.Timeout | undefined;
	let time = Date.now();
	const wait = () => {
		timer = setTimeout(() => {
			time = Date.now();
			wait();
			for (const each of listeners) each();
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
