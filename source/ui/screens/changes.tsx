import type { Direction } from '../../config/types.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { changesLines } from '../components/changes-table.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import { useWindow } from '../hooks/use-window.ts';
import { changeIndex, changeRows, changesCursor } from '../lists/lists.ts';

/** From this width on, the two directions are side by side. */
const sideBySide = 120;
/** Cells of the line between them. */
const between = 3;
/** From this height on, both directions list their changes, one above the other. */
const bothAbove = 10;

interface ChangesProps {
	frame: Frame;
	pair: LivePair;
	height: number;
}

/** The rows of each direction. The split is fixed so that it does not move while counts change. */
function rowsFor(frame: Frame, direction: Direction, height: number): number {
	if (frame.width >= sideBySide) return height - 1;
	if (height < bothAbove) return frame.state.direction === direction ? height - 2 : 0;
	const forBoth = height - 2;
	return direction === 'local_to_cloud' ? Math.ceil(forBoth / 2) : Math.floor(forBoth / 2);
}

function useChanges({ frame, pair, height }: ChangesProps, direction: Direction, width: number) {
	const { state } = frame;
	const rows = rowsFor(frame, direction, height);
	const list = changesCursor(state, pair, direction);
	const changes = changeRows(state, pair, direction);
	const selected = changeIndex(state, list, changes);
	const keys = changes.map(({ id }) => id);
	const top = useWindow(list, keys.length, rows, selected, keys);
	const focused = state.direction === direction;
	return changesLines(frame, {
		pair,
		direction,
		changes,
		width,
		rows,
		top,
		selected,
		focused,
	});
}

/** The pending changes of a pair, in both directions. */
export function ChangesScreen(props: ChangesProps) {
	const { frame, height } = props;
	const { theme, width } = frame;
	const wide = width >= sideBySide;
	const half = Math.floor((width - between) / 2);
	const toCloud = useChanges(props, 'local_to_cloud', wide ? half : width);
	const toLocal = useChanges(props, 'cloud_to_local', wide ? half : width);
	const upright = theme.paint(` ${theme.glyphs.upright} `, 'quiet');
	const lines = wide
		? toCloud.map((left, row) => left + upright + (toLocal[row] ?? ''))
		: [...toCloud, ...toLocal];
	return <Lines width={width} height={height} lines={lines} />;
}
