/**
 * The key under which a table's triggers note its changes. Once the table has another primary key,
 * an entry of before would be read as the key of some other row.
 */
import { renameTableInLog } from '../changelog/log/rename-table.ts';
import type { Connection } from '../database/connection/connection.ts';
import { rowKeyExpression } from '../database/rows/row-key.ts';
import type { TrackedTable } from '../database/rows/tracked-table.ts';
import type { TriggerInventory } from './trigger-inventory.ts';

/** The columns that the triggers note instead of the present key's, or null where there is nothing amiss. */
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
	// An older program's text for the same key.
	return isSame(noted, table) ? null : noted;
}

function isSame(noted: readonly string[], { key }: TrackedTable): boolean {
	const fold = (names: readonly string[]) => JSON.stringify(names).toLowerCase();
	return fold(noted) === fold(key.map(({ name }) => name));
}

/** The name under which the changes of a table stand whose old key is lost with its columns. */
export function asideName(table: string): string {
	return `${[...table].slice(0, 50).join('')} (old key)`;
}

/** Keeps entries with a lost key from being read as entries of the present one. */
export async function setAside(connection: Connection, table: string): Promise<void> {
	await renameTableInLog(connection, table, asideName(table));
}
