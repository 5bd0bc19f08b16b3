/** Checks entries before their rows are read: anybody may have written to the change log. */
import type { Side } from '../../config/types.ts';
import { readableRowKey, shortened } from '../../database/rows/key-values.ts';
import type { RowKey } from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { asSyncError, errorOfFinding, type SyncError } from '../../errors.ts';
import type { Cure } from '../../text/cures.ts';
import { formatNodes, parseNodes } from '../session/applied-nodes.ts';
import { changelogFinding, changelogMessages } from '../session/messages.ts';
import type { Change } from './pending.ts';

const operations = ['INSERT', 'UPDATE', 'DELETE'];

/** Most characters of a list of nodes. */
const longestNodes = 2048;

/** The log that entries come from. */
export interface ReadLog {
	side: Side;
	/** The nodes that have a change once it is applied, besides those already listed. */
	nodes: readonly string[];
}

/**
 * Reads the key of the row that an entry names.
 * @param table as defined in the database of the log
 * @throws SyncError `refused` if the entry is invalid, with the statements that delete or correct it
 */
export function readEntry(change: Change, table: TrackedTable, { side, nodes }: ReadLog): RowKey {
	const { operation, sourceNode, appliedNodes } = change;
	if (!operations.includes(operation?.toUpperCase())) {
		throw invalidEntry(
			change,
			table,
			side,
			`its operation is '${shortened(operation ?? 'NULL')}'`,
			{
				column: 'operation',
				value: "'UPDATE'",
			},
		);
	}
	if (!/^[A-Za-z0-9._-]*$/.test(sourceNode)) {
		throw invalidEntry(change, table, side, `its source_node is '${sourceNode}'`, {
			column: 'source_node',
			value: "''",
		});
	}
	const all = formatNodes([...parseNodes(appliedNodes), sourceNode, ...nodes]);
	if (all.length > longestNodes) {
		throw invalidEntry(change, table, side, 'there is no room in applied_nodes for another node', {
			column: 'applied_nodes',
			value: "''",
		});
	}
	try {
		return readableRowKey(change.rowKey, table.key);
	} catch (thrown) {
		throw unreadableKey(change, table, side, asSyncError(thrown));
	}
}

/** The error for an entry whose row key names no row, with the statements that delete or correct it. */
export function unreadableKey(
	change: Change,
	table: TrackedTable,
	side: Side,
	reason: SyncError,
): SyncError {
	return invalidEntry(change, table, side, reason.message, null, reason);
}

/** @param correction the column and the value that would make the entry valid */
function invalidEntry(
	{ id }: Change,
	{ name, key }: TrackedTable,
	side: Side,
	reason: string,
	correction: { column: string; value: string } | null,
	cause?: SyncError,
): SyncError {
	const here = `WHERE id = ${id}`;
	const first = quoteName(key[0]?.name ?? '');
	const cures: Cure[] = [
		{ side, purpose: 'discard_entry', sql: `DELETE FROM change_log ${here}` },
		correction
			? {
					side,
					purpose: 'send_row',
					sql: `UPDATE change_log SET ${correction.column} = ${correction.value} ${here}`,
				}
			: {
					side,
					purpose: 'if_row_known',
					sql: `UPDATE ${quoteName(name)} SET ${first} = ${first} WHERE …`,
				},
	];
	const finding = changelogFinding('entry_invalid', { side }, { entry: id, reason }, cures);
	return errorOfFinding('refused', changelogMessages, finding, {
		side: undefined,
		errno: cause?.errno,
		cause,
	});
}
