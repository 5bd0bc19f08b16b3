import type { Side } from '../../config/types.ts';
import type { LivePair, TableSnapshot } from '../../engine/snapshot.ts';
import { type Column, headingLine, placeColumns, rowLine } from '../components/columns.ts';
import { Lines } from '../components/lines.tsx';
import { line, type Span, span } from '../components/spans.ts';
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
		{ title: 'TABLE', least: 12, most: 40, rank: 0, cell: ({ name }) => span(name, 'strong') },
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

interface TablesProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

/** The tables of a pair: their triggers on each side and what is pending in each. */
export function TablesScreen({ frame, pair, height }: TablesProps) {
	const { theme, width, state } = frame;
	const list = tablesList(pair.name);
	const names = pair.tables.map(({ name }) => name);
	const selected = cursorIndex(state, list, names);
	const rows = Math.max(0, height - 1);
	const top = useWindow(list, names.length, rows, selected);
	const columns = placeColumns(tableColumns(frame, pair), width);
	const shown = pair.tables.slice(top, top + rows).map((table, index) =>
		rowLine(theme, width, columns, table, {
			selected: top + index === selected,
			instead: skipped(frame, table),
		}),
	);
	const none = line(theme, width, [span('     no tables are known yet', 'warning')]);
	return (
		<Lines
			width={width}
			height={height}
			lines={[headingLine(theme, width, columns), ...(shown.length > 0 ? shown : [none])]}
		/>
	);
}
