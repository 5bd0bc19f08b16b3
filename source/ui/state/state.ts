/** Everything the screen shows, in one store: what the engine says, and where the person is. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Direction } from '../../config/types.ts';
import type { Anchor } from '../../engine/api/listing.ts';
import type { EngineSnapshot, LivePair } from '../../engine/api/snapshot.ts';
import type { Inspected, TypedRow } from './inspected.ts';
import type { MessageState } from './messages.ts';

/** The views of one pair, in the order of their digits. */
export const tabs = ['overview', 'changes', 'tables', 'conflicts', 'parked', 'log'] as const;

export type Tab = (typeof tabs)[number];

/** The nodes that the logs are kept for are a list behind the overview, without a digit. */
export type PairView = Tab | 'nodes';

/** The views that have keys of their own; the last five lie over another one. */
export type View = 'setup' | 'pairs' | PairView | 'row' | 'help' | 'filter' | 'ask' | 'confirm';

export interface Size {
	columns: number;
	rows: number;
}

export type RequestKind =
	| 'force both ways'
	| 'one batch'
	| 'force to cloud'
	| 'force to local'
	| 'install'
	| 'uninstall'
	| 'drop log'
	| 'forget'
	| 'retry'
	| 'resolve';

/** A request that the engine is busy with, or that waits for its turn there. */
export interface RunningRequest {
	id: number;
	kind: RequestKind;
	pair: string;
	/** The table, node, conflict or parked change that it is about; null for all. */
	target: string | null;
	/** What it does, such as `forcing shop both ways`. */
	label: string;
	/** Epoch milliseconds. */
	startedAt: number;
}

/** A question that waits for yes or no. */
export interface Question {
	title: string;
	pair: string;
	/** Which ends it touches and what happens there. */
	effects: { side: string; address: string; effect: string }[];
	/** What follows from it, in one sentence each. */
	notes: string[];
	/** What `y` does, such as `uninstalls them`. */
	yes: string;
	confirm: () => void;
}

export interface Setup {
	path: string;
	/** `offered`, then `writing`, then `written` or back to `offered` with a message. */
	step: 'offered' | 'writing' | 'written';
}

/** Where the cursor of a list is: on the row of this key, or on this index once that is gone. */
export interface Cursor {
	key: string | null;
	/** Negative from the end of the list: -1 is its last row. */
	index: number;
}

export interface ScreenState extends MessageState {
	snapshot: EngineSnapshot;
	size: Size;
	/** The open pair, or none in the pairs view. */
	pair: string | null;
	tab: PairView;
	/** The direction whose changes the cursor is in. */
	direction: Direction;
	/** The table whose changes alone are listed, or null for all. */
	changesOf: string | null;
	cursors: Record<string, Cursor>;
	/** The page of a long list that its cursor needs; the oldest one unless said. By the cursor's name. */
	anchors: Record<string, Anchor>;
	/** What is looked for in each list. */
	filters: Record<string, string>;
	/** The list whose filter is being typed. */
	filtering: string | null;
	/** A row whose key is being typed. */
	asking: TypedRow | null;
	/** What is looked at closely, over the view it was chosen in. */
	inspected: Inspected | null;
	helpOpen: boolean;
	/** The first line to show of what is scrolled by lines: the help, and the row. */
	tops: Record<string, number>;
	question: Question | null;
	requests: RunningRequest[];
	setup: Setup | null;
	/** The person wants to leave and the engine finishes its batch. */
	finishing: boolean;
}

export type ScreenStore = StoreApi<ScreenState>;

export function createScreenStore(initial: {
	snapshot: EngineSnapshot;
	size: Size;
	setupPath: string | null;
}): ScreenStore {
	const { snapshot, size, setupPath } = initial;
	return createStore<ScreenState>(() => ({
		snapshot,
		size,
		pair: null,
		tab: 'overview',
		direction: 'local_to_cloud',
		changesOf: null,
		cursors: {},
		anchors: {},
		filters: {},
		filtering: null,
		asking: null,
		inspected: null,
		helpOpen: false,
		tops: {},
		question: null,
		notices: [],
		message: null,
		requests: [],
		setup: setupPath === null ? null : { path: setupPath, step: 'offered' },
		finishing: false,
	}));
}

/** The view that keys go to. */
export function viewOf(state: ScreenState): View {
	if (state.question) return 'confirm';
	if (state.filtering !== null) return 'filter';
	if (state.asking) return 'ask';
	if (state.helpOpen) return 'help';
	return viewBehind(state);
}

/** The view that is open, whatever help or question lies over it. */
export function viewBehind(
	state: ScreenState,
): Exclude<View, 'help' | 'filter' | 'ask' | 'confirm'> {
	if (state.snapshot.pairs.length === 0) return 'setup';
	if (!openPair(state)) return 'pairs';
	return state.inspected ? 'row' : state.tab;
}

export function openPair(state: ScreenState): LivePair | null {
	return state.snapshot.pairs.find(({ name }) => name === state.pair) ?? null;
}
