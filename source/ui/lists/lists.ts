/** The lists on screen: their filtered rows and cursors. */

import type { Direction } from '../../config/types.ts';
import { isOlder } from '../../engine/api/listing.ts';
import type {
	ListedConflict,
	ListedParked,
	LivePair,
	PendingChange,
	TableSnapshot,
} from '../../engine/api/snapshot.ts';
import type { Binding } from '../keys/binding.ts';
import { bindingsOf } from '../keys/bindings.ts';
import { type ListedNotice, noticeText } from '../state/messages.ts';
import { type ListedNode, nodesOf } from '../state/nodes.ts';
import { hasNewerParked, hasOlderConflicts } from '../state/records.ts';
import { openPair, type PairView, type ScreenState, viewBehind } from '../state/state.ts';

export const pairsList = 'pairs';
export const helpList = 'help';
/** The details scroll by lines and have no cursor. */
export const rowList = 'row';

/** The name of a pair's list, for its filter and, with a direction, for its cursor. */
export function listName(pair: string, tab: PairView, direction?: Direction): string {
	return [tab, 'of', pair, direction].filter(Boolean).join(' ');
}

/** The name of the cursor in the changes of one direction; a table that is listed alone has its own. */
export function changesCursor(state: ScreenState, pair: LivePair, direction: Direction): string {
	const all = listName(pair.name, 'changes', direction);
	return state.changesOf === null ? all : `${all} in ${state.changesOf}`;
}

/** The words of a filter. */
export function filterWords(filter: string): string[] {
	return filter.split(/\s+/).filter((word) => word !== '');
}

/** True if each word of the filter occurs in one of the texts, ignoring case. */
function matches(filter: string, texts: readonly (string | null)[]): boolean {
	const text = texts.join(' ').toLowerCase();
	return filterWords(filter.toLowerCase()).every((word) => text.includes(word));
}

/** The rows of a list that match its filter. */
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

/** True if the cursor is on a change outside the listed page, so that another page is about to arrive. */
function isBeyond(state: ScreenState, pair: LivePair, direction: Direction): boolean {
	const { key = null } = state.cursors[changesCursor(state, pair, direction)] ?? {};
	const { older, newer } = pair.pages[direction];
	const changes = pair.changes[direction];
	const [first, last] = [changes[0], changes.at(-1)];
	if (key === null || !first || !last) return false;
	return (older > 0 && isOlder(key, first.id)) || (newer > 0 && isOlder(last.id, key));
}

/** The listed changes that match the filter; none while the cursor's page is being read. */
export function changeRows(
	state: ScreenState,
	pair: LivePair,
	direction: Direction,
): readonly PendingChange[] {
	if (isBeyond(state, pair, direction)) return [];
	return filtered(
		state,
		listName(pair.name, 'changes'),
		pair.changes[direction],
		({ operation, table, key, source_node }) => [operation, table, key, source_node],
	);
}

export function tableRows(state: ScreenState, pair: LivePair): readonly TableSnapshot[] {
	const list = listName(pair.name, 'tables');
	return filtered(state, list, pair.tables, ({ name, triggers, skipped_reason }) => [
		name,
		triggers.local,
		triggers.cloud,
		skipped_reason,
	]);
}

export function nodeRows(state: ScreenState, pair: LivePair): readonly ListedNode[] {
	const list = listName(pair.name, 'nodes');
	return filtered(state, list, nodesOf(pair), ({ node_id, sides }) => [node_id, ...sides]);
}

export function conflictRows(state: ScreenState, pair: LivePair): readonly ListedConflict[] {
	const list = listName(pair.name, 'conflicts');
	return filtered(state, list, pair.conflict_list ?? [], ({ id, table, key, kept }) => [
		id,
		table,
		key,
		kept ?? 'unresolved',
	]);
}

export function parkedRows(state: ScreenState, pair: LivePair): readonly ListedParked[] {
	const list = listName(pair.name, 'parked');
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
	return filtered(state, listName(pair.name, 'log'), noticesOf(state, pair), (notice) => [
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

/** The index of a list's cursor among the current keys. */
export function cursorIndex(state: ScreenState, list: string, keys: readonly string[]): number {
	const cursor = state.cursors[list];
	if (!cursor || keys.length === 0) return 0;
	const found = cursor.key === null ? -1 : keys.indexOf(cursor.key);
	return found >= 0 ? found : Math.min(cursor.index, keys.length - 1);
}

/**
 * The index of the cursor among changes, which may now be another page. If
 * its change is gone, it is on the next listed one.
 */
export function changeIndex(
	state: ScreenState,
	list: string,
	changes: readonly PendingChange[],
): number {
	const cursor = state.cursors[list];
	if (!cursor || changes.length === 0) return 0;
	const { key, index } = cursor;
	if (key === null) {
		const fromStart = index < 0 ? changes.length + index : index;
		return Math.min(changes.length - 1, Math.max(0, fromStart));
	}
	const found = changes.findIndex(({ id }) => !isOlder(id, key));
	return found < 0 ? changes.length - 1 : found;
}

/** The log's cursor stays on the last line until the user moves it. */
export function logIndex(state: ScreenState, list: string, keys: readonly string[]): number {
	return state.cursors[list] ? cursorIndex(state, list, keys) : Math.max(0, keys.length - 1);
}

/** A list as the keys see it. */
export interface ListInView {
	/** The name under which its filter is stored. */
	name: string;
	/** The name under which its cursor is stored; null if it has none. */
	cursor: string | null;
	/** The keys of its rows. */
	keys: string[];
	index: number;
	/** Number of rows without the filter. */
	total: number;
	/** The word for a row. */
	noun: string;
	/** True if more rows exist than are listed. */
	partial?: boolean;
}

/** The list on screen, behind any question; null if there is none. */
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
	const name = listName(pair.name, view);
	const list = (keys: string[], total: number, noun: string, partial = false): ListInView => {
		const index = (view === 'log' ? logIndex : cursorIndex)(state, name, keys);
		return { name, cursor: name, keys, index, total, noun, partial };
	};
	switch (view) {
		case 'changes': {
			const { direction } = state;
			const rows = changeRows(state, pair, direction);
			const cursor = changesCursor(state, pair, direction);
			const keys = rows.map(({ id }) => id);
			const total = pair.changes[direction].length;
			const index = changeIndex(state, cursor, rows);
			return { name, cursor, keys, index, total, noun: 'listed change' };
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
				hasOlderConflicts(pair),
			);
		case 'parked':
			return list(
				parkedRows(state, pair).map(({ id }) => id),
				pair.parked_list?.length ?? 0,
				'listed change',
				hasNewerParked(pair),
			);
		case 'log':
			return list(
				logRows(state, pair).map(({ id }) => String(id)),
				noticesOf(state, pair).length,
				'line',
			);
	}
}
