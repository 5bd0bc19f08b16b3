import { readLatestChanges } from '../../changelog/log/latest-changes.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import type { LastChange } from '../api/snapshot.ts';
import { toIso } from '../shared/utc.ts';

/** The last change of each table among the newest changes of the log, by table. */
export async function readLastChanges(
	connection: Connection,
	tables: readonly TablePair[],
): Promise<Record<string, LastChange>> {
	const { side } = connection.end;
	const names = new Map(tables.map((table) => [table.sides[side]?.name, table.name]));
	const changes = new Map<string, LastChange>();
	for (const { table, operation, sourceNode, changedAt } of await readLatestChanges(connection)) {
		const name = names.get(table);
		if (name === undefined || changedAt === null) continue;
		const at = toIso(changedAt, connection);
		changes.set(name, { side, operation, source_node: sourceNode, changed_at: at });
	}
	return Object.fromEntries(changes);
}

/** Merges both; the later change of each table wins. */
export function laterChanges(
	one: Readonly<Record<string, LastChange>>,
	other: Readonly<Record<string, LastChange>>,
): Record<string, LastChange> {
	const later = new Map(Object.entries(one));
	for (const [table, change] of Object.entries(other)) {
		const known = later.get(table);
		if (!known || known.changed_at <= change.changed_at) later.set(table, change);
	}
	return Object.fromEntries(later);
}
