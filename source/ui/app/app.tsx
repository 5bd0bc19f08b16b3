import { Box } from 'ink';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Control } from '../actions/control.ts';
import { askingLines } from '../components/asking-line.ts';
import { filterLines } from '../components/filter-line.ts';
import { footerLine } from '../components/footer.ts';
import { headerLine } from '../components/header.ts';
import { messageLines } from '../components/message.ts';
import type { Frame } from '../drawing/frame.ts';
import { Lines } from '../drawing/lines.tsx';
import type { Theme } from '../drawing/theme.ts';
import { ControlContext } from '../hooks/use-control.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useNow } from '../hooks/use-now.ts';
import { ThemeContext } from '../hooks/use-theme.ts';
import { ConfirmScreen } from '../screens/confirm.tsx';
import { HelpScreen } from '../screens/help.tsx';
import { PairScreen } from '../screens/pair.tsx';
import { PairsScreen } from '../screens/pairs.tsx';
import { SetupScreen } from '../screens/setup.tsx';
import { fitsScreen, TooSmallScreen } from '../screens/too-small.tsx';
import type { ScreenClock } from '../state/clock.ts';
import { openPair, type ScreenStore } from '../state/state.ts';

export interface AppProps {
	store: ScreenStore;
	control: Control;
	theme: Theme;
	clock: ScreenClock;
	version: string;
	configPath: string;
	/** Milliseconds between two reads of the pending changes. */
	refresh: number;
}

interface BodyProps {
	frame: Frame;
	height: number;
	configPath: string;
}

function Body({ frame, height, configPath }: BodyProps) {
	const { state } = frame;
	if (state.question) {
		return <ConfirmScreen frame={frame} question={state.question} height={height} />;
	}
	if (state.helpOpen) return <HelpScreen frame={frame} height={height} />;
	if (state.snapshot.pairs.length === 0) {
		return <SetupScreen frame={frame} height={height} configPath={configPath} />;
	}
	const pair = openPair(state);
	if (pair) return <PairScreen frame={frame} pair={pair} height={height} />;
	return <PairsScreen frame={frame} height={height} />;
}

/** The whole screen, drawn from a single state so that its parts cannot disagree. */
export function App({ store, control, theme, clock, version, configPath, refresh }: AppProps) {
	const state = useStore(store);
	// Only pairs show ages; the set-up screen needs no clock.
	const now = useNow(clock, state.snapshot.pairs.length > 0);
	useKeys(control.press);
	const { columns: width, rows } = state.size;
	const frame = useMemo(
		() => ({ state, theme, width, now, refresh }),
		[state, theme, width, now, refresh],
	);
	if (!fitsScreen(state.size)) return <TooSmallScreen frame={frame} />;
	const above = [...filterLines(frame), ...askingLines(frame), ...messageLines(frame)];
	const height = rows - above.length - 2;
	return (
		<ThemeContext.Provider value={theme}>
			<ControlContext.Provider value={control}>
				<Box flexDirection="column" width={width} height={rows}>
					<Lines width={width} lines={[headerLine(frame, version)]} />
					<Body frame={frame} height={height} configPath={configPath} />
					<Lines width={width} lines={[...above, footerLine(frame)]} />
				</Box>
			</ControlContext.Provider>
		</ThemeContext.Provider>
	);
}
