/** What an entry of the change log has to be before rows are read by it: anybody may have written to the log. */
import { quoteName } from '../database/identifiers.ts';
import { readableRowKey, shortened } from '../database/key-values.ts';
import type { RowKey } from '../database/row-key.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { Route } from './collapse.ts';
import { formatNodes, parseNodes } from './nodes.ts';
import type { Change } from './pending.ts';

const operations = ['INSERT', 'UPDATE', 'DELETE'];

/** Characters that a list of nodes may have. */
const longestNodes = 2048;

/**
 * The key of the row that an entry names.
 * @param nodes the nodes that have the change once it is applied, besides those that it lists
 * @throws SyncError `refused` where the entry makes no sense, with the statements that remove or mend it
 */
export function readEntry(change: Change, route: Route, nodes: readonly string[]): RowKey {
	const { operation, sourceNode, appliedNodes } = change;
	if (!operations.includes(operation?.toUpperCase())) {
		throw senseless(change, route, `its operation is '${shortened(operation ?? 'NULL')}'`, {
			column: 'operation',
			value: "'UPDATE'",
		});
	}
	if (!/^[A-Za-z0-9._-]*$/.test(sourceNode)) {
		throw senseless(change, route, `its source_node is '${sourceNode}'`, {
			column: 'source_node',
			value: "''",
		});
	}
	const all = formatNodes([...parseNodes(appliedNodes), sourceNode, ...nodes]);
	if (all.length > longestNodes) {
		throw senseless(change, route, 'there is no room in applied_nodes for another node', {
			column: 'applied_nodes',
			value: "''",
		});
	}
	try {
		return readableRowKey(change.rowKey, route.source.key);
	} catch (thrown) {
		throw unreadableKey(change, route, asSyncError(thrown));
	}
}

/** The error for an entry whose row key names no row, with the statements that remove or mend it. */
export function unreadableKey(change: Change, route: Route, reason: SyncError): SyncError {
	return senseless(change, route, reason.message, null, reason);
}

/** @param mend the column that another value would put right */
function senseless(
	{ id }: Change,
	{ source }: Route,
	reason: string,
	mend: { column: string; value: string } | null,
	cause?: SyncError,
): SyncError {
	const here = `WHERE id = ${id}`;
	const [first] = source.key;
	const name = quoteName(first?.name ?? '');
	const cure = mend
		? `to have its row carried over: UPDATE change_log SET ${mend.column} = ${mend.value} ${here}`
		: `if it stands for a row, have that carried over: UPDATE ${quoteName(source.name)} SET ${name} = ${name} WHERE …`;
	return new SyncError('refused', `entry ${id} of change_log makes no sense: ${reason}`, {
		hint: `It was left out. To remove it: DELETE FROM change_log ${here}; ${cure}.`,
		errno: cause?.errno,
		cause,
	});
}
