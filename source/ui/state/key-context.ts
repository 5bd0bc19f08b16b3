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
	/** What is under the cursor, or looked at closely; null elsewhere. */
	table: TableSnapshot | null;
	node: ListedNode | null;
	change: PendingChange | null;
	conflict: ListedConflict | null;
	parked: ListedParked | null;
	notice: ListedNotice | null;
	/** A row that is looked at by its key. */
	row: TypedRow | null;
	/** What is looked for in the list in view. */
	filter: string;
	requests: readonly RunningRequest[];
	setup: Setup | null;
}
