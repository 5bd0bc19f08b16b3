/** Formats used only on screen. An unknown value is `?`, never 0. */

import { timeSpan, took } from '../../text/duration.ts';
import { count, unknownSign } from '../../text/words.ts';

/** A count in at most `width` cells: `12,345,678` → `12.3M`. */
export function shortCount(value: number | null, width: number): string {
	const whole = count(value);
	if (value === null || whole.length <= width) return whole;
	for (const [unit, sign] of [
		[1e9, 'G'],
		[1e6, 'M'],
		[1e3, 'k'],
	] as const) {
		if (value < unit) continue;
		const fine = `${(value / unit).toFixed(1)}${sign}`;
		return fine.length <= width ? fine : `${Math.floor(value / unit)}${sign}`;
	}
	return whole;
}

/** `12s ago`, in the largest unit. */
export function ago(at: number, now: number): string {
	return `${timeSpan(now - at, 1)} ago`;
}

/** A round-trip time: `0.4 ms`, `98 ms`, `1.2 s`. */
export function latency(milliseconds: number | null): string {
	if (milliseconds === null) return unknownSign;
	return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : took(milliseconds);
}

/** Changes per second, in at most five cells and the unit: `0/s`, `2.4/s`, `1,204/s`. */
export function perSecond(rate: number | null): string {
	if (rate === null) return `${unknownSign}/s`;
	const fine = rate > 0 && rate < 9.95;
	return `${fine ? Math.max(0.1, rate).toFixed(1) : shortCount(Math.round(rate), 5)}/s`;
}

/** Time until the next run: `in 4m`, `now`. */
export function until(at: number, now: number): string {
	return at - now < 1000 ? 'now' : `in ${timeSpan(at - now, 1)}`;
}

/** The local time of day: `12:03:05`. */
export function timeOfDay(at: number): string {
	const time = new Date(at);
	return [time.getHours(), time.getMinutes(), time.getSeconds()]
		.map((part) => String(part).padStart(2, '0'))
		.join(':');
}

/** `3s ago` for an ISO 8601 time; `?` if it is unknown or invalid. */
export function agoIso(at: string | null, now: number): string {
	const time = at === null ? Number.NaN : Date.parse(at);
	return Number.isNaN(time) ? unknownSign : ago(time, now);
}
