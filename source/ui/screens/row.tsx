import type { RowEvent } from '../../engine/api/row-comparison.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { wrap } from '../../terminal/text.ts';
import { plural } from '../../text/words.ts';
import { comparisonLines, comparisonWords } from '../components/comparison.ts';
import { levelLooks } from '../components/notices.ts';
import { ago, agoIso, timeOfDay } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, type Span, span } from '../drawing/spans.ts';
import { useWindow } from '../hooks/use-window.ts';
import { rowList } from '../lists/lists.ts';
import { isGone } from '../lists/pages.ts';
import { keyContext } from '../lists/selection.ts';
import { type Inspected, type Reading, rowName } from '../state/inspected.ts';
import { noticeText } from '../state/messages.ts';
import { keptSpan } from './conflicts.tsx';
import { nextTry } from './parked.tsx';

/** Most lines for a message of the engine or a server. */
const mostWords = 60;

function wordLines(frame: Frame, text: string): string[] {
	const { theme, width } = frame;
	const { ellipsis } = theme.glyphs;
	return text
		.split('\n')
		.flatMap((each) => wrap(each.trim(), width - 6, mostWords, { ellipsis }))
		.map((each) => line(theme, width, [span(`   ${each}`)]));
}

function fact(frame: Frame, spans: readonly Span[]): string {
	return line(frame.theme, frame.width, [span('   '), ...spans]);
}

/** What is known about the item besides its row. */
function facts(frame: Frame, pair: LivePair, inspected: Inspected): string[] {
	const { state, now } = frame;
	switch (inspected.kind) {
		case 'change': {
			const { operation, source_node, changed_at, id } = inspected.change;
			const way = inspected.direction.replaceAll('_', ' ');
			const gone = isGone(pair, inspected.direction, id);
			return [
				fact(frame, [
					span(`${operation} on ${source_node} ${agoIso(changed_at, now)}`),
					span(`, ${gone ? 'no longer ' : ''}pending ${way} as change ${id}`, 'quiet'),
				]),
			];
		}
		case 'conflict': {
			const conflict = keyContext(state).conflict ?? inspected.conflict;
			const keys = conflict.kept === null ? '   L keeps local, C cloud' : '';
			return [
				fact(frame, [
					span(`conflict ${conflict.id}, detected ${agoIso(conflict.detected_at, now)}   `),
					keptSpan(frame, conflict),
					span(keys, 'quiet'),
				]),
			];
		}
		case 'parked': {
			const parked = keyContext(state).parked ?? inspected.parked;
			const { id, operation, direction, attempts, code, message } = parked;
			return [
				fact(frame, [
					span(`${operation} ${direction.replaceAll('_', ' ')}, parked as ${id}`),
					span(
						`, ${plural(attempts, 'attempt')}, next ${nextTry(parked, now)}   r retries`,
						'quiet',
					),
				]),
				fact(frame, [span(`error ${code}:`, 'bad')]),
				...wordLines(frame, message),
			];
		}
		case 'row':
			return [fact(frame, [span('opened by its key', 'quiet')])];
		case 'notice': {
			const { notice } = inspected;
			const { look } = levelLooks[notice.level];
			return [
				fact(frame, [span(`${timeOfDay(notice.at)}  `, 'quiet'), span(notice.level, look)]),
				...wordLines(frame, noticeText(notice)),
			];
		}
	}
}

function historyLines(frame: Frame, events: readonly RowEvent[]): string[] {
	const { theme, width, now } = frame;
	const { ellipsis } = theme.glyphs;
	return [
		'',
		rule(theme, width, [span('history')]),
		...(events.length === 0 ? [fact(frame, [span('nothing', 'quiet')])] : []),
		...events.flatMap(({ at, side, text }) => {
			const head = `${(at === null ? '?' : agoIso(at, now)).padStart(9)}  `;
			const place = `${side}  `;
			const indent = head.length + place.length;
			return wrap(text, width - indent - 6, mostWords, { ellipsis }).map((each, index) =>
				fact(
					frame,
					index === 0
						? [span(head, 'quiet'), span(place), span(each)]
						: [span(' '.repeat(indent)), span(each)],
				),
			);
		}),
	];
}

/** The row as read, or the reason why it could not be read. */
function rowLines(frame: Frame, pair: LivePair, reading: Reading): string[] {
	const { theme, width, now } = frame;
	if (reading.step === 'reading') {
		return ['', fact(frame, [span(`reading both sides${theme.glyphs.ellipsis}`, 'quiet')])];
	}
	if (reading.step === 'failed') {
		return [
			'',
			fact(frame, [span('the row could not be read:', 'bad')]),
			...wordLines(frame, reading.words),
		];
	}
	const { row } = reading;
	const versions = row.conflict
		? [
				'',
				rule(theme, width, [span('at conflict time  '), comparisonWords(row.conflict)]),
				...comparisonLines(frame, pair, row.conflict),
			]
		: [];
	const read = [span(`read ${ago(row.at, now)}`, 'quiet')];
	return [
		...versions,
		'',
		rule(theme, width, [span('current values  '), comparisonWords(row.now)], read),
		...comparisonLines(frame, pair, row.now),
		...historyLines(frame, row.history),
	];
}

interface RowProps {
	frame: Frame;
	pair: LivePair;
	inspected: Inspected;
	height: number;
}

/** The details of a change, a conflict, a parked change or a log line, scrolled by lines. */
export function RowScreen({ frame, pair, inspected, height }: RowProps) {
	const { theme, width, state } = frame;
	const name = rowName(inspected);
	const title = name ? [span(`${name.table} `, 'strong'), span(name.key)] : [span('from the log')];
	const lines = [
		...facts(frame, pair, inspected),
		...(inspected.kind === 'notice' ? [] : rowLines(frame, pair, inspected.reading)),
	];
	const room = Math.max(0, height - 1);
	useWindow(rowList, lines.length, room, 0);
	const top = Math.min(state.tops[rowList] ?? 0, Math.max(0, lines.length - room));
	const shown = lines.slice(top, top + room);
	const { from } = theme.glyphs;
	const position =
		lines.length > room
			? [span(`${top + 1}${from}${top + shown.length} of ${lines.length}`, 'quiet')]
			: [];
	return (
		<Lines width={width} height={height} lines={[rule(theme, width, title, position), ...shown]} />
	);
}
