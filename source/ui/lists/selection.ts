/** What a key pressed now would act on. */

import type { LivePair } from '../../engine/api/snapshot.ts';
import type { KeyContext } from '../state/key-context.ts';
import { openPair, type ScreenState, viewBehind } from '../state/state.ts';
import {
	changeRows,
	conflictRows,
	listInView,
	logRows,
	nodeRows,
	pairRows,
	parkedRows,
	tableRows,
} from './lists.ts';

/** The open pair, or the selected one in the pairs view. */
export function currentPair(state: ScreenState): LivePair | null {
	const open = openPair(state);
	if (open) return open;
	const found = listInView({ ...state, helpOpen: false });
	return (found && pairRows(state)[found.index]) ?? null;
}

/** The current version of an item, or the given one if it is gone. */
function newest<Item extends { id: string }>(items: readonly Item[] | null, item: Item): Item {
	return items?.find(({ id }) => id === item.id) ?? item;
}

const nothing = {
	table: null,
	node: null,
	change: null,
	conflict: null,
	parked: null,
	notice: null,
	row: null,
};

export function keyContext(state: ScreenState): KeyContext {
	const { requests, setup, inspected } = state;
	const view = viewBehind(state);
	const pair = currentPair(state);
	const list = listInView(state);
	const filter = (list && state.filters[list.name]) ?? '';
	const context: KeyContext = { ...nothing, view, pair, filter, requests, setup };
	if (!pair) return context;
	if (view === 'row' && inspected) {
		switch (inspected.kind) {
			case 'change':
				return { ...context, change: inspected.change };
			case 'conflict':
				return { ...context, conflict: newest(pair.conflict_list, inspected.conflict) };
			case 'parked':
				return { ...context, parked: newest(pair.parked_list, inspected.parked) };
			case 'row':
				return { ...context, row: inspected.row };
			case 'notice':
				return { ...context, notice: inspected.notice };
		}
	}
	const index = list?.index ?? 0;
	switch (view) {
		case 'changes':
			return { ...context, change: changeRows(state, pair, state.direction)[index] ?? null };
		case 'tables':
			return { ...context, table: tableRows(state, pair)[index] ?? null };
		case 'nodes':
			return { ...context, node: nodeRows(state, pair)[index] ?? null };
		case 'conflicts':
			return { ...context, conflict: conflictRows(state, pair)[index] ?? null };
		case 'parked':
			return { ...context, parked: parkedRows(state, pair)[index] ?? null };
		case 'log':
			return { ...context, notice: logRows(state, pair)[index] ?? null };
		default:
			return context;
	}
}
