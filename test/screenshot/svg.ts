/** A captured screen as a picture: text in SVG, every stretch held to the cells that it took. */

import type { ScreenCell } from '../support/pty.ts';

export interface Palette {
	text: string;
	ground: string;
	/** The sixteen colours in the terminal's order. */
	colours: readonly string[];
}

/** Two themes that terminals come with: VS Code's for dark, xterm's for light. */
export const palettes: Record<'dark' | 'light', Palette> = {
	dark: {
		text: '#d4d4d4',
		ground: '#1e1e1e',
		colours: [
			...['#000000', '#cd3131', '#0dbc79', '#e5e510', '#2472c8', '#bc3fbc', '#11a8cd', '#e5e5e5'],
			...['#666666', '#f14c4c', '#23d18b', '#f5f543', '#3b8eea', '#d670d6', '#29b8db', '#ffffff'],
		],
	},
	light: {
		text: '#000000',
		ground: '#ffffff',
		colours: [
			...['#000000', '#cd0000', '#00cd00', '#cdcd00', '#0000ee', '#cd00cd', '#00cdcd', '#e5e5e5'],
			...['#7f7f7f', '#ff0000', '#00ff00', '#ffff00', '#5c5cff', '#ff00ff', '#00ffff', '#ffffff'],
		],
	},
};

const cellWidth = 8.4;
const cellHeight = 18;
const margin = 12;
const titleHeight = 34;
const levels = '▁▂▃▄▅▆▇█';
const printableAscii = /^[\x20-\x7e]$/;

interface Stretch {
	text: string;
	column: number;
	width: number;
	cell: ScreenCell;
}

function sameLooks(one: ScreenCell, other: ScreenCell): boolean {
	return (['colour', 'background', 'bold', 'dim', 'underline', 'inverse'] as const).every(
		(look) => one[look] === other[look],
	);
}

/**
 * Signs that a font may lack stand alone, so that a substitute of another width moves nothing. Two
 * blanks end a stretch: not every reader of SVG keeps them apart.
 */
function stretches(row: readonly ScreenCell[]): Stretch[] {
	const found: Stretch[] = [];
	for (const cell of row) {
		const last = found.at(-1);
		const joins =
			last &&
			!(cell.text === ' ' && last.text.endsWith(' ') && last.text.trim() !== '') &&
			!(cell.text !== ' ' && last.text.startsWith(' ')) &&
			sameLooks(last.cell, cell) &&
			(cell.text === last.cell.text ||
				(printableAscii.test(cell.text) && printableAscii.test(last.cell.text)));
		if (joins && !levels.includes(cell.text)) {
			last.text += cell.text;
			last.width += cell.width;
		} else {
			found.push({ text: cell.text, column: cell.column, width: cell.width, cell });
		}
	}
	return found;
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function drawn({ text, column, width, cell }: Stretch, row: number, palette: Palette): string {
	const own = (index: number | null, otherwise: string) =>
		index === null ? otherwise : (palette.colours[index] ?? otherwise);
	const colours = [own(cell.colour, palette.text), own(cell.background, palette.ground)];
	const [ink, ground] = cell.inverse ? colours.toReversed() : colours;
	const x = margin + column * cellWidth;
	const y = titleHeight + margin + row * cellHeight;
	const at = (value: number) => Number(value.toFixed(1));
	const box = (top: number, height: number, fill: string | undefined) =>
		`<rect x="${at(x)}" y="${at(y + top)}" width="${at(width * cellWidth)}" height="${at(height)}" fill="${fill}"/>`;
	const parts = ground === palette.ground ? [] : [box(0, cellHeight, ground)];
	const level = levels.indexOf(text) + 1;
	if (level > 0) {
		const height = (cellHeight - 3) * (level / levels.length);
		parts.push(box(cellHeight - height, height, ink));
	} else if (text.trim() !== '') {
		const inked = text.trimEnd();
		const taken = width - (text.length - inked.length);
		const looks = [
			cell.bold ? ' font-weight="bold"' : '',
			cell.dim ? ' opacity="0.6"' : '',
			cell.underline ? ' text-decoration="underline"' : '',
		].join('');
		parts.push(
			`<text x="${at(x)}" y="${at(y + 13.5)}" textLength="${at(taken * cellWidth)}" lengthAdjust="spacingAndGlyphs" fill="${ink}"${looks}>${escaped(inked)}</text>`,
		);
	}
	return parts.join('');
}

/** The screen in a window with a title. */
export function screenSvg(
	cells: readonly (readonly ScreenCell[])[],
	{ columns, title, palette }: { columns: number; title: string; palette: Palette },
): string {
	const width = Math.ceil(2 * margin + columns * cellWidth);
	const height = titleHeight + 2 * margin + cells.length * cellHeight;
	const rows = cells.map((row, index) =>
		stretches(row)
			.map((each) => drawn(each, index, palette))
			.join(''),
	);
	const lamps = ['#ff5f56', '#ffbd2e', '#27c93f'].map(
		(fill, index) => `<circle cx="${18 + index * 20}" cy="17" r="6" fill="${fill}"/>`,
	);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" role="img">`,
		`<title>${escaped(title)}</title>`,
		`<rect width="${width}" height="${height}" rx="8" fill="${palette.ground}" stroke="#808080" stroke-opacity="0.4"/>`,
		...lamps,
		`<text x="${width / 2}" y="22" text-anchor="middle" fill="${palette.text}" opacity="0.7">${escaped(title)}</text>`,
		...rows.filter((row) => row !== ''),
		'</svg>',
		'',
	].join('\n');
}
