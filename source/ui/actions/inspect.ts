/** Opens the details of the selected item and reads its row from both sides. */

import type { EngineView } from '../../engine/api/snapshot.ts';
import { asSyncError } from '../../errors.ts';
import { listInView } from '../lists/lists.ts';
import { currentPair, keyContext } from '../lists/selection.ts';
import { type Inspected, rowQuery, type TypedRow } from '../state/inspected.ts';
import type { ScreenStore } from '../state/state.ts';

export function createInspecting(engine: EngineView, store: ScreenStore) {
	/** Opens the details of the selected item. */
	function inspect(): void {
		const state = store.getState();
		const { change, conflict, parked, notice } = keyContext(state);
		const reading = { step: 'reading' } as const;
		const { direction } = state;
		if (conflict ?? parked) keepCursor();
		if (change) show({ kind: 'change', change, direction, reading });
		else if (conflict) show({ kind: 'conflict', conflict, reading });
		else if (parked) show({ kind: 'parked', parked, reading });
		else if (notice) show({ kind: 'notice', notice });
	}

	/** Opens the details of a row of which only the key is known. */
	function inspectRow(row: TypedRow): void {
		show({ kind: 'row', row, reading: { step: 'reading' } });
	}

	/**
	 * New entries are inserted at the top of these lists, so Esc has to return to this entry, not to this index.
	 */
	function keepCursor(): void {
		const state = store.getState();
		const found = listInView(state);
		if (!found?.cursor) return;
		const { cursor, keys, index } = found;
		store.setState({
			cursors: { ...state.cursors, [cursor]: { key: keys[index] ?? null, index } },
		});
	}

	function reread(): void {
		const { inspected } = store.getState();
		if (inspected) read(inspected);
	}

	function show(inspected: Inspected): void {
		store.setState(({ tops }) => ({ inspected, tops: { ...tops, row: 0 } }));
		read(inspected);
	}

	/** Reads the row from both sides. The previous result stays on screen until then. */
	function read(inspected: Inspected): void {
		const pair = currentPair(store.getState());
		const query = rowQuery(inspected);
		if (!pair || !query || inspected.kind === 'notice') return;
		const still = (reading: typeof inspected.reading) => {
			const { inspected: shown } = store.getState();
			const same = shown && JSON.stringify(rowQuery(shown)) === JSON.stringify(query);
			if (same && shown.kind === inspected.kind) {
				store.setState({ inspected: { ...inspected, reading } });
			}
		};
		engine.inspect(pair.name, query).then(
			(row) => still({ step: 'read', row }),
			(error: unknown) => still({ step: 'failed', words: asSyncError(error).describe() }),
		);
	}

	return { inspect, inspectRow, reread };
}
