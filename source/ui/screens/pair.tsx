import { Box } from 'ink';
import type { LivePair } from '../../engine/snapshot.ts';
import { Lines } from '../components/lines.tsx';
import { line, type Span, span, spansWidth } from '../components/spans.ts';
import { summaryLines } from '../components/summary.ts';
import { count } from '../format.ts';
import type { Frame } from '../frame.ts';
import { cursorIndex, type Tab, tablesList } from '../state.ts';
import { ChangesScreen } from './changes.tsx';
import { TablesScreen } from './tables.tsx';

const tabs: [Tab, string][] = [
	['changes', '1 Changes'],
	['tables', '2 Tables'],
];

function tabLine(frame: Frame, pair: LivePair): string {
	const { theme, width, state } = frame;
	const { rule, openTab, closeTab } = theme.glyphs;
	const left: Span[] = tabs.flatMap(([tab, title]) =>
		tab === state.tab
			? [
					span(`${rule}${rule}${openTab} `, 'quiet'),
					span(title, 'key'),
					span(` ${closeTab}`, 'quiet'),
				]
			: [span(`${rule}${rule}  `, 'quiet'), span(title), span('  ', 'quiet')],
	);
	const names = pair.tables.map(({ name }) => name);
	const selected = cursorIndex(state, tablesList(pair.name), names);
	const right =
		state.tab === 'tables' && names.length > 0
			? [
					span(` ${count(selected + 1)} of ${count(names.length)} `, 'quiet'),
					span(rule + rule, 'quiet'),
				]
			: [];
	const room = Math.max(0, width - spansWidth(left) - spansWidth(right));
	return line(theme, width, [...left, span(rule.repeat(room), 'quiet'), ...right]);
}

interface PairProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

/** One pair: how it stands, and below it its changes or its tables. */
export function PairScreen({ frame, pair, height }: PairProps) {
	const { width, state } = frame;
	const head = [...summaryLines(frame, pair), tabLine(frame, pair)];
	const rest = height - head.length;
	return (
		<Box flexDirection="column" width={width} height={height}>
			<Lines width={width} lines={head} />
			{state.tab === 'changes' ? (
				<ChangesScreen frame={frame} pair={pair} height={rest} />
			) : (
				<TablesScreen frame={frame} pair={pair} height={rest} />
			)}
		</Box>
	);
}
