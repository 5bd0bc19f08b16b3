import type { ScreenState } from '../state/state.ts';
import type { Theme } from './theme.ts';

/** Everything that a part of the screen needs for drawing. */
export interface Frame {
	state: ScreenState;
	theme: Theme;
	/** Width of the screen, in cells. */
	width: number;
	/** Epoch milliseconds. */
	now: number;
	/** Milliseconds between two reads of the pending changes. */
	refresh: number;
}
