/** The state of the whole screen, in one store: the engine's snapshot and the user's place in it. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Direction } from '../../config/types.ts';
import type { Anchor } from '../../engine/api/listing.ts';
import type { EngineSnapshot, LivePair } from '../../engine/api/snapshot.ts';
import type { Inspected, TypedRow } from './inspected.ts';
import type { MessageState } from './messages.ts';

/** The views of a pair, in the order of their digits. */
export const tabs = ['overview', 'changes', 'tables', 'conflicts', 'parked', 'log'] as const;

export type Tab = (typeof tabs)[number];

/** The nodes view is reached from the overview and has no digit. */
export type PairView = Tab | 'nodes';

/** The views with their own keys. The last five are shown on top of another view. */
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

/** A request that the engine is working on or has queued. */
export interface RunningRequest {
	id: number;
	kind: RequestKind;
	pair: string;
	/** The table, node, conflict or parked change concerned; null for all. */
	target: string | null;
	/** What is running, such as `forcing shop both ways`. */
	label: string;
	/** Epoch milliseconds. */
	startedAt: number;
}

/** A question to answer with yes or no. */
export interface Question {
	title: string;
	pair: string;
	/** The sides affected, and what happens on each. */
	effects: { side: string; address: string; effect: string }[];
	/** The consequences, one sentence each. */
	notes: string[];
	/** What `y` does, such as `uninstalls them`. */
	yes: string;
	confirm: () => void;
}

export interface Setup {
	path: string;
	/** `offered`, `writing`, then `written`, or `offered` again with a message. */
	step: 'offered' | 'writing' | 'written';
}

/** A list's cursor: on the row with this key or, once that is gone, at this index. */
export interface Cursor {
	key: string | null;
	/** Negative from the end of the list: -1 is the last row. */
	index: number;
}

export interface ScreenState extends MessageState {
	snapshot: EngineSnapshot;
	size: Size;
	/** The open pair; null in the pairs view. */
	pair: string | null;
	tab: PairView;
	/** The direction that has the cursor. */
	direction: Direction;
	/** The only table whose changes are listed; null for all. */
	changesOf: string | null;
	cursors: Record<string, Cursor>;
	/** The page that the cursor of a long list needs, by the cursor's name; the oldest by default. */
	anchors: Record<string, Anchor>;
	/** The filter of each list. */
	filters: Record<string, string>;
	/** The list whose filter is being typed. */
	filtering: string | null;
	/** The row whose key is being typed. */
	asking: TypedRow | null;
	/** The item whose details are open, on top of the view it was selected in. */
	inspected: Inspected | null;
	helpOpen: boolean;
	/** The first visible line of what scrolls by lines: the help, and the details of a row. */
	tops: Record<string, number>;
	question: Question | null;
	requests: RunningRequest[];
	setup: Setup | null;
	/** True while the engine finishes its batch before the screen closes. */
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

/** The view that receives the keys. */
export function viewOf(state: ScreenState): View {
	if (state.question) return 'confirm';
	if (state.filtering !== null) return 'filter';
	if (state.asking) return 'ask';
	if (state.helpOpen) return 'help';
	return viewBehind(state);
}

/** The open view, behind any help or question. */
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
