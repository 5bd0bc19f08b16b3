/**
 * Tables on screen: which columns fit, their widths, and the cells of a row. (ink-table draws the one table
 * that stands alone, in the confirmation before something is removed. It has no cursor and no window, takes
 * its widths from the rows, and counts characters where a terminal counts cells: a list would jump at
 * every update, and rows out of sight would be drawn.)
 */

import { type FitOptions, fitTo } from '../../terminal/text.ts';
import { line, type Span, span } from './spans.ts';
import type { Theme } from './theme.ts';

export interface ListColumn<Row> {
	title: string;
	/** Minimum and maximum width, in cells. */
	least: number;
	most: number;
	/** A narrow screen omits the columns of the highest rank first. Rank 0 always stays. */
	rank: number;
	align?: FitOptions['align'];
	cut?: FitOptions['cut'];
	cell(row: Row): Span;
}

export interface PlacedColumn<Row> {
	column: ListColumn<Row>;
	width: number;
}

export interface PlacedColumns<Row> {
	placed: PlacedColumn<Row>[];
	/** Cells between two columns. */
	gap: number;
}

/** Cells of the cursor symbol and the spaces around it. */
export const margin = 3;

function needed<Row>(columns: readonly ListColumn<Row>[], gap: number): number {
	return columns.reduce((sum, { least }) => sum + least + gap, margin - gap);
}

/**
 * The columns that fit into `width` cells, and their widths. They depend on the width
 * alone, never on the rows, so that columns do not move while values change. Spare
 * room is shared among the columns that can use it.
 */
export function placeColumns<Row>(
	columns: readonly ListColumn<Row>[],
	width: number,
): PlacedColumns<Row> {
	let kept = [...columns];
	while (needed(kept, 1) > width) {
		const highest = Math.max(...kept.map(({ rank }) => rank));
		if (highest === 0) break;
		kept = kept.filter(({ rank }) => rank !== highest);
	}
	const gap = needed(kept, 2) <= width ? 2 : 1;
	const room = Math.max(0, width - needed(kept, gap));
	const wanted = kept.reduce((sum, { least, most }) => sum + most - least, 0);
	const share = wanted === 0 ? 0 : Math.min(1, room / wanted);
	let given = 0;
	const placed = kept.map((column) => {
		const before = Math.floor(given + 1e-9);
		given += (column.most - column.least) * share;
		// Rounding the running sum loses no cell.
		return { column, width: column.least + Math.floor(given + 1e-9) - before };
	});
	return { placed, gap };
}

function join<Row>(
	theme: Theme,
	{ placed, gap }: PlacedColumns<Row>,
	content: (column: ListColumn<Row>) => Span,
): Span[] {
	return placed.flatMap(({ column, width }, index) => {
		const { text, look } = content(column);
		const { align = 'left', cut = 'end' } = column;
		const { ellipsis } = theme.glyphs;
		const cell = span(fitTo(text, width, { align, cut, ellipsis }), look);
		return index === 0 ? [cell] : [span(' '.repeat(gap)), cell];
	});
}

/** The line of column titles. */
export function headingLine<Row>(theme: Theme, width: number, columns: PlacedColumns<Row>): string {
	const titles = join(theme, columns, ({ title }) => span(title, 'quiet'));
	return line(theme, width, [span(' '.repeat(margin)), ...titles]);
}

export interface RowOptions {
	/** True if the cursor is on the row. */
	selected: boolean;
	/** True to pad the row to the full width. */
	fill?: boolean;
	/** Replaces all columns but the first. */
	instead?: Span | undefined;
}

/** One row of a table, with the cursor symbol if it is selected. */
export function rowLine<Row>(
	theme: Theme,
	width: number,
	columns: PlacedColumns<Row>,
	row: Row,
	{ selected, fill = false, instead }: RowOptions,
): string {
	const mark = selected ? theme.glyphs.cursor : ' ';
	const cells = join(theme, columns, (column) => column.cell(row));
	const shown = instead ? [...cells.slice(0, 2), instead] : cells;
	const spans = [span(` ${mark} `, 'quiet'), ...shown];
	return line(theme, width, spans, { selected, fill });
}
