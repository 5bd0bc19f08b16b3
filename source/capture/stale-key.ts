/**
 * Detects triggers that log a former primary key. After a change of the primary key,
 * older entries would be read as keys of other rows.
 */
import type { Connection } from '../database/connection/connection.ts';
import { inPieces } from '../database/connection/transaction-limits.ts';
import { rowKeyExpression } from '../database/rows/row-key.ts';
import type { TrackedTable } from '../database/rows/tracked-table.ts';
import { idList, quoteString } from '../database/sql/literals.ts';
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

/** Ids per UPDATE. */
const idsPerUpdate = 5000;

/** Renames entries with a lost key, so that they are not read as entries of the current key. */
export async function setAside(connection: Connection, table: string): Promise<void> {
	// Reads without locking other entries. An uncommitted entry is waited for, as it has the old key.
	await connection.run('SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED');
	const rows = await connection.rows<{ id: string | number }>(
		`SELECT id FROM change_log WHERE table_name = ${quoteString(table)}`,
	);
	for (let start = 0; start < rows.length; start += idsPerUpdate) {
		await inPieces(rows.slice(start, start + idsPerUpdate), async (some) => {
			const ids = some.map(({ id }) => String(id));
			await connection.run(
				`UPDATE change_log FORCE INDEX (PRIMARY)
				SET table_name = ${quoteString(asideName(table))}
				WHERE id IN (${idList(ids)})`,
			);
		});
	}
}
