import { type Sql, sql } from '../../database/sql/sql.ts';

/** A column of the change log as the server's catalogue has it; all texts in lower case. */
export interface FoundColumn {
	name: string;
	type: string;
	full_type: string;
	width: string | number | null;
	nullable: string;
	collation: string | null;
	column_default: string | null;
	extra: string;
}

export interface LogColumn {
	name: string;
	definition: Sql;
	/** Whether a column of an older log can stay as it is. */
	fits: (column: FoundColumn) => boolean;
}

/** The index that finds pending changes, however long the history. */
export const pendingIndex = 'change_log_pending';

function isTextOf(column: FoundColumn, leastWidth: number): boolean {
	return /char|text/.test(column.type) && Number(column.width) >= leastWidth;
}

/** Indexed columns must be compared byte by byte, and short enough for an index. */
function isNodeList(width: number): (column: FoundColumn) => boolean {
	return (column) =>
		column.full_type === `varchar(${width})` &&
		column.collation === 'ascii_bin' &&
		column.nullable === 'no' &&
		column.column_default !== null;
}

const counted = sql`BIGINT UNSIGNED NOT NULL AUTO_INCREMENT`;
const drawn = sql`BIGINT UNSIGNED NOT NULL DEFAULT (UUID_SHORT())`;

/**
 * Ids come from AUTO_INCREMENT, unless innodb_autoinc_lock_mode is 0: there a statement locks the counter
 * until it ends, so that writers to different tables wait for each other, and some end in a deadlock
 * (1213, 1467).
 */
function idColumn(lockMode: number): LogColumn {
	const isDrawn = ({ column_default }: FoundColumn) =>
		column_default?.includes('uuid_short') ?? false;
	const isCounted = ({ extra }: FoundColumn) => extra.includes('auto_increment');
	return {
		name: 'id',
		definition: lockMode === 0 ? drawn : counted,
		fits: (column) =>
			/int$/.test(column.type) && (isDrawn(column) || (lockMode !== 0 && isCounted(column))),
	};
}

/**
 * The columns of the change log. A key is at most 3072 bytes, a row key twice that and a little.
 * The ids in `applied_nodes` are kept sorted, so that its index has few distinct values.
 * @param lockMode the server's innodb_autoinc_lock_mode
 */
export const logColumns = (lockMode: number): readonly LogColumn[] => [
	idColumn(lockMode),
	{
		name: 'table_name',
		definition: sql`VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL`,
		fits: (column) => isTextOf(column, 64) && /^utf8/.test(column.collation ?? ''),
	},
	{
		name: 'operation',
		definition: sql`ENUM('INSERT', 'UPDATE', 'DELETE') NOT NULL`,
		fits: (column) =>
			column.full_type === "enum('insert','update','delete')" || isTextOf(column, 6),
	},
	{
		name: 'row_key',
		definition: sql`VARCHAR(6400) CHARACTER SET ascii COLLATE ascii_bin NULL`,
		fits: (column) => isTextOf(column, 6400),
	},
	{
		name: 'source_node',
		definition: sql`VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''`,
		fits: isNodeList(64),
	},
	{
		name: 'applied_nodes',
		definition: sql`VARCHAR(2048) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''`,
		fits: isNodeList(2048),
	},
	{
		name: 'changed_at',
		definition: sql`DATETIME(6) NULL`,
		fits: (column) => column.full_type === 'datetime(6)',
	},
];

/** The columns that an entry is written with: all but the id. */
export const entryColumns: readonly string[] = logColumns(1).flatMap(({ name }) =>
	name === 'id' ? [] : [name],
);
