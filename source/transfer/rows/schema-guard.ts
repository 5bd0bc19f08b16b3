import { type Column, readColumns } from '../../database/catalogue/catalogue.ts';
import { beingDefined } from '../../database/catalogue/catalogue-rows.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { isWholeTableError } from '../../database/connection/errors.ts';
import { failIf } from '../../database/connection/guard.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { ids, joined, type Sql, sql } from '../../database/sql/sql.ts';
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
function fingerprintSql({ name }: TrackedTable): Sql {
	return sql`(SELECT BIT_XOR(CONV(LEFT(SHA2(CONCAT_WS('\n', column_name, column_type, is_nullable,
			character_set_name, collation_name, extra, generation_expression, column_key = 'PRI'), 256), 16), 16, 10))
		FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = ${name}
			AND CAST(table_name AS BINARY) = ${name})`;
}

/** Ensures for one pass that the target's tables stay as they were when they were paired. */
export class SchemaGuard {
	readonly #connection: Connection;
	/** The fingerprints of tables whose columns were as they were when the tables were paired. */
	readonly #fingerprints = new Map<TrackedTable, string>();

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	/**
	 * Checks tables that were not checked in the pass before.
	 * @throws SyncError `drifted` that names the table and the column
	 */
	async verify(tables: Iterable<TrackedTable>): Promise<void> {
		const unknown = [...tables].filter((table) => !this.#fingerprints.has(table));
		if (unknown.length === 0) return;
		// Before the columns: of two definitions that follow each other, it is not the later one's.
		const [[found]] = await this.#connection.together(() =>
			Promise.all([
				this.#connection.arrays(sql`SELECT ${unknown.map(fingerprintSql)}`),
				refuseDrifted(this.#connection, unknown),
			]),
		);
		for (const [index, table] of unknown.entries()) {
			this.#fingerprints.set(table, String(found?.[index]));
		}
	}

	/** A statement that fails where verified tables are not what they were. */
	failIfDrifted(tables: Iterable<TrackedTable>): Sql {
		const drifted = [...tables].map(
			(table) => sql`${fingerprintSql(table)} <> ${ids(this.#fingerprints.get(table) ?? '0')}`,
		);
		return failIf(joined(drifted, sql` OR `));
	}

	/** Has tables checked again by the next `verify`. */
	invalidate(tables: Iterable<TrackedTable>): void {
		for (const table of tables) this.#fingerprints.delete(table);
	}
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
