import { type Column, readColumns } from '../../database/catalogue/catalogue.ts';
import { beingDefined } from '../../database/catalogue/catalogue-rows.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { isWholeTableError } from '../../database/connection/errors.ts';
import { failIf } from '../../database/connection/guard.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { idList, quoteString } from '../../database/sql/literals.ts';
import { asSyncError, SyncError } from '../../errors.ts';

/**
 * Refuses tables whose columns or keys changed since they were paired: with an outdated definition, values
 * would be lost without an error. Called in the transaction that reads or writes them, whose metadata lock
 * protects the definition from then on.
 * @throws SyncError `drifted` that names the table and the column; `busy` while another session alters one
 */
export async function refuseDrifted(
	connection: Connection,
	tables: Iterable<TrackedTable>,
): Promise<void> {
	const paired = new Map([...tables].map((table) => [table.name, table]));
	if (paired.size === 0) return;
	const { byTable, leftOut } = await readColumns(connection, [...paired.keys()]);
	for (const [name, { columns }] of paired) {
		if (leftOut.includes(name)) throw beingDefined(connection, name);
		const changed = changedColumn(columns, byTable.get(name) ?? []);
		if (changed === null) continue;
		throw new SyncError('drifted', `column ${changed} has changed since the run began`, {
			side: connection.end.side,
			table: name,
			hint: 'Nothing of the batch was applied. The next run reads the table definition again.',
		});
	}
}

/**
 * SQL of a fingerprint of a table's columns. The catalogue compares names case-insensitively even if the
 * server's table names are case-sensitive, hence the binary comparison.
 */
function fingerprintOf({ name }: TrackedTable): string {
	return `(SELECT BIT_XOR(CONV(LEFT(SHA2(CONCAT_WS('\n', column_name, column_type, is_nullable,
			character_set_name, collation_name, extra, generation_expression, column_key = 'PRI'), 256), 16), 16, 10))
		FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = ${quoteString(name)}
			AND CAST(table_name AS BINARY) = ${quoteString(name)})`;
}

/** Fingerprints of tables that were verified. */
const fingerprints = new WeakMap<TrackedTable, string>();

/**
 * Verifies that tables are unchanged since they were paired, once per pairing.
 * @throws SyncError `drifted` that names the table and the column
 */
export async function verifySchema(
	connection: Connection,
	tables: Iterable<TrackedTable>,
): Promise<void> {
	const unknown = [...tables].filter((table) => !fingerprints.has(table));
	if (unknown.length === 0) return;
	// Read before the columns: if the definition changes in between, this is the older one's.
	const [[found]] = await connection.together(() =>
		Promise.all([
			connection.arrays(`SELECT ${unknown.map(fingerprintOf).join(', ')}`),
			refuseDrifted(connection, unknown),
		]),
	);
	for (const [index, table] of unknown.entries()) fingerprints.set(table, String(found?.[index]));
}

/** The schema guard: a statement that fails if a verified table has changed. */
export function failIfDrifted(tables: Iterable<TrackedTable>): string {
	const drifted = [...tables].map(
		(table) => `${fingerprintOf(table)} <> ${idList([fingerprints.get(table) ?? '0'])}`,
	);
	return failIf(drifted.join(' OR '));
}

/** Makes verifySchema check the tables again. */
export function invalidateSchema(tables: Iterable<TrackedTable>): void {
	for (const table of tables) fingerprints.delete(table);
}

/** Converts a server's error about a missing column or table to `drifted` and throws it. */
export function asDrifted({ name }: TrackedTable): (thrown: unknown) => never {
	return (thrown) => {
		const error = asSyncError(thrown).at({ table: name });
		if (!isWholeTableError(error)) throw error;
		throw new SyncError('drifted', error.message, {
			...error.place,
			errno: error.errno,
			hint: error.hint ?? 'The next run reads the table definition again.',
			cause: error,
		});
	};
}

function changedColumn(before: readonly Column[], now: readonly Column[]): string | null {
	const names = new Set([...before, ...now].map(({ name }) => name));
	for (const name of names) {
		const [one, other] = [before, now].map((columns) => columns.find((it) => it.name === name));
		if (!one || !other || definitionOf(one) !== definitionOf(other)) return name;
	}
	return null;
}

function definitionOf(column: Column): string {
	const { fullType, nullable, characterSet, collation, expression, inKey } = column;
	return JSON.stringify([fullType, nullable, characterSet, collation, expression, inKey]);
}
