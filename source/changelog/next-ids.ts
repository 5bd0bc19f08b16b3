/** The numbers of the change log and of this program's own tables, which one entry is enough to use up. */
import type { Connection } from '../database/connection/connection.ts';
import { changeLogTable } from '../database/rows/tracked-table.ts';
import { quoteName } from '../database/sql/identifiers.ts';
import { idList, quoteString } from '../database/sql/literals.ts';
import { errorOfFinding, type SyncError } from '../errors.ts';
import type { Cure } from '../text/cures.ts';
import { changelogFinding, changelogMessages } from './messages.ts';
import {
	batchesTable,
	conflictRowsTable,
	conflictsTable,
	parkedTable,
	requestsTable,
} from './table-names.ts';

/** The last number of each type that the column may have in an older log. */
const lastNumbers: Record<string, bigint> = {
	tinyint: 2n ** 7n - 1n,
	smallint: 2n ** 15n - 1n,
	mediumint: 2n ** 23n - 1n,
	int: 2n ** 31n - 1n,
	bigint: 2n ** 63n - 1n,
};

/** No table of this program counts that far: a greater number was written by somebody. */
const counted = 2n ** 63n - 1n;

const numbered = [conflictsTable, parkedTable, requestsTable, batchesTable];

/**
 * What is to be said of a change log that has given its last number: no trigger can note anything any more.
 * Null where there are numbers left.
 */
export async function fullLog(connection: Connection): Promise<SyncError | null> {
	const [row] = await connection.rows<{ id: string | number | null; type: string }>(
		`SELECT
			(SELECT MAX(id) FROM change_log) AS id,
			(
				SELECT LOWER(column_type)
				FROM information_schema.columns
				WHERE table_schema = DATABASE()
					AND table_name = ${quoteString(changeLogTable)}
					AND column_name = 'id'
			) AS type`,
	);
	if (!row || row.id === null) return null;
	const signed = lastNumbers[/^[a-z]+/.exec(row.type)?.[0] ?? ''];
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
 * Gives entries of this program's own tables another number that have one which was never counted to, so
 * that there are numbers left.
 */
export async function renumberOwn(connection: Connection): Promise<void> {
	const highest = numbered.map(
		(name) => `SELECT ${quoteString(name)} AS name, MAX(id) AS id FROM ${quoteName(name)}`,
	);
	const rows = await connection.rows<{ name: string; id: string | number | null }>(
		highest.join('\nUNION ALL\n'),
	);
	for (const { name, id } of rows) {
		if (id !== null && BigInt(id) > counted) await renumber(connection, name);
	}
}

async function renumber(connection: Connection, name: string): Promise<void> {
	const table = quoteName(name);
	const wild = await connection.rows<{ id: string | number }>(
		`SELECT id FROM ${table} WHERE id > ${counted} ORDER BY id`,
	);
	const [left] = await connection.rows<{ id: string | number | null }>(
		`SELECT MAX(id) AS id FROM ${table} WHERE id <= ${counted}`,
	);
	let next = BigInt(left?.id ?? 0) + 1n;
	for (const { id } of wild) {
		const [before, after] = [idList([String(id)]), idList([String(next)])];
		await connection.run(
			`UPDATE ${table} FORCE INDEX (PRIMARY) SET id = ${after} WHERE id = ${before}`,
		);
		if (name === conflictsTable) {
			await connection.run(
				`UPDATE ${quoteName(conflictRowsTable)} FORCE INDEX (PRIMARY)
				SET conflict = ${after}
				WHERE conflict = ${before}`,
			);
		}
		next += 1n;
	}
	await restartNumbers(connection, name);
}

/** Has a table count on behind its highest number. */
export async function restartNumbers(connection: Connection, name: string): Promise<void> {
	await connection.define(`ALTER TABLE ${quoteName(name)} AUTO_INCREMENT = 1`);
}

/** Whether a number is one that no table of this program counts to. */
export function isUncounted(id: string): boolean {
	return BigInt(id) > counted;
}
