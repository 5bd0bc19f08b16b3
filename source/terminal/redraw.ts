/**
 * Computes the bytes that turn the previous frame into the next one: the changed cells and
 * nothing else.
 *
 * Why not Ink: if a frame is as tall as the terminal, Ink 6.8 clears the screen and sends the whole frame at
 * every change, with `incrementalRendering` or without. Only frames at least one row shorter reach its
 * incremental mode, which sends each changed line in full. Measured at 80x24 with five changes a second, as
 * in `npm run bench -- screen`: Ink 3.2 kB/s, its incremental mode 1.2 kB/s, this 0.2 kB/s, all three at
 * 2 % of one core. Over a slow line, such as ssh, that decides whether keys lag; and clearing flickers.
 */

import { blank, type Cell, isPlain, parseLine, sameCell } from './cells.ts';

/** A cursor movement takes at least five bytes, so a shorter unchanged gap is sent again instead. */
const shortestGap = 6;

/** Writes cells with style changes only where needed; ends in plain style. */
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
 * Rewrites a line that contains cells on whose width terminals may disagree, and positions the cursor after
 * each of them. The columns stay aligned whatever width the terminal assumes.
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

/** The bytes that turn one line into another; '' if they look the same. */
export function redrawLine(row: number, previous: string, next: string): string {
	if (previous === next) return '';
	const before = parseLine(previous);
	const after = parseLine(next);
	if (before.every(isPlain) && after.every(isPlain)) return writePlain(row, before, after);
	const same =
		before.length === after.length && before.every((c, i) => sameCell(c, after[i] ?? blank));
	return same ? '' : writeUncertain(row, after);
}

/** The bytes that turn one frame into the next. Rows beyond `height` are omitted. */
export function redraw(previous: string[], next: string[], height: number): string {
	let out = '';
	for (let index = 0; index < height; index++) {
		out += redrawLine(index + 1, previous[index] ?? '', next[index] ?? '');
	}
	return out;
}
