import type { Change, PendingCount } from '../../changelog/log/pending.ts';
import { readPendingPage, type WordInNames } from '../../changelog/log/pending-page.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { type Direction, sourceSide } from '../../config/types.ts';
import type { Column } from '../../database/catalogue/catalogue.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { displayRowKey, parseRowKey } from '../../database/rows/row-key.ts';
import { type ChangesPage, type Listing, listedChanges, listedOperations } from '../api/listing.ts';
import type { PendingChange } from '../api/snapshot.ts';
import { toIso } from '../shared/utc.ts';

export interface ListedPage {
	changes: PendingChange[];
	page: ChangesPage;
}

/** What is wanted of the changes of one side that are pending for a node, as the screen lists them. */
export async function listChanges(
	connection: LogConnection,
	peer: string,
	direction: Direction,
	tablePairs: readonly TablePair[],
	count: PendingCount,
	{ table: only, pages }: Listing,
): Promise<ListedPage> {
	const keys = new Map<string, { name: string; key: Column[] }>();
	for (const { name, sides } of tablePairs) {
		const table = sides[sourceSide(direction)];
		if (table && (only === null || name === only)) keys.set(table.name, { name, key: table.key });
	}
	const { anchor, words } = pages[direction];
	const tables = [...keys.keys()];
	const ofTables = tables.reduce((sum, name) => sum + (count.byTable.get(name) ?? 0), 0);
	const { changes, older, newer } = await readPendingPage(connection, {
		peer,
		tables,
		words: words.map((word) => whereIn(word, keys)),
		anchor,
		size: listedChanges,
		total: words.length === 0 ? ofTables : null,
	});
	return { changes: changes.map(listed), page: { anchor, words, older, newer } };

	function listed(change: Change): PendingChange {
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
	}
}

/** Where a word occurs among tables, which are given by the source's name. */
function whereIn(spelled: string, tables: ReadonlyMap<string, { name: string }>): WordInNames {
	const word = spelled.toLowerCase();
	return {
		word,
		tables: [...tables].flatMap(([ofSource, { name }]) =>
			name.toLowerCase().includes(word) ? [ofSource] : [],
		),
		operations: listedOperations.filter((operation) => operation.toLowerCase().includes(word)),
	};
}

function displayKey(rowKey: string | null, key: readonly Column[]): string {
	try {
		return displayRowKey(parseRowKey(rowKey, key), key);
	} catch {
		return String(rowKey);
	}
}
