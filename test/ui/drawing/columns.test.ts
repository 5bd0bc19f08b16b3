import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { textWidth } from '../../../source/terminal/text.ts';
import {
	headingLine,
	type ListColumn,
	placeColumns,
	rowLine,
} from '../../../source/ui/drawing/columns.ts';
import { edges, line, rule, span } from '../../../source/ui/drawing/spans.ts';
import { createTheme } from '../../../source/ui/drawing/theme.ts';

interface Row {
	name: string;
	size: string;
}

const theme = createTheme({ colour: true, unicode: true });
const columns: ListColumn<Row>[] = [
	{ title: 'NAME', least: 6, most: 12, rank: 0, cell: ({ name }) => span(name) },
	{ title: 'EXTRA', least: 10, most: 20, rank: 2, cell: () => span('extra') },
	{ title: 'SIZE', least: 6, most: 6, rank: 0, align: 'right', cell: ({ size }) => span(size) },
];
const titles = (width: number) =>
	stripVTControlCharacters(headingLine(theme, width, placeColumns(columns, width)));

test('columns that do not fit go by rank, and those of rank 0 stay', () => {
	expect(titles(40)).toMatch(/NAME +EXTRA +SIZE/);
	expect(titles(20)).toMatch(/NAME +SIZE/);
	expect(titles(10)).toMatch(/NAME/);
});

test('room left over is used up to what a column can use', () => {
	const { placed } = placeColumns(columns, 100);
	expect(placed.map(({ width }) => width)).toEqual([12, 20, 6]);
	const { placed: tight } = placeColumns(columns, 29);
	expect(tight.map(({ width }) => width)).toEqual([6, 10, 6]);
});

test('a row with the cursor is one bar from edge to edge', () => {
	const row = { name: '客户', size: '12' };
	const text = rowLine(theme, 40, placeColumns(columns, 40), row, { selected: true });
	expect(textWidth(stripVTControlCharacters(text))).toBe(40);
	expect(text.match(/\u001b\[44m/g)).toHaveLength(1);
});

test('a line is cut at the width, colours and all', () => {
	const text = line(theme, 8, [span('long name', 'bad'), span('never seen', 'good')]);
	expect(stripVTControlCharacters(text)).toBe('long na…');
	expect(text).not.toContain('seen');
});

test('of two edges that meet the right one wins', () => {
	const text = edges(theme, 20, [span('a very long left side')], [span('right')]);
	expect(stripVTControlCharacters(text)).toBe('a very long l… right');
});

test('a rule fills the width, and drops its right side where there is no room', () => {
	const wide = stripVTControlCharacters(rule(theme, 30, [span('title')], [span('1 of 2')]));
	expect(wide).toMatch(/^── title ─+ 1 of 2 ──$/);
	expect(wide).toHaveLength(30);
	const narrow = stripVTControlCharacters(rule(theme, 16, [span('title')], [span('1 of 2')]));
	expect(narrow).toBe('── title ───────');
});
