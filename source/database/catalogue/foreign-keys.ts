import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../sql/identifiers.ts';
import { catalogueRows } from './catalogue-rows.ts';

/** The effect of a foreign key on referencing rows when the referenced row is deleted, or its key changes. */
export type ReferentialAction = 'CASCADE' | 'SET NULL' | 'RESTRICT';

export interface ForeignKey {
	/** The referenced table, in the same database. */
	parent: string;
	/** The referencing columns and the referenced columns, in the same order. */
	columns: string[];
	parentColumns: string[];
	onDelete: ReferentialAction;
	onUpdate: ReferentialAction;
}

interface ForeignKeyRow {
	table_name: string;
	name: string;
	parent: string;
	column_name: string;
	parent_column: string;
	on_delete: string;
	on_update: string;
}

type ForeignKeyColumn = Omit<ForeignKeyRow, 'on_delete' | 'on_update'>;

/** A column of a foreign key, or of a primary key, which references nothing. */
type KeyColumnRow =
	| ForeignKeyColumn
	| (Omit<ForeignKeyColumn, 'parent' | 'parent_column'> & { parent: null; parent_column: null });

type ForeignKeyRule = Pick<ForeignKeyRow, 'table_name' | 'name' | 'on_delete' | 'on_update'>;

/** Foreign keys as described by the catalogue. */
interface FoundForeignKeys {
	/** Those within the database, by table. */
	byTable: Map<string, ForeignKey[]>;
	/** The tables whose primary key was listed too. Of others, nothing may have been listed. */
	told: Set<string>;
	leftOut: string[];
}

/** @param only SQL appended to a condition, to exclude other tables by a column's name */
export async function readForeignKeys(
	connection: Connection,
	only: (column: string) => string,
): Promise<FoundForeignKeys> {
	const { rows, leftOut } = await catalogueRows<KeyColumnRow>(
		connection,
		`SELECT table_name AS table_name, constraint_name AS name, referenced_table_name AS parent,
			column_name AS column_name, referenced_column_name AS parent_column
		FROM information_schema.key_column_usage
		WHERE table_schema = DATABASE()
			AND (referenced_table_schema = DATABASE() OR constraint_name = 'PRIMARY')
			${only('table_name')}
		ORDER BY table_name, constraint_name, ordinal_position`,
	);
	const told = new Set(
		rows.filter(({ name }) => name === 'PRIMARY').map(({ table_name }) => table_name),
	);
	const columns = rows.filter((row): row is ForeignKeyColumn => row.parent !== null);
	if (columns.length === 0) return { byTable: new Map(), told, leftOut };
	const rules = await connection.rows<ForeignKeyRule>(
		`SELECT table_name AS table_name, constraint_name AS name,
			delete_rule AS on_delete, update_rule AS on_update
		FROM information_schema.referential_constraints
		WHERE constraint_schema = DATABASE() ${only('table_name')}`,
	);
	const ruleOf = ({ table_name, name }: Pick<ForeignKeyRow, 'table_name' | 'name'>) =>
		rules.find((rule) => rule.table_name === table_name && rule.name === name);
	// MariaDB hides them from users with rights on single tables, and during
	// concurrent DDL of the table; SHOW CREATE TABLE shows them.
	const hidden = new Set(columns.filter((column) => !ruleOf(column)).map((one) => one.table_name));
	for (const table of hidden) rules.push(...(await readRules(connection, table)));
	const found = columns.flatMap((column) => {
		const rule = ruleOf(column);
		return rule ? [{ ...rule, ...column }] : [];
	});
	return { byTable: toForeignKeys(found), told, leftOut };
}

/** The rules of a table's foreign keys, from its definition. */
async function readRules(connection: Connection, table: string): Promise<ForeignKeyRule[]> {
	const [row] = await connection.arrays(`SHOW CREATE TABLE ${quoteName(table)}`);
	const keys = /^\s*CONSTRAINT (`(?:[^`]|``)+`) FOREIGN KEY .*$/gm;
	return [...String(row?.[1] ?? '').matchAll(keys)].map(([line, name = '']) => {
		const ruleAfter = (event: string) =>
			new RegExp(` ON ${event} (CASCADE|SET NULL|RESTRICT|NO ACTION)`).exec(line)?.[1] ??
			'RESTRICT';
		return {
			table_name: table,
			name: name.slice(1, -1).replaceAll('``', '`'),
			on_delete: ruleAfter('DELETE'),
			on_update: ruleAfter('UPDATE'),
		};
	});
}

function toForeignKeys(rows: readonly ForeignKeyRow[]): Map<string, ForeignKey[]> {
	const tables = new Map<string, Map<string, ForeignKey>>();
	for (const row of rows) {
		const { table_name, name, parent, column_name, parent_column } = row;
		const keys = tables.get(table_name) ?? new Map<string, ForeignKey>();
		tables.set(table_name, keys);
		const key = keys.get(name) ?? {
			parent,
			columns: [],
			parentColumns: [],
			onDelete: toAction(row.on_delete),
			onUpdate: toAction(row.on_update),
		};
		keys.set(name, key);
		key.columns.push(column_name);
		key.parentColumns.push(parent_column);
	}
	return new Map([...tables].map(([name, keys]) => [name, [...keys.values()]]));
}

/** InnoDB has no SET DEFAULT, and its NO ACTION is RESTRICT. */
function toAction(rule: string): ReferentialAction {
	return rule === 'CASCADE' || rule === 'SET NULL' ? rule : 'RESTRICT';
}
