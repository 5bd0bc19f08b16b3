import type { LivePair } from '../../engine/api/snapshot.ts';
import { stateSpan, withBadges } from '../components/header.ts';
import { lackingTriggers, triggersText } from '../components/needs.ts';
import { noticeLines } from '../components/notices.ts';
import { pairColumns } from '../components/pairs-table.ts';
import { summaryLines } from '../components/summary.ts';
import { headingLine, placeColumns, rowLine } from '../drawing/columns.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, type Span, span } from '../drawing/spans.ts';
import { useWindow } from '../hooks/use-window.ts';
import { cursorIndex, pairRows, pairsList } from '../lists/lists.ts';

/** Rows reserved for the list before the details of the selected pair get any. */
const leastRows = 3;
/** With fewer rows than this, the recent notices are omitted with their title. */
const leastNotices = 2;

/** From this width on, the number of tables without current triggers is shown. */
const roomForTriggers = 76;

function triggersBadge({ width }: Frame, pair: LivePair): Span {
	const lacking = width < roomForTriggers ? 0 : lackingTriggers(pair);
	return span(lacking > 0 ? triggersText(pair) : '', 'bad');
}

/** All pairs, the details of the selected one, and recent notices. */
export function PairsScreen({ frame, height }: { frame: Frame; height: number }) {
	const { theme, width, state } = frame;
	const pairs = pairRows(state);
	const names = pairs.map(({ name }) => name);
	const selected = cursorIndex(state, pairsList, names);
	const pair = pairs[selected];

	const details = pair
		? [
				'',
				rule(
					theme,
					width,
					[span(pair.name, 'strong'), span('  '), stateSpan(theme, pair)],
					withBadges(
						pair,
						triggersBadge(frame, pair),
						span(pairs.length > 1 ? `${selected + 1} of ${pairs.length}` : '', 'quiet'),
					),
				),
				...summaryLines(frame, pair),
			]
		: [];
	const afterHeading = height - 1;
	const withDetails = afterHeading - details.length >= Math.min(pairs.length, leastRows);
	const room = afterHeading - (withDetails ? details.length : 0);
	const rows = Math.min(pairs.length, room);
	const left = room - rows - 2;

	const top = useWindow(pairsList, pairs.length, rows, selected);
	const placed = placeColumns(pairColumns(frame), width);
	const shown = pairs.slice(top, top + rows).map((each, index) =>
		rowLine(theme, width, placed, each, {
			selected: top + index === selected,
		}),
	);
	const notices = left >= leastNotices ? noticeLines(frame, state.notices, left, true) : [];
	return (
		<Lines
			width={width}
			height={height}
			lines={[
				headingLine(theme, width, placed),
				...(shown.length > 0 ? shown : [line(theme, width, [span('   no pair matches', 'quiet')])]),
				...(withDetails ? details : []),
				...(notices.length > 0 ? ['', rule(theme, width, [span('recent')]), ...notices] : []),
			]}
		/>
	);
}
