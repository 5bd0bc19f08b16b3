/** Tables of the screen: which columns fit, how wide each is, and the cells of a row. */

import { type FitOptions, fit } from '../terminal/text.ts';
import { line, type Span, span } from './lines.ts';
import type { Theme } from './theme.ts';

export interface Column<Row> {
	title: string;
	/** Cells it needs at least and takes at most. */
	least: number;
	most: number;
	/** Where the screen is narrow the columns of the highest rank go first; those of rank 0 stay. */
	rank: number;
	align?: FitOptions['align'];
	cut?: FitOptions['cut'];
	cell(row: Row): Span;
}

export interface PlacedColumn<Row> {
	column: Column<Row>;
	width: number;
}

const gap = 2;

/** The columns that fit into `width` cells, with their widths; room left over goes to the leftmost. */
export function placeColumns<Row>(
	columns: readonly Column<Row>[],
	width: number,
): PlacedColumn<Row>[] {
	let kept = [...columns];
	const needed = () => kept.reduce((sum, { least }) => sum + least + gap, -gap);
	while (needed() > width) {
		const highest = Math.max(...kept.map(({ rank }) => rank));
		if (highest === 0) break;
		const index = kept.findLastIndex(({ rank }) => rank === highest);
		kept = kept.toSpliced(index, 1);
	}
	let room = Math.max(0, width - needed());
	return kept.map((column) => {
		const more = Math.min(room, column.most - column.least);
		room -= more;
		return { column, width: column.least + more };
	});
}

function join<Row>(
	theme: Theme,
	placed: readonly PlacedColumn<Row>[],
	content: (column: Column<Row>) => Span,
): Span[] {
	return placed.flatMap(({ column, width }, index) => {
		const { text, look } = content(column);
		const { align = 'left', cut = 'end' } = column;
		const { ellipsis } = theme.glyphs;
		const cell = span(fit(text, width, { align, cut, ellipsis }), look);
		return index === 0 ? [cell] : [span(' '.repeat(gap)), cell];
	});
}

/** The line of titles above a table. */
export function headingLine<Row>(
	theme: Theme,
	width: number,
	placed: readonly PlacedColumn<Row>[],
): string {
	const titles = join(theme, placed, ({ title }) => span(title, 'quiet'));
	return line(theme, width, [span('   '), ...titles]);
}

/** One row of a table, with the cursor's sign where the cursor is. */
export function rowLine<Row>(
	theme: Theme,
	width: number,
	placed: readonly PlacedColumn<Row>[],
	row: Row,
	cursor: 'here' | 'faint' | 'elsewhere',
): string {
	const mark =
		cursor === 'elsewhere' ? span('   ') : span(` ${theme.glyphs.cursor} `, 'strong');
	const cells = join(theme, placed, (column) => column.cell(row));
	return line(theme, width, [mark, ...cells], { selected: cursor === 'here' });
}
