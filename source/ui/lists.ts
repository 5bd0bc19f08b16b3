/** The lists of the screen: what stands in each once it is filtered, and where its cursor is. */

import type { Direction } from '../config/types.ts';
import type {
	ListedConflict,
	ListedParked,
	LivePair,
	PendingChange,
	TableSnapshot,
} from '../engine/snapshot.ts';
import type { Binding } from './keys/binding.ts';
import { bindingsOf } from './keys/bindings.ts';
import { type ListedNotice, noticeText } from './messages.ts';
import { type ListedNode, nodesOf } from './nodes.ts';
import { openPair, type PairView, type ScreenState, viewBehind } from './state.ts';

export const pairsList = 'pairs';
export const helpList = 'help';
/** What is looked at closely scrolls by lines, and has no cursor. */
export const rowList = 'row';

/** The name of a list of a pair, by which its filter is kept; and its cursor, one a direction. */
export function listOf(pair: string, tab: PairView, direction?: Direction): string {
	return [tab, 'of', pair, direction].filter(Boolean).join(' ');
}

/** Whether every word of the filter is in one of the texts, whatever the case. */
function matches(filter: string, texts: readonly (string | null)[]): boolean {
	const text = texts.join(' ').toLowerCase();
	return filter
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word));
}

/** The rows that the filter of a list leaves. */
function filtered<Row>(
	state: ScreenState,
	list: string,
	rows: readonly Row[],
	texts: (row: Row) => readonly (string | null)[],
): readonly Row[] {
	const filter = state.filters[list] ?? '';
	return filter === '' ? rows : rows.filter((row) => matches(filter, texts(row)));
}

export function pairRows(state: ScreenState): readonly LivePair[] {
	return filtered(state, pairsList, state.snapshot.pairs, ({ name, state: mode, address }) => [
		name,
		mode,
		address.local,
		address.cloud,
	]);
}

export function changeRows(
	state: ScreenState,
	pair: LivePair,
	direction: Direction,
): readonly PendingChange[] {
	return filtered(
		state,
		listOf(pair.name, 'changes'),
		pair.changes[direction],
		({ operation, table, key, source_node }) => [operation, table, key, source_node],
	);
}

export function tableRows(state: ScreenState, pair: LivePair): readonly TableSnapshot[] {
	const list = listOf(pair.name, 'tables');
	return filtered(state, list, pair.tables, ({ name, triggers, skipped_reason }) => [
		name,
		triggers.local,
		triggers.cloud,
		skipped_reason,
	]);
}

export function nodeRows(state: ScreenState, pair: LivePair): readonly ListedNode[] {
	const list = listOf(pair.name, 'nodes');
	return filtered(state, list, nodesOf(pair), ({ node_id, sides }) => [node_id, ...sides]);
}

export function conflictRows(state: ScreenState, pair: LivePair): readonly ListedConflict[] {
	const list = listOf(pair.name, 'conflicts');
	return filtered(state, list, pair.conflict_list ?? [], ({ id, table, key, kept }) => [
		id,
		table,
		key,
		kept ?? 'undecided',
	]);
}

export function parkedRows(state: ScreenState, pair: LivePair): readonly ListedParked[] {
	const list = listOf(pair.name, 'parked');
	return filtered(state, list, pair.parked_list ?? [], (change) => [
		change.id,
		change.table,
		change.key,
		change.operation,
		change.message,
	]);
}

/** The notices about a pair. */
export function noticesOf(state: ScreenState, pair: LivePair): readonly ListedNotice[] {
	return state.notices.filter((notice) => notice.pair === pair.name);
}

export function logRows(state: ScreenState, pair: LivePair): readonly ListedNotice[] {
	return filtered(state, listOf(pair.name, 'log'), noticesOf(state, pair), (notice) => [
		notice.level,
		noticeText(notice),
	]);
}

export function helpRows(state: ScreenState): readonly Binding[] {
	return filtered(state, helpList, bindingsOf(viewBehind(state)), ({ shown, what }) => [
		shown,
		what,
	]);
}

/** The index of a list's cursor among the keys that the list has now. */
export function cursorIndex(state: ScreenState, list: string, keys: readonly string[]): number {
	const cursor = state.cursors[list];
	if (!cursor || keys.length === 0) return 0;
	const found = cursor.key === null ? -1 : keys.indexOf(cursor.key);
	return found >= 0 ? found : Math.min(cursor.index, keys.length - 1);
}

/** The cursor of a log is on its last line until somebody moves it. */
export function logIndex(state: ScreenState, list: string, keys: readonly string[]): number {
	return state.cursors[list] ? cursorIndex(state, list, keys) : Math.max(0, keys.length - 1);
}

/** A list as the keys see it. */
export interface ListInView {
	/** What its filter is kept by. */
	name: string;
	/** What its cursor is kept by; null where it has none. */
	cursor: string | null;
	/** The keys of its rows. */
	keys: string[];
	index: number;
	/** Rows there are without the filter. */
	total: number;
	/** What a row is called. */
	noun: string;
}

/** The list that is on screen, whatever question lies over it; null where there is none. */
export function listInView(state: ScreenState): ListInView | null {
	if (state.helpOpen) {
		const keys = helpRows(state).map(({ shown, what }) => shown + what);
		const total = bindingsOf(viewBehind(state)).length;
		return { name: helpList, cursor: null, keys, index: 0, total, noun: 'key' };
	}
	const view = viewBehind(state);
	if (view === 'pairs') {
		const keys = pairRows(state).map(({ name }) => name);
		const index = cursorIndex(state, pairsList, keys);
		const total = state.snapshot.pairs.length;
		return { name: pairsList, cursor: pairsList, keys, index, total, noun: 'pair' };
	}
	const pair = openPair(state);
	if (!pair || view === 'row' || view === 'overview' || view === 'setup') return null;
	const name = listOf(pair.name, view);
	const list = (keys: string[], total: number, noun: string, cursor = name): ListInView => {
		const index = (view === 'log' ? logIndex : cursorIndex)(state, cursor, keys);
		return { name, cursor, keys, index, total, noun };
	};
	switch (view) {
		case 'changes': {
			const { direction } = state;
			const keys = changeRows(state, pair, direction).map(({ id }) => id);
			const total = pair.changes[direction].length;
			return list(keys, total, 'listed change', listOf(pair.name, view, direction));
		}
		case 'tables':
			return list(
				tableRows(state, pair).map((table) => table.name),
				pair.tables.length,
				'table',
			);
		case 'nodes':
			return list(
				nodeRows(state, pair).map(({ node_id }) => node_id),
				nodesOf(pair).length,
				'node',
			);
		case 'conflicts':
			return list(
				conflictRows(state, pair).map(({ id }) => id),
				pair.conflict_list?.length ?? 0,
				'listed conflict',
			);
		case 'parked':
			return list(
				parkedRows(state, pair).map(({ id }) => id),
				pair.parked_list?.length ?? 0,
				'listed change',
			);
		case 'log':
			return list(
				logRows(state, pair).map(({ id }) => String(id)),
				noticesOf(state, pair).length,
				'line',
			);
	}
}
