/**
 * What to send to a terminal so that it shows the next frame where it shows the previous one: the
 * cells that changed, and nothing else.
 *
 * Why not by Ink: of a frame as tall as the terminal, Ink 6.8 clears the screen and sends the whole of it at
 * every change, with `incrementalRendering` or without. Only frames at least a row shorter reach its
 * incremental mode, which sends every line that changed from end to end. Measured in a terminal of 80x24
 * with five changes a second, as in `npm run bench -- screen`: Ink 3.2 kB/s, its incremental mode 1.2 kB/s,
 * this 0.2 kB/s, all three at 2 % of one core. Over ssh that decides whether keys lag, and a screen that
 * is cleared flickers.
 */

import { blank, type Cell, isPlain, parseLine, sameCell } from './cells.ts';

/** Moving the cursor costs five bytes or more, so short stretches in between are sent again. */
const shortestGap = 6;

/** Writes cells, changing colours only where they change; ends in plain style. */
function writeCells(cells: Cell[]): string {
	let out = '';
	let style = '';
	for (const cell of cells) {
		if (cell.style !== style) {
			out += cell.style === '' ? '\u001b[m' : `\u001b[0;${cell.style}m`;
			style = cell.style;
		}
		out += cell.text;
	}
	return style === '' ? out : `${out}\u001b[m`;
}

/**
 * A line in which terminals may disagree on a width is written anew, and the cursor is put where
 * the next cell belongs after each such cell: the columns stay straight whatever the terminal
 * believes.
 */
function writeUncertain(row: number, cells: Cell[]): string {
	let out = `\u001b[${row};1H\u001b[2K`;
	let column = 1;
	let stretch: Cell[] = [];
	for (const cell of cells) {
		stretch.push(cell);
		column += cell.width;
		if (isPlain(cell)) continue;
		out += `${writeCells(stretch)}\u001b[${column}G`;
		stretch = [];
	}
	return out + writeCells(stretch);
}

function changedRuns(previous: Cell[], next: Cell[]): [from: number, to: number][] {
	const runs: [number, number][] = [];
	const length = Math.max(previous.length, next.length);
	for (let index = 0; index < length; index++) {
		if (sameCell(previous[index] ?? blank, next[index] ?? blank)) continue;
		const last = runs.at(-1);
		if (last && index - last[1] < shortestGap) last[1] = index + 1;
		else runs.push([index, index + 1]);
	}
	return runs;
}

function writePlain(row: number, previous: Cell[], next: Cell[]): string {
	let out = '';
	for (const [from, to] of changedRuns(previous, next)) {
		out += out === '' ? `\u001b[${row};${from + 1}H` : `\u001b[${from + 1}G`;
		const end = Math.min(to, Math.max(from, next.length));
		out += writeCells(next.slice(from, end));
		if (to > next.length) out += '\u001b[K';
	}
	return out;
}

/** The bytes that turn one line on screen into another; '' when they look the same. */
export function redrawLine(row: number, previous: string, next: string): string {
	if (previous === next) return '';
	const before = parseLine(previous);
	const after = parseLine(next);
	if (before.every(isPlain) && after.every(isPlain)) return writePlain(row, before, after);
	const same =
		before.length === after.length && before.every((c, i) => sameCell(c, after[i] ?? blank));
	return same ? '' : writeUncertain(row, after);
}

/** The bytes that turn one frame into the next, both as lines from the top; rows beyond `height` are left out. */
export function redraw(previous: string[], next: string[], height: number): string {
	let out = '';
	for (let index = 0; index < height; index++) {
		out += redrawLine(index + 1, previous[index] ?? '', next[index] ?? '');
	}
	return out;
}
