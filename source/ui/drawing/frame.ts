import type { ScreenState } from '../state/state.ts';
import type { Theme } from './theme.ts';

/** What every part of the screen is drawn from. */
export interface Frame {
	state: ScreenState;
	theme: Theme;
	/** Cells from edge to edge. */
	width: number;
	/** Epoch milliseconds. */
	now: number;
	/** Milliseconds between two looks at the pending changes. */
	refresh: number;
}
