/**
 * Durations in readable form: ages, measured times, configured times. (pretty-ms omits a zero and shows the
 * following unit instead, so that the width and units of a running age would change from second to second.)
 */

import { unknownSign } from './words.ts';

const units = [
	['d', 86_400],
	['h', 3600],
	['m', 60],
	['s', 1],
] as const;

/** An age in its largest unit and, unless `parts` is 1, the next one: `3m 20s`, `2h 0m`. */
export function timeSpan(milliseconds: number | null, parts: 1 | 2 = 2): string {
	if (milliseconds === null) return unknownSign;
	return timeParts(milliseconds).slice(0, parts).join(' ');
}

/** `1d`, `2h`, `0m`, `5s`: from the largest unit that is not zero. */
function timeParts(milliseconds: number): string[] {
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	const first = units.findIndex(([, size]) => seconds >= size);
	let left = seconds;
	return units.slice(first === -1 ? -1 : first).map(([unit, size]) => {
		const value = Math.floor(left / size);
		left -= value * size;
		return `${value}${unit}`;
	});
}

/** The duration of an operation: `45 ms`, `1.2 s`, `3m 20s`. */
export function took(milliseconds: number): string {
	if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
	if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
	return timeSpan(milliseconds);
}

/** A duration as a configuration has it: `200ms`, `1.5s`, `10m`, `1h 30m`. */
export function formatDuration(milliseconds: number): string {
	const rounded = Math.round(milliseconds);
	if (rounded < 1000) return `${rounded}ms`;
	if (rounded < 60_000) return `${Number((rounded / 1000).toFixed(1))}s`;
	const parts = timeParts(rounded).filter((part) => !part.startsWith('0'));
	return parts.slice(0, 2).join(' ');
}
