/** Compares a row side by side, column by column. A symbol marks the columns that differ. */

import { type Side, sides } from '../../config/types.ts';
import type { ComparedColumn, RowComparison, ShownValue } from '../../engine/api/row-comparison.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { fitTo, textWidth, wrapSigns } from '../../terminal/text.ts';
import { count, plural } from '../../text/words.ts';
import type { Frame } from '../drawing/frame.ts';
import { line, type Span, span } from '../drawing/spans.ts';
import type { TextLook } from '../drawing/theme.ts';

/** Most lines for one value. */
const mostLines = 6;
/** Widths of the difference mark and of the gaps, in cells. */
const markWidth = 3;
const gap = 2;

/** Wraps a value to `width` cells. NULL and the empty string look different, without colour too. */
function valueLines(
	value: ShownValue | null,
	width: number,
	ellipsis: string,
	missing: string,
): { lines: string[]; look: TextLook } {
	if (value === null) return { lines: [missing], look: 'quiet' };
	if (value.text === null) return { lines: ['NULL'], look: 'accent' };
	if (value.text === '') return { lines: ["''"], look: 'plain' };
	const lines = wrapSigns(value.text, width, mostLines, { ellipsis });
	if (value.cut > 0) lines.push(`${ellipsis} ${plural(value.cut, 'more character')}`);
	return { lines, look: 'plain' };
}

function columnLines(
	frame: Frame,
	column: ComparedColumn,
	there: RowComparison['there'],
	widths: { name: number; value: number },
): string[] {
	const { theme, width } = frame;
	const { differs, ellipsis, none } = theme.glyphs;
	const { name, in_key, same } = column;
	const oneGone = sides.some((side) => there[side] === false) && there.local !== there.cloud;
	const marked = same === false;
	const missing = (side: Side) => (there[side] === false || there[side] === null ? '' : none);
	const [local, cloud] = sides.map((side) =>
		valueLines(column[side], widths.value, ellipsis, missing(side)),
	);
	const rows = Math.max(local?.lines.length ?? 0, cloud?.lines.length ?? 0);
	const nameLook: TextLook = in_key ? 'strong' : marked ? 'warning' : 'plain';
	return Array.from({ length: rows }, (_, row) => {
		const value = (side: typeof local): Span =>
			span(
				fitTo(side?.lines[row] ?? '', widths.value, { ellipsis }),
				marked && side?.look === 'plain' ? 'warning' : (side?.look ?? 'plain'),
			);
		return line(theme, width, [
			span(row === 0 && marked ? ` ${differs} ` : '   ', 'warning'),
			span(
				fitTo(row === 0 ? name : '', widths.name, { ellipsis, cut: 'middle' }),
				oneGone ? 'plain' : nameLook,
			),
			span(' '.repeat(gap)),
			value(local),
			span(' '.repeat(gap)),
			value(cloud),
		]);
	});
}

function headWords(pair: LivePair, side: Side, there: boolean | null): string {
	if (there === true) return side.toUpperCase();
	if (there === false) return `${side.toUpperCase()}  no such row`;
	const down = pair[side].reachable === false;
	return `${side.toUpperCase()}  ${down ? 'cannot be reached' : 'no such table'}`;
}

/** The whole comparison, whatever its length. */
export function comparisonLines(frame: Frame, pair: LivePair, compared: RowComparison): string[] {
	const { theme, width } = frame;
	const { columns, there } = compared;
	const longest = Math.max(6, ...columns.map(({ name }) => textWidth(name)));
	const name = Math.min(longest, Math.floor(width / 4));
	const value = Math.floor((width - markWidth - name - 2 * gap - 1) / 2);
	const head = line(theme, width, [
		span('   '),
		span(fitTo('COLUMN', name), 'quiet'),
		...sides.flatMap((side) => [
			span(' '.repeat(gap)),
			span(
				fitTo(headWords(pair, side, there[side]), value, { ellipsis: theme.glyphs.ellipsis }),
				there[side] === true ? 'quiet' : 'warning',
			),
		]),
	]);
	return [head, ...columns.flatMap((column) => columnLines(frame, column, there, { name, value }))];
}

/** The result of the comparison in words. */
export function comparisonWords(compared: RowComparison): Span {
	const { there, columns } = compared;
	if (there.local === false && there.cloud === false) return span('deleted on both sides');
	if (there.local === null || there.cloud === null)
		return span('only one side could be read', 'warning');
	if (!there.local || !there.cloud) {
		return span(`the row exists only on ${there.local ? 'local' : 'cloud'}`, 'warning');
	}
	const differing = columns.filter(({ same }) => same === false).length;
	if (differing > 0) {
		return span(`${count(differing)} of ${plural(columns.length, 'column')} differ`, 'warning');
	}
	return span('both sides are equal', 'good');
}
