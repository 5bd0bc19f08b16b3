import type { Side } from '../config/types.ts';
import type { Column } from '../database/catalogue.ts';
import type { Connection } from '../database/connection.ts';
import { displayRowKey, parseRowKey } from '../database/row-key.ts';
import type { TablePair } from '../database/table-pair.ts';
import { fetchPending } from '../transfer/pending.ts';
import { listedChanges, type PendingChange } from './snapshot.ts';
import { toIso } from './utc.ts';

/** The oldest changes of one side that are pending for a node, as the screen lists them. */
export async function listChanges(
	connection: Connection,
	target: string,
	tables: readonly TablePair[],
): Promise<PendingChange[]> {
	const side: Side = connection.end.side;
	const keys = new Map<string, { name: string; key: Column[] }>();
	for (const { name, sides } of tables) {
		const table = sides[side];
		if (table) keys.set(table.name, { name, key: table.key });
	}
	const changes = await fetchPending(connection, {
		target,
		tables: [...keys.keys()],
		limit: listedChanges,
	});
	return changes.map((change) => {
		const table = keys.get(change.table);
		return {
			id: change.id,
			table: table?.name ?? change.table,
			operation: change.operation,
			key: table ? displayKey(change.rowKey, table.key) : String(change.rowKey),
			row_key: change.rowKey,
			source_node: change.sourceNode,
			changed_at: toIso(change.changedAt, connection),
		};
	});
}

function displayKey(rowKey: string | null, key: readonly Column[]): string {
	try {
		return displayRowKey(parseRowKey(rowKey, key), key);
	} catch {
		return String(rowKey);
	}
}
