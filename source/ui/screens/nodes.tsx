import { sides } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { staleSpan } from '../components/pending.ts';
import type { ListColumn } from '../drawing/columns.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { type Span, span } from '../drawing/spans.ts';
import { useList } from '../hooks/use-list.ts';
import { cursorIndex, listName, nodeRows } from '../lists/lists.ts';
import { type ListedNode, nodesOf, silentFor, waitingText } from '../state/nodes.ts';

function nodeColumns(frame: Frame): ListColumn<ListedNode>[] {
	return [
		{ title: 'NODE', least: 12, most: 40, rank: 0, cell: ({ node_id }) => span(node_id, 'strong') },
		{
			title: 'SEEN',
			least: 9,
			most: 9,
			rank: 0,
			align: 'right',
			cell: (node) => {
				const silent = silentFor(node, frame.now);
				return silent === null ? span('never', 'warning') : span(`${silent} ago`);
			},
		},
		{
			title: 'RETAINED',
			least: 9,
			most: 9,
			rank: 0,
			align: 'right',
			cell: (node) => {
				const text = waitingText(node);
				return span(text, text === '?' ? 'warning' : text === '0' ? 'quiet' : 'plain');
			},
		},
		{ title: 'LOG OF', least: 12, most: 12, rank: 0, cell: (node) => span(node.sides.join(', ')) },
		{
			title: '',
			least: 9,
			most: 30,
			rank: 1,
			cell: ({ own }) => span(own === null ? '' : 'this pair', 'quiet'),
		},
	];
}

interface NodesProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

function noNodesWords(pair: LivePair): Span {
	if (sides.every((side) => pair.logs[side] === null)) return span('not read yet', 'warning');
	return nodesOf(pair).length === 0
		? span('the logs are not retained for any node yet', 'quiet')
		: span('no node matches', 'quiet');
}

/** Names the sides whose log could not be read, so that nodes may be missing from the list. */
function unreadSpan(pair: LivePair): Span {
	const unread = sides.filter((side) => pair.logs[side] === null);
	return span(unread.length === 0 ? '' : `  log of ${unread.join(' and ')} not read`, 'warning');
}

/** The nodes that the logs are retained for: when each was last seen, and the changes retained for it. */
export function NodesScreen({ frame, pair, height }: NodesProps) {
	const { width, state, now, refresh } = frame;
	const list = listName(pair.name, 'nodes');
	const rows = nodeRows(state, pair);
	const keys = rows.map(({ node_id }) => node_id);
	const lines = useList(frame, {
		list,
		title: [
			span('nodes that the logs are retained for'),
			unreadSpan(pair),
			staleSpan(pair, now, refresh),
		],
		rows,
		columns: nodeColumns(frame),
		selected: cursorIndex(state, list, keys),
		height,
		empty: noNodesWords(pair),
	});
	return <Lines width={width} height={height} lines={lines} />;
}
