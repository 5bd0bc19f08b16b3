import { beingDefined, catalogueRows } from '../../database/catalogue/catalogue-rows.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { inSteps } from '../../database/connection/transaction-limits.ts';
import { changeLogTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { name, type Sql, sql } from '../../database/sql/sql.ts';
import { SyncError } from '../../errors.ts';
import {
	entryColumns,
	type FoundColumn,
	type LogColumn,
	logColumns,
	pendingIndex,
} from './columns.ts';

/**
 * `incomplete` lacks a column that triggers write, so the application's writes fail. `outdated` has all of
 * them, and has to be altered for another reason, such as a type, an index, or the server's lock mode.
 */
export type ChangeLogState = 'missing' | 'incomplete' | 'outdated' | 'complete';

interface Inspection {
	state: ChangeLogState;
	/** Clauses of the ALTER TABLE that completes an older log. */
	changes: Sql[];
	/** Columns that may hold NULL where the completed column does not allow it. */
	nullable: string[];
	/** The columns as they should be. */
	wanted: readonly LogColumn[];
}

/** Whether the database has a change log that is ready for use. @throws SyncError `foreign_change_log` */
export async function changeLogState(connection: Connection): Promise<ChangeLogState> {
	return (await inspect(connection)).state;
}

/**
 * Creates the change log where there is none, and completes an older one, keeping its rows. Resolves to
 * what was done.
 * @throws SyncError `foreign_change_log` if a table or view of that name is something else
 */
export async function ensureChangeLog(
	connection: Connection,
): Promise<'present' | 'created' | 'completed'> {
	const { state, changes, nullable, wanted } = await inspect(connection);
	if (state === 'complete') return 'present';
	if (state === 'missing') {
		await connection.run(createSql(wanted));
		return 'created';
	}
	for (const column of nullable) {
		// The log may have no key yet to find rows by. The ALTER TABLE that follows waits for every writer anyway.
		await inSteps(null, (limit) =>
			connection.run(
				sql`UPDATE change_log
				SET ${name(column)} = ''
				WHERE ${name(column)} IS NULL
				${limit === null ? sql`` : sql`LIMIT ${limit}`}`,
			),
		);
	}
	await connection.define(sql`ALTER TABLE change_log ${changes}`);
	return 'completed';
}

/** Drops the change log, and with it the changes that are still pending. Resolves to whether there was one. */
export async function dropChangeLog(connection: Connection): Promise<boolean> {
	if ((await inspect(connection)).state === 'missing') return false;
	await connection.define(sql`DROP TABLE change_log`);
	return true;
}

function createSql(wanted: readonly LogColumn[]): Sql {
	const columns = wanted.map((column) => sql`${name(column.name)} ${column.definition}`);
	return sql`CREATE TABLE IF NOT EXISTS change_log (
		${columns},
		PRIMARY KEY (id),
		KEY ${name(pendingIndex)} (applied_nodes)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`;
}

async function inspect(connection: Connection): Promise<Inspection> {
	const [tables, columnsFound, indexed, settings] = await connection.together(() =>
		Promise.all([
			catalogueRows<{ type: string; engine: string | null }>(
				connection,
				sql`SELECT table_type AS type, engine AS engine
				FROM information_schema.tables
				WHERE table_schema = DATABASE() AND table_name = ${changeLogTable}`,
			),
			catalogueRows<FoundColumn>(
				connection,
				sql`SELECT LOWER(column_name) AS name, LOWER(data_type) AS type,
					LOWER(column_type) AS full_type, character_maximum_length AS width,
					LOWER(is_nullable) AS nullable, collation_name AS collation,
					LOWER(column_default) AS column_default, LOWER(extra) AS extra
				FROM information_schema.columns
				WHERE table_schema = DATABASE() AND table_name = ${changeLogTable}`,
			),
			catalogueRows<{ index_name: string; columns: string }>(
				connection,
				sql`SELECT index_name AS index_name,
					LOWER(GROUP_CONCAT(column_name ORDER BY seq_in_index)) AS columns
				FROM information_schema.statistics
				WHERE table_schema = DATABASE() AND table_name = ${changeLogTable}
				GROUP BY index_name`,
			),
			connection.rows<{ mode: string | number }>(sql`SELECT @@innodb_autoinc_lock_mode AS mode`),
		]),
	);
	if ([tables, columnsFound, indexed].some(({ leftOut }) => leftOut.length > 0)) {
		throw beingDefined(connection, changeLogTable);
	}
	const [table] = tables.rows;
	const found = columnsFound.rows;
	const all = logColumns(Number(settings[0]?.mode));
	if (!table) return { state: 'missing', changes: [], nullable: [], wanted: all };
	refuseForeign(connection, table.type, found, all);
	const columns = new Map(found.map((column) => [column.name, column]));
	const changes: Sql[] = [];
	const nullable: string[] = [];
	for (const wanted of all) {
		const column = columns.get(wanted.name);
		const clause = sql`${name(wanted.name)} ${wanted.definition}`;
		if (!column) {
			changes.push(sql`ADD COLUMN ${clause}`);
			if (wanted.name === 'id') changes.push(sql`ADD PRIMARY KEY (id)`);
		} else if (!wanted.fits(column)) {
			changes.push(sql`MODIFY COLUMN ${clause}`);
			if (column.nullable === 'yes' && String(wanted.definition).includes("DEFAULT ''")) {
				nullable.push(wanted.name);
			}
		}
	}
	if (table.engine?.toLowerCase() !== 'innodb') changes.push(sql`ENGINE = InnoDB`);
	const isIndexed = (key: string) => indexed.rows.some(({ index_name }) => index_name === key);
	// Statements name it (FORCE INDEX): a UNIQUE key in its place would make them fail (1176).
	if (columns.has('id') && !isIndexed('PRIMARY')) changes.push(sql`ADD PRIMARY KEY (id)`);
	const index = indexed.rows.find(({ index_name }) => index_name === pendingIndex);
	if (index && index.columns !== 'applied_nodes') {
		changes.push(sql`DROP KEY ${name(pendingIndex)}`);
	}
	if (index?.columns !== 'applied_nodes') {
		changes.push(sql`ADD KEY ${name(pendingIndex)} (applied_nodes)`);
	}
	const lacksColumn = entryColumns.some((written) => !columns.has(written));
	return {
		state: changes.length === 0 ? 'complete' : lacksColumn ? 'incomplete' : 'outdated',
		changes,
		nullable,
		wanted: all,
	};
}

/**
 * An older log lacks a column or two. A table that shares fewer than four column names with ours, or that
 * requires a value we do not give, is not a log of this program.
 */
function refuseForeign(
	connection: Connection,
	type: string,
	found: readonly FoundColumn[],
	wanted: readonly LogColumn[],
): void {
	const ours = new Set(wanted.map(({ name }) => name));
	const shared = found.filter(({ name }) => ours.has(name));
	const demanding = found.find(
		({ name, nullable, column_default, extra }) =>
			!ours.has(name) && nullable === 'no' && column_default === null && extra === '',
	);
	const reason =
		type !== 'BASE TABLE'
			? 'it is no base table'
			: !shared.some(({ name }) => name === 'table_name') || shared.length < 4
				? `its columns are ${found.map(({ name }) => name).join(', ')}`
				: demanding
					? `its column ${demanding.name} demands a value`
					: null;
	if (reason === null) return;
	throw new SyncError(
		'foreign_change_log',
		`the database ${connection.end.database} has a ${changeLogTable} that is not this program's: ${reason}`,
		{
			side: connection.end.side,
			table: changeLogTable,
			hint: `It was left untouched. Rename it (RENAME TABLE ${quoteName(changeLogTable)} TO …), or sync another database.`,
		},
	);
}
