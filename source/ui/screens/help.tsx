import { fitTo } from '../../terminal/text.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { line, rule, span } from '../drawing/spans.ts';
import { useWindow } from '../hooks/use-window.ts';
import { helpList, helpRows } from '../lists/lists.ts';
import { viewBehind } from '../state/state.ts';

const titles = {
	setup: 'the set-up screen',
	pairs: 'the pairs view',
	overview: 'the overview of a pair',
	nodes: 'the nodes of a pair',
	changes: 'the changes of a pair',
	tables: 'the tables of a pair',
	conflicts: 'the conflicts of a pair',
	parked: 'the parked changes of a pair',
	log: 'the log of a pair',
	row: 'the details of a row',
};

/** Width of the key names, in cells. */
const keyWidth = 13;

/** All keys of the view behind the help. */
export function HelpScreen({ frame, height }: { frame: Frame; height: number }) {
	const { theme, width, state } = frame;
	const view = viewBehind(state);
	const all = helpRows(state);
	const rows = Math.max(0, height - 3);
	useWindow(helpList, all.length, rows, 0);
	const top = Math.min(state.tops[helpList] ?? 0, Math.max(0, all.length - rows));
	const shown = all
		.slice(top, top + rows)
		.map(({ shown: keys, what }) =>
			line(theme, width, [span(`   ${fitTo(theme.keyName(keys), keyWidth)}`, 'key'), span(what)]),
		);
	const range =
		all.length > rows
			? [span(`${top + 1}${theme.glyphs.from}${top + shown.length} of ${all.length}`, 'quiet')]
			: [];
	const title = [span('keys in '), span(titles[view], 'strong')];
	return (
		<Lines
			width={width}
			height={height}
			lines={['', rule(theme, width, title, range), '', ...shown]}
		/>
	);
}
