/** Navigation: cursors, views, filters. None of it reaches the engine. */

import { listInView, rowList } from '../lists/lists.ts';
import { atEnd, placeOf, withPages } from '../lists/pages.ts';
import { type ScreenState, type ScreenStore, type Tab, tabs, viewBehind } from '../state/state.ts';

/** Longest filter text, in characters. */
const longestFilter = 60;

type To = (index: number, last: number, page: number) => number;

/** The target index, clamped to the list. */
function moved(to: To, index: number, last: number, page: number): number {
	return Math.min(last, Math.max(0, to(index, last, page)));
}

export function createMoving(store: ScreenStore, pages: ReadonlyMap<string, number>) {
	/** Moves the cursor of the current list, or scrolls the lines of a view without one. */
	function move(to: To): void {
		const state = store.getState();
		const found = listInView(state);
		if (!found?.cursor) {
			const name = found?.name ?? rowList;
			const lines = found?.keys.length ?? pages.get(`${rowList} lines`) ?? 0;
			const rows = pages.get(name) ?? 1;
			const last = Math.max(0, lines - rows);
			// The text may have become shorter since it was scrolled.
			const top = Math.min(state.tops[name] ?? 0, last);
			const next = moved(to, top, last, Math.max(1, rows - 1));
			store.setState({ tops: { ...state.tops, [name]: next } });
			return;
		}
		const { cursor, keys, index } = found;
		if (keys.length === 0) return;
		const last = keys.length - 1;
		const next = moved(to, index, last, Math.max(1, (pages.get(cursor) ?? 1) - 1));
		const { [cursor]: _before, ...others } = state.cursors;
		// On its last line the log follows new entries again.
		const follows = viewBehind(state) === 'log' && next === last;
		const at = placeOf(state, cursor, keys, next);
		const cursors = follows ? others : { ...others, [cursor]: at };
		store.setState(withPages({ ...state, cursors }));
	}

	/** Moves to one end of the list. That end of a long list may not have been read yet. */
	function moveToEnd(end: 'oldest' | 'newest'): void {
		const state = atEnd(store.getState(), end);
		if (state) store.setState(state);
		else move((_index, last) => (end === 'oldest' ? 0 : last));
	}

	function openTab(tab: Tab): void {
		store.setState({ tab, inspected: null, changesOf: null });
	}

	/** @param by 1 for the pair's next view, -1 for the previous one */
	function turnTab(by: number): void {
		const { tab } = store.getState();
		const index = tabs.indexOf(tab === 'nodes' ? 'overview' : tab);
		openTab(tabs[(index + by + tabs.length) % tabs.length] ?? 'overview');
	}

	function setFilter(list: string, filter: string): void {
		const state = store.getState();
		const filters = { ...state.filters, [list]: filter.slice(0, longestFilter) };
		store.setState(withPages({ ...state, filters, tops: { ...state.tops, [list]: 0 } }));
	}

	function startFilter(): void {
		const found = listInView(store.getState());
		if (found) store.setState({ filtering: found.name });
	}

	function type(sign: string): void {
		const { filtering, filters } = store.getState();
		if (filtering !== null) setFilter(filtering, (filters[filtering] ?? '') + sign);
	}

	function erase(): void {
		const { filtering, filters } = store.getState();
		if (filtering === null) return;
		setFilter(filtering, [...(filters[filtering] ?? '')].slice(0, -1).join(''));
	}

	function clearFilter(): void {
		const found = listInView(store.getState());
		if (found) setFilter(found.name, '');
		store.setState({ filtering: null });
	}

	/** One step back: closes the row, the filter, the single table or the pair. */
	function back(): void {
		const state = store.getState();
		store.setState(stepBack(state));
	}

	function closeHelp(): void {
		const state = store.getState();
		const found = listInView(state);
		if (found && (state.filters[found.name] ?? '') !== '') setFilter(found.name, '');
		else store.setState({ helpOpen: false });
	}

	function stepBack(state: ScreenState): Partial<ScreenState> {
		if (state.inspected) return { inspected: null };
		const found = listInView(state);
		if (found && (state.filters[found.name] ?? '') !== '') {
			return withPages({ ...state, filters: { ...state.filters, [found.name]: '' } });
		}
		if (state.tab === 'nodes') return { tab: 'overview' };
		if (state.changesOf !== null) return { changesOf: null, tab: 'tables' };
		return { pair: null };
	}

	return {
		move,
		moveToEnd,
		openTab,
		turnTab,
		startFilter,
		type,
		erase,
		clearFilter,
		back,
		closeHelp,
	};
}
