import { Box } from 'ink';
import { directions } from '../../config/types.ts';
import type { LivePair, MovedBatch } from '../../engine/api/snapshot.ts';
import { took } from '../../text/duration.ts';
import { count } from '../../text/words.ts';
import { noticeLines } from '../components/notices.ts';
import { oldestLines, overviewLines } from '../components/overview.ts';
import { headingLine, type ListColumn, placeColumns, rowLine } from '../drawing/columns.ts';
import { timeOfDay } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { rule, span } from '../drawing/spans.ts';
import { noticesOf } from '../lists/lists.ts';

/** From this width on, the batches and the log are beside the rest. */
const twoColumns = 150;
const leftWidth = 92;
/** Cells between the columns. */
const between = 3;
/** Fewest rows for the oldest pending changes, and the rows reserved for them on a large screen. */
const leastOldest = 3;
const keptForOldest = 4;
const roomForOldest = 20;
/** Lines of the screen around the overview: header, tabs, message, footer. */
const linesAround = 4;

interface OverviewProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

type ShownBatch = MovedBatch & { arrow: string };

function batchColumns(): ListColumn<ShownBatch>[] {
	const number = (
		title: string,
		cell: (batch: ShownBatch) => string,
		bad = false,
	): ListColumn<ShownBatch> => ({
		title,
		least: 9,
		most: 9,
		rank: 0,
		align: 'right',
		cell: (batch) => {
			const text = cell(batch);
			return span(text, text === '0' ? 'quiet' : bad ? 'warning' : 'plain');
		},
	});
	return [
		{
			title: 'BATCH',
			least: 8,
			most: 8,
			rank: 0,
			cell: ({ at }) => span(timeOfDay(Date.parse(at)), 'quiet'),
		},
		{ title: '', least: 1, most: 1, rank: 0, cell: ({ arrow }) => span(arrow, 'accent') },
		number('MOVED', ({ applied }) => count(applied)),
		number('TOOK', ({ milliseconds }) => took(milliseconds)),
		number('CONFLICTS', ({ conflicts }) => count(conflicts), true),
		number('REFUSED', ({ refused }) => count(refused), true),
		{ title: '', least: 0, most: 200, rank: 1, cell: () => span('') },
	];
}

/** The last batches of both directions, newest first, with the latest notices below. */
function besideLines(frame: Frame, pair: LivePair, height: number): string[] {
	const { theme, width, state } = frame;
	const { toCloud, toLocal } = theme.glyphs;
	const batches = directions
		.flatMap((direction) =>
			pair.batches[direction].map((batch) => ({
				...batch,
				arrow: direction === 'local_to_cloud' ? toCloud : toLocal,
			})),
		)
		.sort((one, other) => (one.at < other.at ? 1 : -1))
		.slice(0, Math.floor(height / 2) - 2);
	const placed = placeColumns(batchColumns(), width);
	const list = batches.map((batch) => rowLine(theme, width, placed, batch, { selected: false }));
	const head = [headingLine(theme, width, placed), ...list, ''];
	const title = rule(theme, width, [span('log')], [span('6 shows more', 'quiet')]);
	const notices = noticeLines(frame, noticesOf(state, pair), height - head.length - 1, false);
	return [...head, title, ...notices];
}

/** One pair: its sides, both directions, and what needs attention. */
export function OverviewScreen({ frame, pair, height }: OverviewProps) {
	const wide = frame.width >= twoColumns;
	const left = wide ? { ...frame, width: leftWidth } : frame;
	const topIn = (rows: number) =>
		overviewLines(left, pair, rows - (rows >= roomForOldest ? keptForOldest : 0));
	// A message of several lines covers the end of the view instead of rearranging it.
	const usual = topIn(Math.max(height, frame.state.size.rows - linesAround));
	const top = usual.length <= height ? usual : topIn(height);
	const room = height - top.length;
	const below = room >= leastOldest ? oldestLines(left, pair, room) : [];
	const lines = [...top, ...below];
	if (!wide) return <Lines width={frame.width} height={height} lines={lines} />;
	const right = { ...frame, width: frame.width - leftWidth - between };
	return (
		<Box width={frame.width} height={height}>
			<Lines width={leftWidth} height={height} lines={lines} />
			<Box width={between} />
			<Lines width={right.width} height={height} lines={besideLines(right, pair, height)} />
		</Box>
	);
}
