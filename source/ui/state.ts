/** Everything the screen shows, in one store: what the engine says, and where the person is. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Direction } from '../config/types.ts';
import type { EngineSnapshot, LivePair, Notice, TableSnapshot } from '../engine/snapshot.ts';

/** The views that have keys of their own; the last two lie over another one. */
export type View = 'setup' | 'pairs' | 'changes' | 'tables' | 'help' | 'confirm';

export type Tab = 'changes' | 'tables';

export interface Size {
	columns: number;
	rows: number;
}

export type RequestKind = 'force' | 'install' | 'uninstall';

/** A request that the engine is busy with. */
export interface RunningRequest {
	id: number;
	kind: RequestKind;
	pair: string;
	/** What it does, such as `forcing shop both ways`. */
	label: string;
	/** Epoch milliseconds. */
	startedAt: number;
}

/** What the line above the footer says. */
export interface Message {
	level: 'info' | 'warning' | 'error';
	/** The first line says what, the others what to do. */
	lines: string[];
	/** Epoch milliseconds. */
	at: number;
	/** What a key brought about is not wiped off by the next routine notice. */
	from: 'notice' | 'request' | 'key';
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
	index: number;
}

export interface ScreenState {
	snapshot: EngineSnapshot;
	size: Size;
	/** The open pair, or none in the pairs view. */
	pair: string | null;
	tab: Tab;
	/** The direction whose changes the cursor is in. */
	direction: Direction;
	cursors: Record<string, Cursor>;
	helpOpen: boolean;
	helpTop: number;
	question: Question | null;
	/** Newest last. */
	notices: Notice[];
	message: Message | null;
	requests: RunningRequest[];
	setup: Setup | null;
	/** The person wants to leave and the engine finishes its batch. */
	finishing: boolean;
}

/** What a key would act on. */
export interface KeyContext {
	pair: LivePair | null;
	table: TableSnapshot | null;
	requests: readonly RunningRequest[];
	setup: Setup | null;
}

export type ScreenStore = StoreApi<ScreenState>;

/** Notices kept for the list of recent ones; no terminal shows more rows. */
const keptNotices = 200;
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
		tab: 'changes',
		direction: 'local_to_cloud',
		cursors: {},
		helpOpen: false,
		helpTop: 0,
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
	if (state.helpOpen) return 'help';
	return viewBehind(state);
}

/** The view that is open, whatever lies over it. */
export function viewBehind(state: ScreenState): Exclude<View, 'help' | 'confirm'> {
	if (state.snapshot.pairs.length === 0) return 'setup';
	return openPair(state) ? state.tab : 'pairs';
}

export function openPair(state: ScreenState): LivePair | null {
	return state.snapshot.pairs.find(({ name }) => name === state.pair) ?? null;
}

export const pairsList = 'pairs';
export const helpList = 'help';

export function tablesList(pair: string): string {
	return `tables of ${pair}`;
}

export function changesList(pair: string, direction: Direction): string {
	return `changes of ${pair} ${direction}`;
}

/** The index of a list's cursor among the keys that the list has now. */
export function cursorIndex(state: ScreenState, list: string, keys: readonly string[]): number {
	const cursor = state.cursors[list];
	if (!cursor || keys.length === 0) return 0;
	const found = cursor.key === null ? -1 : keys.indexOf(cursor.key);
	return found >= 0 ? found : Math.min(cursor.index, keys.length - 1);
}

/** The pair that keys act on: the open one, or the one under the cursor. */
export function currentPair(state: ScreenState): LivePair | null {
	const { pairs } = state.snapshot;
	const names = pairs.map(({ name }) => name);
	return openPair(state) ?? pairs[cursorIndex(state, pairsList, names)] ?? null;
}

/** The table under the cursor of the tables view; none elsewhere. */
export function currentTable(state: ScreenState): TableSnapshot | null {
	const pair = openPair(state);
	if (!pair || state.tab !== 'tables') return null;
	const names = pair.tables.map(({ name }) => name);
	return pair.tables[cursorIndex(state, tablesList(pair.name), names)] ?? null;
}

/** How much a message matters, and for how many milliseconds nothing lesser may replace it. */
function weight({ level, from }: Pick<Message, 'level' | 'from'>): [rank: number, stands: number] {
	if (level === 'error') return [3, 20_000];
	if (level === 'warning') return [2, 10_000];
	return from === 'notice' ? [0, 0] : [1, 5000];
}

/** What a key pressed now would act on. */
export function keyContext(state: ScreenState): KeyContext {
	const { requests, setup } = state;
	return { pair: currentPair(state), table: currentTable(state), requests, setup };
}

/** The state with a notice taken in: listed, and shown unless something weightier still stands. */
export function withNotice(state: ScreenState, notice: Notice): Partial<ScreenState> {
	const notices = [...state.notices, notice].slice(-keptNotices);
	const lines = noticeText(notice).split('\n');
	const message: Message = { level: notice.level, lines, at: notice.at, from: 'notice' };
	if (state.message) {
		const [rank, stands] = weight(state.message);
		const lesser = weight(message)[0] < rank;
		if (lesser && notice.at - state.message.at < stands) return { notices };
	}
	return { notices, message };
}

/** A notice as one text, its place first. */
function noticeText(notice: Notice): string {
	const { pair, direction, side, table, message } = notice;
	const place = [pair, direction?.replaceAll('_', ' '), side, table].filter(Boolean).join(', ');
	return `${place}: ${withoutPair(message, pair)}`;
}

/** The words of an error without the pair they begin with, where that is named beside them. */
export function withoutPair(text: string, pair: string): string {
	const head = `pair ${pair}`;
	return text.startsWith(head) ? text.slice(head.length).replace(/^[:,] /, '') : text;
}
