/** The columns of the pairs view. */

import type { Direction, Side } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { took } from '../../text/duration.ts';
import { count } from '../../text/words.ts';
import type { ListColumn } from '../drawing/columns.ts';
import { ago, latency } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { type Span, span } from '../drawing/spans.ts';
import { nextRun, stateSpan } from './header.ts';
import { needsPerson } from './needs.ts';
import { oldestCell, oldestOf, pendingCell, pendingShown } from './pending.ts';

const pendingWidth = 9;
/** From this width on, the server versions are shown. */
const roomForServers = 124;
/** From this width on, the last batches are shown. */
const roomForBatches = 176;

function latencyCell(frame: Frame, pair: LivePair, side: Side): Span {
	const { bad, unknown } = frame.theme.glyphs;
	const { reachable, latency_ms } = pair[side];
	if (reachable === null) return span(unknown, 'warning');
	return reachable ? span(latency(latency_ms)) : span(`${bad} down`, 'bad');
}

function serverCell(frame: Frame, pair: LivePair, side: Side): Span {
	const { unknown } = frame.theme.glyphs;
	return span(pair[side].server ?? unknown, 'quiet');
}

function batchCell(frame: Frame, pair: LivePair, direction: Direction): Span {
	const last = pair.directions[direction].last_batch;
	if (last === null) return span(frame.theme.glyphs.none, 'quiet');
	const when = ago(Date.parse(last.at), frame.now);
	return span(`${count(last.applied)} in ${took(last.milliseconds)}, ${when}`);
}

/** One column per side, or two if there is room for the server version. */
function endColumns(frame: Frame, side: Side): ListColumn<LivePair>[] {
	const title = side.toUpperCase();
	const roomy = frame.width >= roomForServers;
	const server: ListColumn<LivePair> = {
		title,
		least: 18,
		most: 18,
		rank: 2,
		cell: (pair) => serverCell(frame, pair, side),
	};
	const delay: ListColumn<LivePair> = {
		title: roomy ? '' : title,
		least: 7,
		most: 7,
		rank: 2,
		align: 'right',
		cell: (pair) => latencyCell(frame, pair, side),
	};
	return roomy ? [server, delay] : [delay];
}

function directionColumn(frame: Frame, direction: Direction, arrow: string): ListColumn<LivePair> {
	const { theme, now, refresh } = frame;
	return {
		title: `PENDING ${arrow}`,
		least: pendingWidth,
		most: pendingWidth,
		rank: 0,
		align: 'right',
		cell: (pair) => pendingCell(theme, pendingShown(pair, direction, now, refresh), pendingWidth),
	};
}

function batchColumn(frame: Frame, direction: Direction, arrow: string): ListColumn<LivePair> {
	return {
		title: `LAST ${arrow}`,
		least: 24,
		most: 24,
		rank: 3,
		cell: (pair) => batchCell(frame, pair, direction),
	};
}

export function pairColumns(frame: Frame): ListColumn<LivePair>[] {
	const { theme, width, now, refresh } = frame;
	const { toCloud, toLocal } = theme.glyphs;
	return [
		{
			title: 'PAIR',
			least: 10,
			most: 28,
			rank: 0,
			cell: (pair) =>
				needsPerson(pair)
					? span(`${theme.glyphs.warning} ${pair.name}`, 'warning')
					: span(pair.name, 'strong'),
		},
		{ title: 'STATE', least: 9, most: 9, rank: 0, cell: (pair) => stateSpan(theme, pair) },
		...endColumns(frame, 'local'),
		...endColumns(frame, 'cloud'),
		directionColumn(frame, 'local_to_cloud', toCloud),
		directionColumn(frame, 'cloud_to_local', toLocal),
		{
			title: 'OLDEST',
			least: 8,
			most: 8,
			rank: 1,
			align: 'right',
			cell: (pair) => oldestCell(theme, oldestOf(pair, now, refresh)),
		},
		...(width >= roomForBatches
			? [
					batchColumn(frame, 'local_to_cloud', toCloud),
					batchColumn(frame, 'cloud_to_local', toLocal),
				]
			: []),
		{
			title: 'NEXT',
			least: 7,
			most: 7,
			rank: 0,
			align: 'right',
			cell: (pair) => span(nextRun(theme, pair, now), 'quiet'),
		},
	];
}
