/** Numbers and lists as people read them, on the screen, in the log and in a command's answer. */

/** What is not known is '?', never 0. */
export const unknownSign = '?';

/** `1204` → `1,204`. */
export function count(value: number | null): string {
	return value === null ? unknownSign : value.toLocaleString('en-US');
}

/** `1 table`, `12 tables`. */
export function plural(value: number, word: string): string {
	return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
}

/** `a, b and c`, or `a, b and 7 more` where they are more than so many. */
export function listed(names: readonly string[], most = 5): string {
	const shown = names.length > most ? names.slice(0, most - 1) : names.slice(0, -1);
	const last = names.length > most ? `${count(names.length - shown.length)} more` : names.at(-1);
	return shown.length === 0 ? `${last ?? ''}` : `${shown.join(', ')} and ${last}`;
}
