/** Splits a line of a frame into the cells of the terminal. */

import { visible } from '../text/visible.ts';
import { printableAscii, segmenter, textWidth } from './text.ts';

export interface Cell {
	text: string;
	/** Width in cells. */
	width: number;
	/** The parameters of one SGR sequence that sets its style from scratch; '' for plain. */
	style: string;
}

export const blank: Cell = { text: ' ', width: 1, style: '' };

const sgr = /\u001b\[([\d;]*)m/g;

/** The style attributes, each by the SGR code that ends it and the codes that set it. */
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

/** Any remaining escape sequence in the text is shown, not executed. */
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

/** Parses one line of a frame. Its only escape sequences are SGR of the sixteen colours. */
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

/** True if all terminals agree on the width of the cell. */
export function isPlain(cell: Cell): boolean {
	return cell.width === 1 && cell.text.length === 1;
}

export function sameCell(a: Cell, b: Cell): boolean {
	return a.text === b.text && a.style === b.style;
}
