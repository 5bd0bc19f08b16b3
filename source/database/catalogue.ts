import type { Connection } from './connection.ts';
import { defaultText } from './default-text.ts';
import { type ForeignKey, readForeignKeys } from './foreign-keys.ts';
import { type Grant, grantedTables, readGrants } from './grants.ts';
import { quoteStrings } from './literals.ts';
import type { ServerInfo } from './session.ts';

export interface Column {
	name: string;
	/** The type's name alone, in lower case: `varchar`. */
	type: string;
	/** The type in full: `varchar(40)`, `enum('a','b')`. */
	fullType: string;
	nullable: boolean;
	characterSet: string | null;
	collation: string | null;
	/** Computed by the server: read, never written. */
	generated: boolean;
	/** Whether an INSERT may leave it out. */
	optional: boolean;
	autoIncrement: boolean;
	/** What stands after DEFAULT in its definition, and after ON UPDATE; null where nothing does. */
	defaultText: string | null;
	onUpdate: string | null;
	comment: string;
	/** Whether it is part of the primary key. */
	inKey: boolean;
	/** What the user who asks may not do with it. */
	lacks: readonly TableRight[];
}

/** A right that can be given on a column. */
export type TableRight = 'SELECT' | 'INSERT' | 'UPDATE';

/** What the catalogue shows depends on the rights of the user who asks; so does what can be done. */
interface TableRights {
	/** The user, as `ServerInfo` has it. */
	account: string;
	database: string;
	mayDelete: boolean;
	/** Whether the user sees every table and column of the database. */
	seesAll: boolean;
}

/** A UNIQUE key beside the primary key. */
export interface UniqueKey {
	name: string;
	/** In key order. */
	parts: KeyPart[];
}

/** A column, with the number of characters where the key holds only a prefix of it; or an expression. */
export type KeyPart = { column: string; prefix: number | null } | { expression: string };

/** A table or view as the server's catalogue tells it. */
export interface Table {
	name: string;
	product: ServerInfo['product'];
	/** Whether it holds rows of its own, as a view does not. */
	isBaseTable: boolean;
	engine: string | null;
	partitioned: boolean;
	columns: Column[];
	/** Column names in key order; empty where there is no primary key. */
	primaryKey: string[];
	/** Whether the primary key holds only a prefix of one of its columns. */
	prefixKey: boolean;
	uniqueKeys: UniqueKey[];
	foreignKeys: ForeignKey[];
	rights: TableRights;
}

interface TableRow {
	name: string;
	type: string;
	engine: string | null;
	options: string | null;
}

interface ColumnRow {
	table_name: string;
	name: string;
	type: string;
	full_type: string;
	nullable: string;
	character_set: string | null;
	collation: string | null;
	column_default: string | null;
	extra: string;
	comment: string;
	column_key: string;
	privileges: string;
}

/**
 * Reads the tables and views of the connection's database, or only the named ones. Names come back
 * as the server spells them. Every column is aliased: MySQL heads them in upper case otherwise.
 * @param grants of the connection's user; asked for unless given
 */
export async function readCatalogue(
	connection: Connection,
	names?: readonly string[],
	grants?: Promise<readonly Grant[]>,
): Promise<Table[]> {
	if (names?.length === 0) return [];
	const only = (column: string) => (names ? `AND ${column} IN (${quoteStrings(names)})` : '');
	const [tables, columnsOf, keys, foreignKeysOf, known] = await connection.together(() =>
		Promise.all([
			connection.rows<TableRow>(
				`SELECT table_name AS name, table_type AS type, engine AS engine,
					create_options AS options
				FROM information_schema.tables
				WHERE table_schema = DATABASE() ${only('table_name')}
				ORDER BY table_name`,
			),
			readColumns(connection, names),
			connection.rows<KeyRow>(
				`SELECT table_name AS table_name, index_name AS index_name, column_name AS name,
					sub_part AS prefix, ${indexesExpressions(connection.server) ? 'expression' : 'NULL'} AS expression
				FROM information_schema.statistics
				WHERE table_schema = DATABASE() AND non_unique = 0 ${only('table_name')}
				ORDER BY table_name, index_name, seq_in_index`,
			),
			readForeignKeys(connection, only),
			grants ?? readGrants(connection),
		]),
	);
	const keyOf = byTable(keys);
	const rightsOn = rightsOf(connection, known);
	const { product } = connection.server;
	return tables.map(({ name, type, engine, options }) => {
		const parts = keyOf.get(name) ?? [];
		const key = parts.filter(({ index_name }) => index_name === 'PRIMARY');
		return {
			name,
			product,
			isBaseTable: type === 'BASE TABLE' || type === 'SYSTEM VERSIONED',
			engine,
			partitioned: /\bpartitioned\b/i.test(options ?? ''),
			columns: columnsOf.get(name) ?? [],
			primaryKey: key.flatMap((part) => part.name ?? []),
			prefixKey: key.some((part) => part.prefix !== null),
			uniqueKeys: toUniqueKeys(parts.filter((part) => !key.includes(part))),
			foreignKeys: foreignKeysOf.get(name) ?? [],
			rights: rightsOn(name),
		};
	});
}

function rightsOf(
	{ end: { database }, server: { account } }: Connection,
	grants: readonly Grant[],
): (table: string) => TableRights {
	const seesAll = grantedTables(grants, 'SELECT', database)(null);
	const mayDeleteFrom = grantedTables(grants, 'DELETE', database);
	return (table) => ({ account, database, mayDelete: mayDeleteFrom(table), seesAll });
}

/** Reads the columns of every table of the connection's database, or only of the named ones. */
export async function readColumns(
	connection: Connection,
	names?: readonly string[],
): Promise<Map<string, Column[]>> {
	const rows = await connection.rows<ColumnRow>(
		`SELECT table_name AS table_name, column_name AS name, data_type AS type,
			column_type AS full_type, is_nullable AS nullable, character_set_name AS character_set,
			collation_name AS collation, column_default AS column_default, extra AS extra,
			column_comment AS comment, column_key AS column_key, privileges AS privileges
		FROM information_schema.columns
		WHERE table_schema = DATABASE()
			${names ? `AND table_name IN (${quoteStrings(names)})` : ''}
		ORDER BY table_name, ordinal_position`,
	);
	const { product } = connection.server;
	return new Map(
		[...byTable(rows)].map(([name, found]) => [name, found.map((row) => toColumn(row, product))]),
	);
}

interface KeyRow {
	table_name: string;
	index_name: string;
	/** Null where MySQL indexes an expression. */
	name: string | null;
	prefix: string | number | null;
	expression: string | null;
}

/** MySQL has had keys over expressions since 8.0.13, and the catalogue's column with them. */
function indexesExpressions({ product, version }: ServerInfo): boolean {
	const [major = 0, minor = 0, patch = 0] = version
		.split('.')
		.map((part) => Number.parseInt(part, 10));
	return product === 'mysql' && (major > 8 || (major === 8 && (minor > 0 || patch >= 13)));
}

function toUniqueKeys(rows: readonly KeyRow[]): UniqueKey[] {
	const keys = new Map<string, UniqueKey>();
	for (const { index_name, name, prefix, expression } of rows) {
		const key = keys.get(index_name) ?? { name: index_name, parts: [] };
		keys.set(index_name, key);
		key.parts.push(
			name === null
				? { expression: unescaped(expression ?? 'NULL') }
				: { column: name, prefix: prefix === null ? null : Number(prefix) },
		);
	}
	return [...keys.values()];
}

/** MySQL's catalogue holds an expression as the text of a string literal: `_utf8mb4\\'$.x\\'`. */
function unescaped(expression: string): string {
	const controls: Record<string, string> = { n: '\n', r: '\r', 0: '\0', Z: '\x1a' };
	return expression.replace(/\\(.)/gs, (_, character: string) => controls[character] ?? character);
}

function byTable<Row extends { table_name: string }>(rows: readonly Row[]): Map<string, Row[]> {
	const groups = new Map<string, Row[]>();
	for (const row of rows) {
		const group = groups.get(row.table_name);
		if (group) group.push(row);
		else groups.set(row.table_name, [row]);
	}
	return groups;
}

const tableRights: readonly TableRight[] = ['SELECT', 'INSERT', 'UPDATE'];

function toColumn(row: ColumnRow, product: Table['product']): Column {
	const generated = /\b(VIRTUAL|STORED|PERSISTENT)\b.*\bGENERATED\b|\bGENERATED ALWAYS\b/i.test(
		row.extra,
	);
	const autoIncrement = /auto_increment/i.test(row.extra);
	return {
		name: row.name,
		type: row.type.toLowerCase(),
		fullType: row.full_type,
		nullable: row.nullable === 'YES',
		characterSet: row.character_set,
		collation: row.collation,
		generated,
		optional: generated || autoIncrement || row.nullable === 'YES' || row.column_default !== null,
		autoIncrement,
		defaultText: generated ? null : defaultText(row, product),
		onUpdate: /\bon update (\S+)/i.exec(row.extra)?.[1] ?? null,
		comment: row.comment,
		inKey: row.column_key === 'PRI',
		lacks: tableRights.filter((right) => !row.privileges.split(',').includes(right.toLowerCase())),
	};
}
