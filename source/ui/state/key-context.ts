import type {
	ListedConflict,
	ListedParked,
	LivePair,
	PendingChange,
	TableSnapshot,
} from '../../engine/api/snapshot.ts';
import type { TypedRow } from './inspected.ts';
import type { ListedNotice } from './messages.ts';
import type { ListedNode } from './nodes.ts';
import type { RunningRequest, Setup, View } from './state.ts';

/** What a key pressed now would act on. */
export interface KeyContext {
	view: View;
	pair: LivePair | null;
	/** The selected item, or the one whose details are open; otherwise null. */
	table: TableSnapshot | null;
	node: ListedNode | null;
	change: PendingChange | null;
	conflict: ListedConflict | null;
	parked: ListedParked | null;
	notice: ListedNotice | null;
	/** A row opened by its key. */
	row: TypedRow | null;
	/** The filter of the current list. */
	filter: string;
	requests: readonly RunningRequest[];
	setup: Setup | null;
}
