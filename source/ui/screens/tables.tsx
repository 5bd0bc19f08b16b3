import type { Side } from '../../config/types.ts';
import type { LivePair, TableSnapshot } from '../../engine/snapshot.ts';
import { wrap } from '../../terminal/text.ts';
import { type Column, headingLine, placeColumns, rowLine } from '../components/columns.ts';
import { Lines } from '../components/lines.tsx';
import { line, rule, type Span, span } from '../components/spans.ts';
import type { Frame } from '../frame.ts';
import { useWindow } from '../hooks/use-window.ts';
import { pendingCell, pendingOf } from '../pending.ts';
import { cursorIndex, tablesList } from '../state.ts';
import { triggerMarks } from '../theme.ts';

const pendingWidth = 8;

function triggerColumn(frame: Frame, side: Side): Column<TableSnapshot> {
	return {
		title: side.toUpperCase(),
		least: 11,
		most: 11,
		rank: 0,
		cell: ({ triggers }) => {
			const { sign, look } = triggerMarks[triggers[side]];
			return span(`${frame.theme.glyphs[sign]} ${triggers[side]}`, look);
		},
	};
}

function tableColumns(frame: Frame, pair: LivePair): Column<TableSnapshot>[] {
	const { theme, now, refresh } = frame;
	const pending = (direction: 'local_to_cloud' | 'cloud_to_local', title: string) => ({
		title,
		least: pendingWidth,
		most: pendingWidth,
		rank: 0,
		align: 'right' as const,
		cell: (table: TableSnapshot) =>
			pendingCell(
				theme,
				{ ...pendingOf(pair, direction, now, refresh), count: table.pending[direction] },
				pendingWidth,
			),
	});
	return [
		{
			title: 'TABLE',
			least: 12,
			most: 40,
			rank: 0,
			cell: ({ name }) => {
				const noted = pair.notes[name] !== undefined;
				return span(noted ? `${theme.glyphs.warning} ${name}` : name, noted ? 'warning' : 'strong');
			},
		},
		{
			title: 'KEY',
			least: 10,
			most: 40,
			rank: 1,
			cut: 'middle',
			cell: ({ primary_key }) => span(primary_key.join(', '), 'quiet'),
		},
		triggerColumn(frame, 'local'),
		triggerColumn(frame, 'cloud'),
		pending('local_to_cloud', theme.glyphs.toCloud),
		pending('cloud_to_local', theme.glyphs.toLocal),
	];
}

function skipped(frame: Frame, { skipped_reason }: TableSnapshot): Span | undefined {
	if (skipped_reason === null) return undefined;
	return span(`${frame.theme.glyphs.skipped} skipped: ${skipped_reason}`, 'quiet');
}

/** Lines that the words about the selected table take at most. */
const detailLines = 5;

/** All that is to be said of the selected table, which its row has no room for. */
function details({ theme, width }: Frame, pair: LivePair, table: TableSnapshot): string[] {
	const notes = pair.notes[table.name] ?? [];
	const texts = table.skipped_reason === null ? notes : [`skipped: ${table.skipped_reason}`];
	if (texts.length === 0) return [];
	const { ellipsis } = theme.glyphs;
	const words = texts.flatMap((text) => wrap(text, width - 6, detailLines, { ellipsis }));
	return [
		rule(theme, width, [span(table.name, 'strong')]),
		...words.slice(0, detailLines).map((text) => line(theme, width, [span(`   ${text}`)])),
	];
}

/** Rows of the list, with its heading, that are shown in any case. */
const leastRows = 4;

interface TablesProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

/** The tables of a pair: their triggers on each side and what is pending in each. */
export function TablesScreen({ frame, pair, height }: TablesProps) {
	const { theme, width, state } = frame;
	const id = tablesList(pair.name);
	const names = pair.tables.map(({ name }) => name);
	const selected = cursorIndex(state, id, names);
	const current = pair.tables[selected];
	const said = current ? details(frame, pair, current) : [];
	// The list comes first where there is little room.
	const below = said.length <= height - leastRows ? said : [];
	const rows = Math.max(0, height - 1 - below.length);
	const top = useWindow(id, names.length, rows, selected);
	const columns = placeColumns(tableColumns(frame, pair), width);
	const shown = pair.tables.slice(top, top + rows).map((table, index) =>
		rowLine(theme, width, columns, table, {
			selected: top + index === selected,
			instead: skipped(frame, table),
		}),
	);
	const none = line(theme, width, [span('     no tables are known yet', 'warning')]);
	const list = [headingLine(theme, width, columns), ...(shown.length > 0 ? shown : [none])];
	const blank = Array.from({ length: Math.max(0, rows + 1 - list.length) }, () => '');
	return <Lines width={width} height={height} lines={[...list, ...blank, ...below]} />;
}
