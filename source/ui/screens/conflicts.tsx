import type { ListedConflict, LivePair } from '../../engine/api/snapshot.ts';
import { count } from '../../text/words.ts';
import { staleSpan } from '../components/pending.ts';
import type { ListColumn } from '../drawing/columns.ts';
import { agoIso } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { type Span, span } from '../drawing/spans.ts';
import { useList } from '../hooks/use-list.ts';
import { conflictRows, cursorIndex, listName } from '../lists/lists.ts';
import { hasOlderConflicts } from '../state/records.ts';

/** The winner: `! unresolved`, `✓ local`, or `▶ local` until a run has applied it. */
export function keptSpan({ theme }: Frame, { kept, open }: ListedConflict): Span {
	const { warning, ok, running } = theme.glyphs;
	if (kept === null) return span(`${warning} unresolved`, 'warning');
	return open ? span(`${running} ${kept}`, 'accent') : span(`${ok} ${kept}`, 'good');
}

function conflictColumns(frame: Frame): ListColumn<ListedConflict>[] {
	return [
		{ title: 'ID', least: 6, most: 8, rank: 1, cell: ({ id }) => span(id, 'quiet') },
		{ title: 'TABLE', least: 12, most: 40, rank: 0, cell: ({ table }) => span(table, 'strong') },
		{ title: 'KEY', least: 14, most: 80, rank: 0, cut: 'middle', cell: ({ key }) => span(key) },
		{
			title: 'DETECTED',
			least: 8,
			most: 9,
			rank: 0,
			align: 'right',
			cell: ({ detected_at }) => span(agoIso(detected_at, frame.now)),
		},
		{ title: 'WINNER', least: 12, most: 12, rank: 0, cell: (each) => keptSpan(frame, each) },
	];
}

interface ConflictsProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

function noConflictsWords(pair: LivePair): Span {
	if (pair.conflict_list === null) return span('not read yet', 'warning');
	return pair.conflict_list.length === 0
		? span('no conflicts', 'quiet')
		: span('no conflict matches', 'quiet');
}

/** Rows that changed on both sides, unresolved conflicts first. */
export function ConflictsScreen({ frame, pair, height }: ConflictsProps) {
	const { width, state, now, refresh } = frame;
	const list = listName(pair.name, 'conflicts');
	const rows = conflictRows(state, pair);
	const keys = rows.map(({ id }) => id);
	const lines = useList(frame, {
		list,
		title: [
			span('conflicts'),
			span(`  ${count(pair.conflicts)} unresolved`, pair.conflicts === 0 ? 'quiet' : 'warning'),
			staleSpan(pair, now, refresh),
		],
		rows,
		columns: conflictColumns(frame),
		selected: cursorIndex(state, list, keys),
		height,
		unlisted: hasOlderConflicts(pair) ? 'older ones' : undefined,
		empty: noConflictsWords(pair),
	});
	return <Lines width={width} height={height} lines={lines} />;
}
