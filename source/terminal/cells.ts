/** A line of a frame taken apart into what stands in each cell of the terminal. */

import { visible } from '../text/visible.ts';
import { printableAscii, segmenter, textWidth } from './text.ts';

export interface Cell {
	text: string;
	/** Cells it takes. */
	width: number;
	/** The parameters of one SGR sequence that sets its looks from scratch; '' for plain. */
	style: string;
}

export const blank: Cell = { text: ' ', width: 1, style: '' };

const sgr = /\u001b\[([\d;]*)m/g;

/** What of a style one SGR parameter sets or ends. */
const attributes: [ends: number, sets: (code: number) => boolean][] = [
	[22, (code) => code === 1 || code === 2],
	[23, (code) => code === 3],
	[24, (code) => code === 4],
	[27, (code) => code === 7],
	[29, (code) => code === 9],
	[39, (code) => (code >= 30 && code <= 37) || (code >= 90 && code <= 97)],
	[49, (code) => (code >= 40 && code <= 47) || (code >= 100 && code <= 107)],
];

function applySgr(active: Map<number, number>, parameters: string): void {
	for (const code of parameters.split(';').map(Number)) {
		if (code === 0) {
			active.clear();
			continue;
		}
		for (const [ends, sets] of attributes) {
			if (code === ends) active.delete(ends);
			else if (sets(code)) active.set(ends, code);
		}
	}
}

/** Whatever sequence a text still holds, it is shown and not obeyed. */
function pushText(cells: Cell[], raw: string, style: string): void {
	const text = visible(raw);
	if (printableAscii.test(text)) {
		for (const character of text) cells.push({ text: character, width: 1, style });
		return;
	}
	for (const { segment } of segmenter.segment(text)) {
		cells.push({ text: segment, width: textWidth(segment), style });
	}
}

/** Reads one line of a frame; the only escape sequences in it are SGR of the sixteen colours. */
export function parseLine(line: string): Cell[] {
	const cells: Cell[] = [];
	const active = new Map<number, number>();
	let style = '';
	let from = 0;
	for (const match of line.matchAll(sgr)) {
		pushText(cells, line.slice(from, match.index), style);
		applySgr(active, match[1] ?? '');
		style = [...active.values()].sort((a, b) => a - b).join(';');
		from = match.index + match[0].length;
	}
	pushText(cells, line.slice(from), style);
	return cells;
}

/** Whether every terminal agrees on how wide the cell is. */
export function isPlain(cell: Cell): boolean {
	return cell.width === 1 && cell.text.length === 1;
}

export function sameCell(a: Cell, b: Cell): boolean {
	return a.text === b.text && a.style === b.style;
}
