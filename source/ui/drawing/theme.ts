/** Symbols and looks by meaning, chosen once per terminal. */

import type { PairState, TriggerState } from '../../engine/api/snapshot.ts';
import {
	type Paint,
	painter,
	type Style,
	wantsColour,
	wantsUnicode,
} from '../../terminal/style.ts';

const unicodeGlyphs = {
	ok: '✓',
	bad: '✗',
	warning: '!',
	unknown: '?',
	none: '—',
	toCloud: '→',
	toLocal: '←',
	cursor: '❯',
	dot: '●',
	running: '▶',
	paused: '‖',
	standby: '○',
	skipped: '·',
	between: '·',
	within: '›',
	rule: '─',
	upright: '│',
	openTab: '┤',
	closeTab: '├',
	ellipsis: '…',
	about: '~',
	from: '–',
	differs: '≠',
	caret: '▏',
	/** From zero to the maximum, for a sparkline. */
	levels: '▁▂▃▄▅▆▇█',
};

export type Glyphs = typeof unicodeGlyphs;

const asciiGlyphs: Glyphs = {
	ok: '+',
	bad: 'x',
	warning: '!',
	unknown: '?',
	none: '-',
	toCloud: '>',
	toLocal: '<',
	cursor: '>',
	dot: 'o',
	running: '*',
	paused: '=',
	standby: '-',
	skipped: '.',
	between: '|',
	within: '>',
	rule: '-',
	upright: '|',
	openTab: '[',
	closeTab: ']',
	ellipsis: '~',
	about: '~',
	from: '-',
	differs: '!',
	caret: '_',
	levels: '_.,-=+*#',
};

// Colours that are readable on black and on white. Of the sixteen, yellow and
// cyan fade on white and blue fades on black.
const looks = {
	plain: {},
	strong: { bold: true },
	quiet: { dim: true },
	accent: { colour: 'brightBlue' },
	key: { colour: 'brightBlue', bold: true },
	good: { colour: 'green' },
	warning: { colour: 'magenta' },
	bad: { colour: 'red' },
	selected: { background: 'blue', colour: 'white', bold: true },
} as const satisfies Record<string, Style>;

export type TextLook = keyof typeof looks;

/** A symbol and its look: colour is never the only distinction. */
export interface StateMark {
	sign: Exclude<keyof Glyphs, 'levels'>;
	look: TextLook;
}

export const stateMarks: Record<PairState, StateMark> = {
	idle: { sign: 'dot', look: 'good' },
	running: { sign: 'running', look: 'accent' },
	paused: { sign: 'paused', look: 'warning' },
	standby: { sign: 'standby', look: 'quiet' },
	offline: { sign: 'bad', look: 'bad' },
	blocked: { sign: 'warning', look: 'bad' },
};

export const triggerMarks: Record<TriggerState, StateMark> = {
	installed: { sign: 'ok', look: 'good' },
	missing: { sign: 'bad', look: 'bad' },
	stale: { sign: 'warning', look: 'warning' },
	skipped: { sign: 'skipped', look: 'quiet' },
	unknown: { sign: 'unknown', look: 'warning' },
};

export interface Theme {
	glyphs: Glyphs;
	/** True if messages are announced when they arrive instead of drawn. */
	announces: boolean;
	paint(text: string, look: TextLook): string;
	/** Box-drawing characters as this terminal can show them. */
	drawing(text: string): string;
	/** Key names as this terminal can show them. */
	keyName(text: string): string;
}

const arrowNames: Record<string, string> = { '↑': 'Up', '↓': 'Down', '←': 'Left', '→': 'Right' };

const asciiDrawing = (text: string) =>
	text.replaceAll('─', '-').replaceAll('│', '|').replace(/[┌-┼]/g, '+');

const asciiKeyName = (text: string) =>
	text.replace(/[←-↓]/g, (arrow) => arrowNames[arrow] ?? arrow);

interface ThemeOptions {
	colour: boolean;
	unicode: boolean;
	announces?: boolean;
}

export function createTheme(options: ThemeOptions): Theme {
	const paint: Paint = painter(options.colour);
	return {
		glyphs: options.unicode ? unicodeGlyphs : asciiGlyphs,
		announces: options.announces ?? false,
		paint: (text, look) => paint(text, looks[look]),
		drawing: options.unicode ? String : asciiDrawing,
		keyName: options.unicode && !options.announces ? String : asciiKeyName,
	};
}

/** The theme for drawing a screen that is then converted to words for a screen reader. */
export function readerTheme(): Theme {
	return createTheme({ colour: false, unicode: true, announces: true });
}

/** The theme for this terminal and user (NO_COLOR, TERM, the locale). */
export function themeFor(env: NodeJS.ProcessEnv): Theme {
	return createTheme({ colour: wantsColour(env), unicode: wantsUnicode(env) });
}
