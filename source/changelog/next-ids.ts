/**
 * AUTO_INCREMENT ids of the change log and the own tables. A single row with the highest id uses them all up.
 */
import type { Connection } from '../database/connection/connection.ts';
import { changeLogTable } from '../database/rows/tracked-table.ts';
import { ids, joined, name, sql } from '../database/sql/sql.ts';
import { errorOfFinding, type SyncError } from '../errors.ts';
import type { Cure } from '../text/cures.ts';
import { changelogFinding, changelogMessages } from './session/messages.ts';
import { batchesTable } from './tables/batches.ts';
import { conflictVersionsTable } from './tables/conflict-versions.ts';
import { conflictsTable } from './tables/conflicts.ts';
import type { OwnTable } from './tables/own-table.ts';
import { parkedTable } from './tables/parked.ts';
import { requestsTable } from './tables/run-requests.ts';

/** The highest id of each type that the column of an older log may have. */
const highestIds: Record<string, bigint> = {
	tinyint: 2n ** 7n - 1n,
	smallint: 2n ** 15n - 1n,
	mediumint: 2n ** 23n - 1n,
	int: 2n ** 31n - 1n,
	bigint: 2n ** 63n - 1n,
};

/** No own table reaches a higher id by counting: somebody else wrote it. */
const highestCounted = 2n ** 63n - 1n;

const numbered: readonly OwnTable[] = [conflictsTable, parkedTable, requestsTable, batchesTable];

/**
 * The error for a change log that has assigned its highest id, so that triggers can no longer write to it;
 * null if there are ids left.
 */
export async function fullLog(connection: Connection): Promise<SyncError | null> {
	const [row] = await connection.rows<{ id: string | number | null; type: string }>(
		sql`SELECT
			(SELECT MAX(id) FROM change_log) AS id,
			(
				SELECT LOWER(column_type)
				FROM information_schema.columns
				WHERE table_schema = DATABASE()
					AND table_name = ${changeLogTable}
					AND column_name = 'id'
			) AS type`,
	);
	if (!row || row.id === null) return null;
	const signed = highestIds[/^[a-z]+/.exec(row.type)?.[0] ?? ''];
	if (signed === undefined) return null;
	const last = row.type.includes('unsigned') ? signed * 2n + 1n : signed;
	if (BigInt(row.id) < last) return null;
	const { side } = connection.end;
	const cures: Cure[] = [
		{
			side,
			sql: `DELETE FROM change_log WHERE id = ${row.id}; ALTER TABLE change_log AUTO_INCREMENT = 1`,
		},
		{
			side,
			sql: 'ALTER TABLE change_log MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT',
			purpose: 'if_ids_used',
		},
	];
	const finding = changelogFinding('change_log_full', { side }, { entry: `${row.id}` }, cures);
	return errorOfFinding('refused', changelogMessages, finding, { table: changeLogTable });
}

/**
 * Assigns low ids to rows of the own tables whose id is out of reach by counting, so that there are ids left.
 */
export async function renumberOwn(connection: Connection): Promise<void> {
	const highest = numbered.map(
		(table) => sql`SELECT ${table.name} AS name, MAX(id) AS id FROM ${name(table.name)}`,
	);
	const rows = await connection.rows<{ name: string; id: string | number | null }>(
		joined(highest, sql`\nUNION ALL\n`),
	);
	for (const table of numbered) {
		const id = rows.find((row) => row.name === table.name)?.id ?? null;
		if (id !== null && BigInt(id) > highestCounted) await renumber(connection, table);
	}
}

async function renumber(connection: Connection, table: OwnTable): Promise<void> {
	const wild = await connection.rows<{ id: string | number }>(
		sql`SELECT id FROM ${name(table.name)} WHERE id > ${highestCounted} ORDER BY id`,
	);
	const [last] = await connection.rows<{ id: string | number | null }>(
		sql`SELECT MAX(id) AS id FROM ${name(table.name)} WHERE id <= ${highestCounted}`,
	);
	let next = BigInt(last?.id ?? 0) + 1n;
	for (const { id } of wild) {
		const before = ids(String(id));
		await connection.run(
			sql`UPDATE ${name(table.name)} FORCE INDEX (PRIMARY) SET id = ${next} WHERE id = ${before}`,
		);
		if (table === conflictsTable) {
			await connection.run(
				sql`UPDATE ${name(conflictVersionsTable.name)} FORCE INDEX (PRIMARY)
				SET conflict = ${next}
				WHERE conflict = ${before}`,
			);
		}
		next += 1n;
	}
	await restartIds(connection, table);
}

/** Lets a table continue after its highest id. */
export async function restartIds(connection: Connection, table: OwnTable): Promise<void> {
	await connection.define(sql`ALTER TABLE ${name(table.name)} AUTO_INCREMENT = 1`);
}

/** True if an id is out of reach by counting. */
export function isUncounted(id: string): boolean {
	return BigInt(id) > highestCounted;
}
