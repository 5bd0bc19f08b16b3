/** Numbers and durations in readable form, for the screen, the log and command output. */

/** Shown for an unknown value, never 0. */
export const unknown = '?';

const units = [
	['d', 86_400],
	['h', 3600],
	['m', 60],
	['s', 1],
] as const;

/** `1204` → `1,204`. */
export function count(value: number | null): string {
	return value === null ? unknown : value.toLocaleString('en-US');
}

/** `1 table`, `12 tables`. */
export function plural(value: number, word: string): string {
	return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
}

/**
 * A duration in its largest unit and, unless `parts` is 1, the next one: `3m 20s`, `2h 0m`.
 * (pretty-ms omits a zero and shows the following unit instead, so that the width and units of
 * a running age would change from second to second.)
 */
export function span(milliseconds: number | null, parts: 1 | 2 = 2): string {
	if (milliseconds === null) return unknown;
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	const first = units.findIndex(([, size]) => seconds >= size);
	let left = seconds;
	const words = units.slice(first === -1 ? -1 : first).map(([unit, size]) => {
		const value = Math.floor(left / size);
		left -= value * size;
		return `${value}${unit}`;
	});
	return words.slice(0, parts).join(' ');
}

/** The duration of an operation: `45 ms`, `1.2 s`, `3m 20s`. */
export function took(milliseconds: number): string {
	if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
	if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
	return span(milliseconds);
}

/** `a, b and c`; `a, b and 7 more` if there are more than `most`. */
export function listed(names: readonly string[], most = 5): string {
	const shown = names.length > most ? names.slice(0, most - 1) : names.slice(0, -1);
	const last = names.length > most ? `${count(names.length - shown.length)} more` : names.at(-1);
	return shown.length === 0 ? `${last ?? ''}` : `${shown.join(', ')} and ${last}`;
}

/** Texts one after the other, a full stop between each two; empty ones are left out. */
export function sentences(...texts: readonly (string | undefined)[]): string {
	const said = texts.filter((text) => text !== undefined && text !== '') as string[];
	return said.map((text, index) => (index === said.length - 1 ? text : stopped(text))).join(' ');
}

function stopped(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
