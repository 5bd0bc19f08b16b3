import type { LivePair } from '../../engine/api/snapshot.ts';
import { count } from '../../text/words.ts';
import { noticeSpans } from '../components/notices.ts';
import { timeOfDay } from '../drawing/format.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, span } from '../drawing/spans.ts';
import { useWindow } from '../hooks/use-window.ts';
import { listName, logIndex, logRows, noticesOf } from '../lists/lists.ts';

interface LogProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

/** The engine's notices about the pair, newest last. It follows new ones until the user scrolls up. */
export function LogScreen({ frame, pair, height }: LogProps) {
	const { theme, width, state } = frame;
	const list = listName(pair.name, 'log');
	const rows = logRows(state, pair);
	const selected = logIndex(
		state,
		list,
		rows.map(({ id }) => String(id)),
	);
	const follows = state.cursors[list] === undefined;
	const room = Math.max(0, height - 1);
	const top = useWindow(list, rows.length, room, selected);
	const lines = rows.slice(top, top + room).map((notice, index) => {
		const here = top + index === selected;
		const mark = here ? theme.glyphs.cursor : ' ';
		const spans = [
			span(` ${mark} `, 'quiet'),
			span(`${timeOfDay(notice.at)} `, 'quiet'),
			...noticeSpans(frame, notice, false),
		];
		return line(theme, width, spans, { selected: here });
	});
	const none = noticesOf(state, pair).length === 0 ? 'no entries yet' : 'no line matches';
	const position = rows.length === 0 ? '' : `${count(selected + 1)} of ${count(rows.length)}`;
	const words = follows ? 'following' : 'G follows new entries';
	return (
		<Lines
			width={width}
			height={height}
			lines={[
				rule(theme, width, [span('log'), span(`  ${words}`, 'quiet')], [span(position, 'quiet')]),
				...(lines.length > 0 ? lines : [line(theme, width, [span(`   ${none}`, 'quiet')])]),
			]}
		/>
	);
}
