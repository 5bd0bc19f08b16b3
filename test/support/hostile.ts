/** Texts that steer a terminal, reach its clipboard or forge a line, and how to find what got through. */

const clipboard = `\u001b]52;c;aGFybQ==\u0007`;
const colours = '\u001b[97;5m';
const eightBit = '\u009b97;5m\u0085\u009d0;title\u009c';
const reordering = '\u202eabc\u2066def\u2069\u200f';
const lineBreaks = '\r\n\u2028\u2029\v\f';
const others = '\u007f\b\t\u0000\ufeff\u{e0041}';
const forged = '\nforged\n2026-01-01T00:00:00.000Z error pair: forged';

/** As long as it likes. */
export const hostile = `x${clipboard}${colours}${eightBit}${reordering}${lineBreaks}${others}${forged}`;

/** Without what an argument, an environment variable or a path cannot have. */
export const hostileWord = hostile.replaceAll('\u0000', '');

/** Short enough for a name in a database (64 characters), without what MySQL does not take in one. */
export function hostileName(beginning: string): string {
	return `${beginning}${clipboard}${colours}\u009b5m\u0085\u202e\u2066\u2028\u007f\r\t\nforged\nz`;
}

// Everything but the line breaks that end a line of the program's own.
const steering =
	/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/u;
const tags = /[\u{e0000}-\u{e007f}]/u;
const forgedLine = /^\s*(?:forged|2026-01-01T)/m;

/** What in an output would act on a terminal or be taken for a line of the program's own; null for nothing. */
export function harmIn(output: string): string | null {
	const found = steering.exec(output) ?? tags.exec(output) ?? forgedLine.exec(output);
	if (!found) return null;
	const around = output.slice(Math.max(0, found.index - 60), found.index + 60);
	return `at ${found.index}: ${JSON.stringify(around)}`;
}
