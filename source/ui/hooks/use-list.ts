/** A list with a heading and a cursor. Only the visible part is drawn. */

import { count } from '../../text/words.ts';
import { headingLine, type ListColumn, margin, placeColumns, rowLine } from '../drawing/columns.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, rule, type Span, span } from '../drawing/spans.ts';
import { useWindow } from './use-window.ts';

export interface ListOptions<Row> {
	/** The name under which the cursor is stored. */
	list: string;
	/** The line above the list. */
	title: readonly Span[];
	rows: readonly Row[];
	columns: readonly ListColumn<Row>[];
	selected: number;
	/** Lines to fill, including the title and the heading. */
	height: number;
	/** Shown if there are no rows. */
	empty: Span;
	/** Replaces all columns of a row but the first. */
	instead?: (row: Row) => Span | undefined;
	/** The rows missing from the list, such as `older ones`, if it is incomplete. */
	unlisted?: string | undefined;
	/** True to omit the heading. */
	bare?: boolean;
}

export function useList<Row>(frame: Frame, options: ListOptions<Row>): string[] {
	const { theme, width } = frame;
	const {
		list,
		title,
		rows,
		columns,
		selected,
		height,
		empty,
		instead,
		unlisted,
		bare = false,
	} = options;
	const room = Math.max(0, height - (bare ? 1 : 2));
	const top = useWindow(list, rows.length, room, selected);
	const placed = placeColumns(columns, width);
	const shown = rows.slice(top, top + room).map((row, index) =>
		rowLine(theme, width, placed, row, {
			selected: top + index === selected,
			instead: instead?.(row),
		}),
	);
	if (shown.length === 0 && room > 0) {
		shown.push(line(theme, width, [span(' '.repeat(margin)), empty]));
	}
	const rest = unlisted === undefined ? '' : `; ${unlisted} are not listed`;
	const place = `${count(selected + 1)} of ${count(rows.length)}${rest}`;
	const position = rows.length === 0 ? [] : [span(place, 'quiet')];
	const blank = Array.from({ length: Math.max(0, room - shown.length) }, () => '');
	return [
		rule(theme, width, title, position),
		...(bare ? [] : [headingLine(theme, width, placed)]),
		...shown,
		...blank,
	];
}
