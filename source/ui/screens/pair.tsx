import { Box } from 'ink';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { summaryLines } from '../components/summary.ts';
import { tabLine } from '../components/tabs.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import type { PairView } from '../state/state.ts';
import { ChangesScreen } from './changes.tsx';
import { ConflictsScreen } from './conflicts.tsx';
import { LogScreen } from './log.tsx';
import { NodesScreen } from './nodes.tsx';
import { OverviewScreen } from './overview.tsx';
import { ParkedScreen } from './parked.tsx';
import { RowScreen } from './row.tsx';
import { TablesScreen } from './tables.tsx';

interface PairProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

const screens: Record<PairView, (props: PairProps) => React.ReactNode> = {
	overview: OverviewScreen,
	changes: ChangesScreen,
	tables: TablesScreen,
	conflicts: ConflictsScreen,
	parked: ParkedScreen,
	log: LogScreen,
	nodes: NodesScreen,
};

/** One pair: its tabs, its summary, and the open view. */
export function PairScreen({ frame, pair, height }: PairProps) {
	const { width, state } = frame;
	const { tab, inspected } = state;
	const whole = tab === 'overview' || inspected !== null;
	const head = [tabLine(frame, pair), ...(whole ? [] : summaryLines(frame, pair, true))];
	const rest = height - head.length;
	const Screen = screens[tab];
	return (
		<Box flexDirection="column" width={width} height={height}>
			<Lines width={width} lines={head} />
			{inspected ? (
				<RowScreen frame={frame} pair={pair} inspected={inspected} height={rest} />
			) : (
				<Screen frame={frame} pair={pair} height={rest} />
			)}
		</Box>
	);
}
