/** Paging of the pending changes. The engine lists one page at a time: the one that the cursor needs. */

import { type Direction, directions } from '../../config/types.ts';
import {
	around,
	isOlder,
	isSamePage,
	type Listing,
	listedChanges,
	listingOf,
	type PageRequest,
	wordsInNames,
} from '../../engine/api/listing.ts';
import type { LivePair } from '../../engine/api/snapshot.ts';
import { type Cursor, openPair, type ScreenState, viewBehind } from '../state/state.ts';
import { changeIndex, changeRows, changesCursor, filterWords, listName } from './lists.ts';

/** Distance from the end of a page, in changes, at which the next page is requested. */
const near = listedChanges / 4;

/** Number of pending changes in the list without its filter; null if not known. */
export function pendingListed(
	{ changesOf }: ScreenState,
	pair: LivePair,
	direction: Direction,
): number | null {
	if (changesOf === null) return pair.directions[direction].pending;
	return pair.tables.find(({ name }) => name === changesOf)?.pending[direction] ?? null;
}

function wordsOfFilter(state: ScreenState, pair: LivePair): string[] {
	return filterWords(state.filters[listName(pair.name, 'changes')] ?? '');
}

/** The filter words that the database has to search for; none if the page holds all changes. */
function wordsToAskFor(state: ScreenState, pair: LivePair, direction: Direction): string[] {
	const words = wordsOfFilter(state, pair);
	const pending = pendingListed(state, pair, direction);
	if (words.length === 0 || pending === null || pending <= listedChanges) return [];
	const { changesOf } = state;
	const tables = changesOf === null ? pair.tables.map(({ name }) => name) : [changesOf];
	return wordsInNames(words, tables);
}

function wantedPage(state: ScreenState, pair: LivePair, direction: Direction): PageRequest {
	const anchor = state.anchors[changesCursor(state, pair, direction)] ?? 'oldest';
	return { anchor, words: wordsToAskFor(state, pair, direction) };
}

/** The listing to request from the engine for the open pair. */
export function wantedListing(state: ScreenState): Listing {
	const pair = openPair(state);
	// The overview shows the oldest changes; no other view shows any.
	if (!pair || state.tab !== 'changes') return listingOf();
	return {
		table: state.changesOf,
		pages: {
			local_to_cloud: wantedPage(state, pair, 'local_to_cloud'),
			cloud_to_local: wantedPage(state, pair, 'cloud_to_local'),
		},
	};
}

/** True while the database searches for words of the filter. */
export function isSearching(state: ScreenState, pair: LivePair, direction: Direction): boolean {
	const wanted = wantedPage(state, pair, direction);
	return wanted.words.length > 0 && !isSamePage(wanted, pair.pages[direction]);
}

/** True if the filter is applied only to the listed changes although more are pending. */
export function searchesListedOnly(
	state: ScreenState,
	pair: LivePair,
	direction: Direction,
): boolean {
	const { older, newer, words } = pair.pages[direction];
	if (older === 0 && newer === 0) return false;
	return wordsOfFilter(state, pair).some((word) => !words.includes(word));
}

export interface PagesInView {
	/** True if the filter is applied only to the listed changes although more are pending. */
	listedOnly: boolean;
	/** The matches among all pending changes, if the database searched for every word of the filter. */
	wholeSearch: { found: number; of: number } | null;
}

/** How the filter of the current changes was applied; null in other views. */
export function pagesInView(state: ScreenState): PagesInView | null {
	const pair = changesInView(state);
	if (!pair) return null;
	const { direction } = state;
	const { older, newer, words } = pair.pages[direction];
	const listedOnly =
		searchesListedOnly(state, pair, direction) && !isSearching(state, pair, direction);
	const pending = pendingListed(state, pair, direction);
	const whole =
		words.length > 0 &&
		pending !== null &&
		wordsOfFilter(state, pair).every((w) => words.includes(w));
	const found = older + pair.changes[direction].length + newer;
	return { listedOnly, wholeSearch: whole ? { found, of: Math.max(found, pending) } : null };
}

/** True if a change that was listed is no longer pending: its page no longer contains it. */
export function isGone(pair: LivePair, direction: Direction, id: string): boolean {
	const changes = pair.changes[direction];
	const { older, newer, words } = pair.pages[direction];
	const [first, last] = [changes[0], changes.at(-1)];
	const covers =
		words.length === 0 &&
		(older === 0 || (first && isOlder(first.id, id))) &&
		(newer === 0 || (last && isOlder(id, last.id)));
	return Boolean(covers) && changes.every((change) => change.id !== id);
}

function changesInView(state: ScreenState): LivePair | null {
	return !state.helpOpen && viewBehind(state) === 'changes' ? openPair(state) : null;
}

/** The state with the cursor at one end of the changes; null if that end is already listed. */
export function atEnd(state: ScreenState, end: 'oldest' | 'newest'): ScreenState | null {
	const pair = changesInView(state);
	if (!pair) return null;
	const { direction, anchors, cursors } = state;
	const list = changesCursor(state, pair, direction);
	const page = pair.pages[direction];
	const anchor = anchors[list] ?? 'oldest';
	const isLast = end === 'newest' && page.newer === 0;
	if (page.anchor === anchor && (isLast || anchor === end)) return null;
	return withPages({
		...state,
		anchors: { ...anchors, [list]: end },
		cursors: { ...cursors, [list]: { key: null, index: end === 'oldest' ? 0 : -1 } },
	});
}

/** The cursor at an index. While its page is loading, the index counts from the end that it was moved to. */
export function placeOf(
	state: ScreenState,
	list: string,
	keys: readonly string[],
	index: number,
): Cursor {
	const pair = changesInView(state);
	const anchor = state.anchors[list];
	const waits = pair && state.cursors[list]?.key === null;
	if (waits && anchor !== pair.pages[state.direction].anchor) {
		if (anchor === 'newest') return { key: null, index: index - keys.length };
		if (anchor === 'oldest') return { key: null, index };
	}
	return { key: keys[index] ?? null, index };
}

/**
 * Keeps the pages of the open pair around the cursors: near the end of a page with more beyond, requests one
 * around the cursor. Until that arrives, the cursor stays within the current page.
 */
export function withPages(state: ScreenState): ScreenState {
	const pair = openPair(state);
	if (!pair) return state;
	return directions.reduce((now, direction) => withPage(now, pair, direction), state);
}

function withPage(state: ScreenState, pair: LivePair, direction: Direction): ScreenState {
	const list = changesCursor(state, pair, direction);
	const { cursors, anchors } = state;
	const cursor = cursors[list];
	const page = pair.pages[direction];
	const anchor = anchors[list] ?? 'oldest';
	// One page is requested at a time.
	if (!cursor || page.anchor !== anchor) return state;
	if (cursor.key === null) {
		const rows = changeRows(state, pair, direction);
		const index = changeIndex(state, list, rows);
		const key = rows[index]?.id;
		return key === undefined
			? state
			: { ...state, cursors: { ...cursors, [list]: { key, index } } };
	}
	const { key } = cursor;
	const changes = pair.changes[direction];
	const place = changes.findIndex(({ id }) => !isOlder(id, key));
	const before = place < 0 ? changes.length : place;
	const after = changes.length - before;
	const nearsEnd = (page.older > 0 && before < near) || (page.newer > 0 && after <= near);
	// After a change of the filter, too, the page is read around the cursor.
	const asked = wantedPage(state, pair, direction);
	const wanted = around(key);
	if ((!nearsEnd && isSamePage(asked, page)) || wanted === anchor) return state;
	return { ...state, anchors: { ...anchors, [list]: wanted } };
}
