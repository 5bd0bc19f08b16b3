import { type Direction, type Side, sides } from '../../config/types.ts';
import { textOf } from '../../engine/api/messages.ts';
import type { LivePair, TableSnapshot } from '../../engine/api/snapshot.ts';
import { wrapAll } from '../../terminal/text.ts';
import { byName } from '../../text/by-name.ts';
import { pendingCell, pendingShown, staleSpan } from '../components/pending.ts';
import { triggersCell, triggersInWords } from '../components/trigger-states.ts';
import type { ListColumn } from '../drawing/columns.ts';
import { agoIso } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, type Span, span } from '../drawing/spans.ts';
import { useList } from '../hooks/use-list.ts';
import { cursorIndex, listName, tableRows } from '../lists/lists.ts';

const pendingWidth = 8;

function triggerColumn(frame: Frame, pair: LivePair, side: Side): ListColumn<TableSnapshot> {
	return {
		title: side.toUpperCase(),
		least: 11,
		most: 14,
		rank: 0,
		cell: (table) =>
			triggersCell(frame.theme, table, byName(pair.event_triggers, table.name)?.[side], side),
	};
}

function pendingColumn(
	frame: Frame,
	pair: LivePair,
	direction: Direction,
	title: string,
): ListColumn<TableSnapshot> {
	const { theme, now, refresh } = frame;
	return {
		title,
		least: pendingWidth,
		most: pendingWidth,
		rank: 0,
		align: 'right',
		cell: (table) => {
			const whole = pendingShown(pair, direction, now, refresh);
			return pendingCell(theme, { ...whole, count: table.pending[direction] }, pendingWidth);
		},
	};
}

function tableColumns(frame: Frame, pair: LivePair): ListColumn<TableSnapshot>[] {
	const { theme, now } = frame;
	return [
		{
			title: 'TABLE',
			least: 12,
			most: 40,
			rank: 0,
			cell: ({ name }) => {
				const noted = byName(pair.notes, name) !== undefined;
				return span(noted ? `${theme.glyphs.warning} ${name}` : name, noted ? 'warning' : 'strong');
			},
		},
		{
			title: 'KEY',
			least: 9,
			most: 40,
			rank: 2,
			cut: 'middle',
			cell: ({ primary_key }) => span(primary_key.join(', '), 'quiet'),
		},
		triggerColumn(frame, pair, 'local'),
		triggerColumn(frame, pair, 'cloud'),
		pendingColumn(frame, pair, 'local_to_cloud', theme.glyphs.toCloud),
		pendingColumn(frame, pair, 'cloud_to_local', theme.glyphs.toLocal),
		{
			title: 'CHANGED',
			least: 7,
			most: 9,
			rank: 1,
			align: 'right',
			cell: ({ name }) => {
				const last = byName(pair.last_changes, name);
				return last ? span(agoIso(last.changed_at, now)) : span(theme.glyphs.none, 'quiet');
			},
		},
	];
}

function skipped(frame: Frame, { skipped_reason }: TableSnapshot): Span | undefined {
	if (skipped_reason === null) return undefined;
	return span(`${frame.theme.glyphs.skipped} skipped: ${skipped_reason}`, 'quiet');
}

function lastChange(frame: Frame, pair: LivePair, { name }: TableSnapshot): Span {
	const last = byName(pair.last_changes, name);
	if (!last) return span('none in the last 2,000 changes of either log', 'quiet');
	const { operation, side, source_node, changed_at } = last;
	const from = source_node === pair[side].node_id ? '' : `, made by ${source_node}`;
	return span(`${operation} on ${side} ${agoIso(changed_at, frame.now)}${from}`);
}

/** Most lines of text about the selected table. */
const mostWords = 5;

/** The tableDetails of the selected table that its row has no room for. */
function tableDetails(
	frame: Frame,
	pair: LivePair,
	table: TableSnapshot,
	height: number,
): string[] {
	const { theme, width } = frame;
	const { ellipsis } = theme.glyphs;
	const notes = (byName(pair.notes, table.name) ?? []).map(textOf);
	const texts = table.skipped_reason === null ? notes : [`skipped: ${table.skipped_reason}`];
	const most = Math.min(mostWords, height - 1);
	const words = wrapAll(texts, width - 6, most, { ellipsis }).map((text) =>
		line(theme, width, [span(`   ${text}`)]),
	);
	const labelled = (label: string, spans: Span[]) =>
		line(theme, width, [span(`   ${label.padEnd(13)}`, 'quiet'), ...spans]);
	const facts =
		table.skipped_reason === null
			? [
					...sides.map((side) =>
						labelled(
							`on ${side}`,
							triggersInWords(theme, byName(pair.event_triggers, table.name)?.[side]),
						),
					),
					labelled('last change', [lastChange(frame, pair, table)]),
					labelled('key', [span(table.primary_key.join(', '))]),
				]
			: [];
	return [rule(theme, width, [span(table.name, 'strong')]), ...words, ...facts].slice(0, height);
}

/** Rows of the list, with title and heading, that are always shown. */
const leastRows = 6;

interface TablesProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

/** The tables of a pair: triggers on each side and pending changes. */
export function TablesScreen({ frame, pair, height }: TablesProps) {
	const { width, state, now, refresh } = frame;
	const list = listName(pair.name, 'tables');
	const rows = tableRows(state, pair);
	const selected = cursorIndex(
		state,
		list,
		rows.map(({ name }) => name),
	);
	const current = rows[selected];
	// In little space the list comes first, then the text about the table, then its facts.
	const below = current ? tableDetails(frame, pair, current, Math.max(0, height - leastRows)) : [];
	const lines = useList(frame, {
		list,
		title: [span('tables'), staleSpan(pair, now, refresh)],
		rows,
		columns: tableColumns(frame, pair),
		selected,
		height: height - below.length,
		empty:
			pair.tables.length === 0
				? span('not read yet', 'warning')
				: span('no table matches', 'quiet'),
		instead: (table) => skipped(frame, table),
	});
	return <Lines width={width} height={height} lines={[...lines, ...below]} />;
}
