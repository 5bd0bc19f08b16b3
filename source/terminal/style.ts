/** Colours and attributes as SGR sequences, from the sixteen colours that every terminal's theme defines. */

const colours = {
	black: 30,
	red: 31,
	green: 32,
	blue: 34,
	magenta: 35,
	brightBlue: 94,
	white: 97,
	grey: 90,
} as const;

export type Colour = keyof typeof colours;

export interface Style {
	colour?: Colour;
	background?: Colour;
	bold?: boolean;
	dim?: boolean;
	underline?: boolean;
	inverse?: boolean;
}

export type Paint = (text: string, style: Style) => string;

function sequence(style: Style, colourful: boolean): [open: number[], close: number[]] {
	const open: number[] = [];
	const close: number[] = [];
	const add = (on: number, off: number) => {
		open.push(on);
		close.unshift(off);
	};
	if (style.bold) add(1, 22);
	else if (style.dim) add(2, 22);
	if (style.underline) add(4, 24);
	// Without colours, a background is shown as inverse.
	if (style.inverse || (!colourful && style.background)) add(7, 27);
	if (colourful && style.colour) add(colours[style.colour], 39);
	if (colourful && style.background) add(colours[style.background] + 10, 49);
	return [open, close];
}

/** A painter. Without colours it still sets bold, dim, underline and inverse. */
export function painter(colourful: boolean): Paint {
	return (text, style) => {
		const [open, close] = sequence(style, colourful);
		if (open.length === 0 || text === '') return text;
		const sgr = (codes: number[]) => codes.map((code) => `\u001b[${code}m`).join('');
		return sgr(open) + text + sgr(close);
	};
}

/** True if the environment allows colours (https://no-color.org). */
export function wantsColour(env: NodeJS.ProcessEnv): boolean {
	if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
	return env.FORCE_COLOR !== '0' && env.TERM !== 'dumb';
}

/** True if the locale is UTF-8. The Linux console's font lacks most symbols. */
export function wantsUnicode(env: NodeJS.ProcessEnv): boolean {
	if (env.TERM === 'linux' || env.TERM === 'dumb') return false;
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
	// Containers often set no locale, but their terminals are UTF-8 nevertheless.
	return locale ? /utf-?8/i.test(locale) : true;
}
