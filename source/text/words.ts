/** Numbers and lists in readable form, for the screen, the log and command output. */

/** Shown for an unknown value, never 0. */
export const unknownSign = '?';

/** `1204` → `1,204`. */
export function count(value: number | null): string {
	return value === null ? unknownSign : value.toLocaleString('en-US');
}

/** `1 table`, `12 tables`. */
export function plural(value: number, word: string): string {
	return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
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
	return said
		.map((text, index) => (index === said.length - 1 ? text : withFullStop(text)))
		.join(' ');
}

function withFullStop(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
