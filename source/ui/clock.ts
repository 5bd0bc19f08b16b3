/** The time as the screen shows it, ticking once a second while something on it grows older. */

export interface Clock {
	now(): number;
	/** Calls back every second until the returned function is called; nobody asking, no timer. */
	onTick(listener: () => void): () => void;
}

const second = 1000;

export function systemClock(): Clock {
	const listeners = new Set<() => void>();
	let timer: NodeJS.Timeout | undefined;
	let time = Date.now();
	return {
		// The same until the next tick, so that all ages on the screen agree.
		now: () => (timer ? time : Date.now()),
		onTick(listener) {
			listeners.add(listener);
			if (!timer) {
				time = Date.now();
				timer = setInterval(() => {
					time = Date.now();
					for (const each of listeners) each();
				}, second);
			}
			return () => {
				listeners.delete(listener);
				if (listeners.size > 0) return;
				clearInterval(timer);
				timer = undefined;
			};
		},
	};
}
