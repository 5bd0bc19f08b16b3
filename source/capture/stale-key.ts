/**
 * Detects triggers that log a former primary key. After a change of the primary key,
 * older entries would be read as keys of other rows.
 */
import { renameTableInLog } from '../changelog/log/rename-table.ts';
import type { Connection } from '../database/connection/connection.ts';
import { rowKeyExpression } from '../database/rows/row-key.ts';
import type { TrackedTable } from '../database/rows/tracked-table.ts';
import type { TriggerInventory } from './trigger-inventory.ts';

/** The columns that the triggers log instead of the current key's; null if they are up to date. */
export function outdatedKey(table: TrackedTable, { byTable }: TriggerInventory): string[] | null {
	const trigger = byTable
		.get(table.name)
		?.find(({ event, timing }) => event === 'INSERT' && timing === 'AFTER');
	// MySQL's catalogue garbles quoted backticks.
	if (!trigger || table.key.some(({ name }) => name.includes('`'))) return null;
	const flat = (text: string) => text.replace(/\s+/g, ' ');
	if (flat(trigger.body).includes(flat(rowKeyExpression(table.key, 'NEW')))) return null;
	const names = [...trigger.body.matchAll(/NEW\.`([^`]+)`/g)].map(([, name = '']) => name);
	const noted = [...new Set(names)];
	// An older version's text for the same key.
	return isSame(noted, table) ? null : noted;
}

function isSame(noted: readonly string[], { key }: TrackedTable): boolean {
	const fold = (names: readonly string[]) => JSON.stringify(names).toLowerCase();
	return fold(noted) === fold(key.map(({ name }) => name));
}

/** The table name for log entries whose old key columns no longer exist. */
export function asideName(table: string): string {
	return `${[...table].slice(0, 50).join('')} (old key)`;
}

/** Renames entries with a lost key, so that they are not read as entries of the current key. */
export async function setAside(connection: Connection, table: string): Promise<void> {
	await renameTableInLog(connection, table, asideName(table));
}
