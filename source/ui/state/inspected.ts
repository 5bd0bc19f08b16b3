/** The item whose details are open: a change, a conflict, a parked change, a row by its key or a notice. */

import type { Direction } from '../../config/types.ts';
import type { RowInspection, RowQuery } from '../../engine/api/row-comparison.ts';
import type { ListedConflict, ListedParked, PendingChange } from '../../engine/api/snapshot.ts';
import type { ListedNotice } from './messages.ts';

/** Progress of reading a row. */
export type Reading =
	| { step: 'reading' }
	| { step: 'read'; row: RowInspection }
	| { step: 'failed'; words: string };

/** A row requested by its key, as typed. */
export interface TypedRow {
	table: string;
	key: string;
}

export type Inspected =
	| { kind: 'change'; change: PendingChange; direction: Direction; reading: Reading }
	| { kind: 'conflict'; conflict: ListedConflict; reading: Reading }
	| { kind: 'parked'; parked: ListedParked; reading: Reading }
	| { kind: 'row'; row: TypedRow; reading: Reading }
	| { kind: 'notice'; notice: ListedNotice };

/** The query for the item's row; null if it has none. */
export function rowQuery(inspected: Inspected): RowQuery | null {
	if (inspected.kind === 'notice') return null;
	if (inspected.kind === 'conflict') {
		const { table, row_key, id } = inspected.conflict;
		return { table, row_key, conflict: id };
	}
	if (inspected.kind === 'row') {
		const { table, key } = inspected.row;
		return { table, row_key: null, typed: key };
	}
	const { table, row_key } = inspected.kind === 'change' ? inspected.change : inspected.parked;
	return { table, row_key };
}

/** The table and key of the row in readable form; null if it has none. */
export function rowName(inspected: Inspected): { table: string; key: string } | null {
	switch (inspected.kind) {
		case 'change':
			return inspected.change;
		case 'conflict':
			return inspected.conflict;
		case 'parked':
			return inspected.parked;
		case 'row':
			return inspected.row;
		case 'notice':
			return null;
	}
}
