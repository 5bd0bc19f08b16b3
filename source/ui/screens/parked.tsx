import type { ListedParked, LivePair } from '../../engine/api/snapshot.ts';
import { wrap } from '../../terminal/text.ts';
import { count } from '../../text/words.ts';
import { operationLooks } from '../components/operations.ts';
import { staleSpan } from '../components/pending.ts';
import type { ListColumn } from '../drawing/columns.ts';
import { agoIso, until } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, type Span, span } from '../drawing/spans.ts';
import { useList } from '../hooks/use-list.ts';
import { parkedCount } from '../keys/refusals.ts';
import { cursorIndex, listName, parkedRows } from '../lists/lists.ts';
import { hasNewerParked } from '../state/records.ts';

/** The next attempt at a parked change: `in 4m`, or `due` if the next run will try it. */
export function nextTry({ next_at }: ListedParked, now: number): string {
	const at = Date.parse(next_at);
	if (Number.isNaN(at)) return '?';
	return at <= now ? 'due' : until(at, now);
}

function parkedColumns(frame: Frame): ListColumn<ListedParked>[] {
	const { theme, now } = frame;
	const { toCloud, toLocal } = theme.glyphs;
	return [
		{
			title: '',
			least: 1,
			most: 1,
			rank: 0,
			cell: ({ direction }) => span(direction === 'local_to_cloud' ? toCloud : toLocal, 'accent'),
		},
		{
			title: 'OP',
			least: 6,
			most: 6,
			rank: 2,
			cell: ({ operation }) => span(operation, operationLooks[operation] ?? 'plain'),
		},
		{ title: 'TABLE', least: 10, most: 30, rank: 0, cell: ({ table }) => span(table, 'strong') },
		{ title: 'KEY', least: 10, most: 40, rank: 0, cut: 'middle', cell: ({ key }) => span(key) },
		{
			title: 'ERROR',
			least: 18,
			most: 90,
			rank: 0,
			cell: ({ message }) => span(message.split('\n')[0] ?? '', 'bad'),
		},
		{
			title: 'TRIES',
			least: 5,
			most: 5,
			rank: 1,
			align: 'right',
			cell: ({ attempts }) => span(count(attempts)),
		},
		{
			title: 'NEXT',
			least: 6,
			most: 7,
			rank: 0,
			align: 'right',
			cell: (each) => span(nextTry(each, now)),
		},
	];
}

/** Most lines for the error of the selected change. */
const mostError = 5;
/** Rows of the list, with title and heading, that are always shown. */
const leastRows = 6;

function parkedDetails({ theme, width, now }: Frame, parked: ListedParked): string[] {
	const { ellipsis } = theme.glyphs;
	const words = wrap(parked.message.replaceAll('\n', ' '), width - 6, mostError, { ellipsis });
	const since = `${parked.id}, error ${parked.code}, first refused ${agoIso(parked.first_at, now)}, last ${agoIso(parked.last_at, now)}`;
	return [
		rule(theme, width, [span(`${parked.table} `, 'strong'), span(parked.key)]),
		...words.map((text) => line(theme, width, [span(`   ${text}`)])),
		line(theme, width, [span(`   ${since}`, 'quiet')]),
	];
}

function noParkedWords(pair: LivePair): Span {
	if (pair.parked_list === null) return span('not read yet', 'warning');
	return pair.parked_list.length === 0
		? span('no parked changes', 'quiet')
		: span('no parked change matches', 'quiet');
}

interface ParkedProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

/** Changes that the target refused, with the error and the next attempt. */
export function ParkedScreen({ frame, pair, height }: ParkedProps) {
	const { width, state, now, refresh } = frame;
	const list = listName(pair.name, 'parked');
	const rows = parkedRows(state, pair);
	const selected = cursorIndex(
		state,
		list,
		rows.map(({ id }) => id),
	);
	const current = rows[selected];
	const said = current ? parkedDetails(frame, current) : [];
	const below = said.length <= height - leastRows ? said : [];
	const parked = parkedCount(pair);
	const lines = useList(frame, {
		list,
		title: [
			span('parked changes'),
			span(`  ${count(parked)}`, parked === 0 ? 'quiet' : 'bad'),
			staleSpan(pair, now, refresh),
		],
		rows,
		columns: parkedColumns(frame),
		selected,
		height: height - below.length,
		unlisted: hasNewerParked(pair) ? 'newer ones' : undefined,
		empty: noParkedWords(pair),
	});
	return <Lines width={width} height={height} lines={[...lines, ...below]} />;
}
