import { beingDefined, catalogueRows } from '../database/catalogue/catalogue-rows.ts';
import type { Connection } from '../database/connection/connection.ts';
import { inSteps } from '../database/connection/transaction-limits.ts';
import { changeLogTable } from '../database/rows/tracked-table.ts';
import { quoteName } from '../database/sql/identifiers.ts';
import { quoteString } from '../database/sql/literals.ts';
import { SyncError } from '../errors.ts';
import {
	entryColumns,
	type FoundColumn,
	type LogColumn,
	logColumns,
	pendingIndex,
} from './columns.ts';

/**
 * `incomplete` lacks a column that triggers write, so the application's writes fail; `outdated` has them
 * all and has to be altered for another reason, such as a type, an index, or the server's lock mode.
 */
export type ChangeLogState = 'missing' | 'incomplete' | 'outdated' | 'complete';

interface Inspection {
	state: ChangeLogState;
	/** Clauses of the ALTER TABLE that completes an older log. */
	changes: string[];
	/** Whether rows may hold NULL where the completed column does not allow it. */
	nullable: string[];
	/** The columns as they should be. */
	wanted: readonly LogColumn[];
}

/** Whether the database has a change log that is ready for use. @throws SyncError `foreign_change_log` */
export async function changeLogState(connection: Connection): Promise<ChangeLogState> {
	return (await inspect(connection)).state;
}

/**
 * Creates the change log where there is none, and completes an older one, keeping its rows.
 * Resolves to what was to do.
 * @throws SyncError `foreign_change_log` if a table or view of that name is something else
 */
export async function ensureChangeLog(
	connection: Connection,
): Promise<'present' | 'created' | 'completed'> {
	const { state, changes, nullable, wanted } = await inspect(connection);
	if (state === 'complete') return 'present';
	if (state === 'missing') {
		await connection.run(createStatement(wanted));
		return 'created';
	}
	for (const column of nullable) {
		// It may have no key to go by yet; the ALTER TABLE that follows waits for every writer anyway.
		await inSteps(null, (limit) =>
			connection.run(
				`UPDATE ${quoteName(changeLogTable)}
				SET ${quoteName(column)} = ''
				WHERE ${quoteName(column)} IS NULL
				${limit === null ? '' : `LIMIT ${limit}`}`,
			),
		);
	}
	await connection.define(`ALTER TABLE ${quoteName(changeLogTable)} ${changes.join(', ')}`);
	return 'completed';
}

/** Removes the change log, and with it the record of changes that have not been carried over. */
export async function dropChangeLog(connection: Connection): Promise<boolean> {
	if ((await inspect(connection)).state === 'missing') return false;
	await connection.define(`DROP TABLE ${quoteName(changeLogTable)}`);
	return true;
}

function createStatement(wanted: readonly LogColumn[]): string {
	const columns = wanted.map(({ name, definition }) => `${quoteName(name)} ${definition}`);
	return `CREATE TABLE IF NOT EXISTS ${quoteName(changeLogTable)} (
		${columns.join(',\n\t\t')},
		PRIMARY KEY (id),
		KEY ${quoteName(pendingIndex)} (applied_nodes)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`;
}

async function inspect(connection: Connection): Promise<Inspection> {
	const name = quoteString(changeLogTable);
	const [tables, columnsFound, indexed, settings] = await connection.together(() =>
		Promise.all([
			catalogueRows<{ type: string; engine: string | null }>(
				connection,
				`SELECT table_type AS type, engine AS engine
				FROM information_schema.tables
				WHERE table_schema = DATABASE() AND table_name = ${name}`,
			),
			catalogueRows<FoundColumn>(
				connection,
				`SELECT LOWER(column_name) AS name, LOWER(data_type) AS type,
					LOWER(column_type) AS full_type, character_maximum_length AS width,
					LOWER(is_nullable) AS nullable, collation_name AS collation,
					LOWER(column_default) AS column_default, LOWER(extra) AS extra
				FROM information_schema.columns
				WHERE table_schema = DATABASE() AND table_name = ${name}`,
			),
			catalogueRows<{ index_name: string; columns: string }>(
				connection,
				`SELECT index_name AS index_name,
					LOWER(GROUP_CONCAT(column_name ORDER BY seq_in_index)) AS columns
				FROM information_schema.statistics
				WHERE table_schema = DATABASE() AND table_name = ${name}
				GROUP BY index_name`,
			),
			connection.rows<{ mode: string | number }>('SELECT @@innodb_autoinc_lock_mode AS mode'),
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
	const changes: string[] = [];
	const nullable: string[] = [];
	for (const wanted of all) {
		const column = columns.get(wanted.name);
		const clause = `${quoteName(wanted.name)} ${wanted.definition}`;
		if (!column) {
			const key = wanted.name === 'id' ? ', ADD PRIMARY KEY (id)' : '';
			changes.push(`ADD COLUMN ${clause}${key}`);
		} else if (!wanted.fits(column)) {
			changes.push(`MODIFY COLUMN ${clause}`);
			if (column.nullable === 'yes' && wanted.definition.includes("DEFAULT ''")) {
				nullable.push(wanted.name);
			}
		}
	}
	if (table.engine?.toLowerCase() !== 'innodb') changes.push('ENGINE = InnoDB');
	const isIndexed = (name: string) => indexed.rows.some(({ index_name }) => index_name === name);
	// Statements name entries by it (FORCE INDEX): a UNIQUE key in its place would make them fail (1176).
	if (columns.has('id') && !isIndexed('PRIMARY')) changes.push('ADD PRIMARY KEY (id)');
	const index = indexed.rows.find(({ index_name }) => index_name === pendingIndex);
	if (index && index.columns !== 'applied_nodes') {
		changes.push(`DROP KEY ${quoteName(pendingIndex)}`);
	}
	if (index?.columns !== 'applied_nodes') {
		changes.push(`ADD KEY ${quoteName(pendingIndex)} (applied_nodes)`);
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
 * An older log lacks a column or two; a table that shares fewer than four names with ours, or that
 * demands values we would not give, is somebody else's.
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
