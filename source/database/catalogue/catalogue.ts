import type { Connection } from '../connection/connection.ts';
import type { ServerInfo } from '../connection/session.ts';
import { type Grant, grantedTables } from '../rights/grants.ts';
import { quoteString, quoteStrings } from '../sql/literals.ts';
import { catalogueRows } from './catalogue-rows.ts';
import { defaultText } from './column-default.ts';
import { type ForeignKey, readForeignKeys } from './foreign-keys.ts';

export interface Column {
	name: string;
	/** The name of the type in lower case: `varchar`. */
	type: string;
	/** The full type: `varchar(40)`, `enum('a','b')`. */
	fullType: string;
	nullable: boolean;
	characterSet: string | null;
	collation: string | null;
	/** Computed by the server: read, never written. */
	generated: boolean;
	/** The expression of a generated column, as the server spells it; otherwise null. */
	expression: string | null;
	/** True if an INSERT may omit it. */
	optional: boolean;
	autoIncrement: boolean;
	/** The text after DEFAULT, and after ON UPDATE, in its definition; null if there is none. */
	defaultText: string | null;
	onUpdate: string | null;
	comment: string;
	/** True if it is part of the primary key. */
	inKey: boolean;
	/** The rights on it that the connection's user lacks. */
	lacks: readonly TableRight[];
}

/** A right that can be granted on a column. */
export type TableRight = 'SELECT' | 'INSERT' | 'UPDATE';

/** What the catalogue shows depends on the rights of the connection's user, as does what can be done. */
interface TableRights {
	/** The user, as in `ServerInfo`. */
	account: string;
	database: string;
	mayDelete: boolean;
	/** True if the user sees every table and column of the database. */
	seesAll: boolean;
}

/** A UNIQUE key other than the primary key. */
export interface UniqueKey {
	name: string;
	/** In key order. */
	parts: KeyPart[];
}

/** A column, with the number of characters if the key contains only a prefix of it; or an expression. */
export type KeyPart = { column: string; prefix: number | null } | { expression: string };

/** A key other than the primary key. */
export interface Index extends UniqueKey {
	unique: boolean;
	/** `BTREE`, `FULLTEXT`, `SPATIAL`, …. */
	type: string;
}

/** A table or view as described by the server's catalogue. */
export interface Table {
	name: string;
	product: ServerInfo['product'];
	/** The server's version. */
	version: string;
	/** True for a table with its own rows, unlike a view. */
	isBaseTable: boolean;
	engine: string | null;
	/** When it was created, or rebuilt by an ALTER; null if the server does not report it. */
	createdAt: string | null;
	partitioned: boolean;
	columns: Column[];
	/** Column names in key order; empty if there is no primary key. */
	primaryKey: string[];
	/** True if the primary key contains only a prefix of one of its columns. */
	prefixKey: boolean;
	uniqueKeys: UniqueKey[];
	/** All keys except the primary key, unique or not. */
	indexes: Index[];
	foreignKeys: ForeignKey[];
	rights: TableRights;
	/** True while another session creates or alters it, so that the rest is unknown. */
	isDefinedAnew: boolean;
}

interface TableRow {
	name: string;
	type: string;
	engine: string | null;
	options: string | null;
	created_at: string | null;
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
	expression: string | null;
	comment: string;
	column_key: string;
	privileges: string;
}

/**
 * Reads the tables and views of the connection's database once. Names are spelled as on the server. Every
 * column is aliased, as MySQL otherwise returns upper-case column names.
 * @param grants of the connection's user
 * @param name the only table to read; all by default
 * @returns also the names of the tables whose parts are inconsistent
 */
export async function readOnce(
	connection: Connection,
	grants: Promise<readonly Grant[]>,
	name?: string,
): Promise<{ tables: Table[]; torn: string[] }> {
	const only = (column: string) =>
		name === undefined ? '' : `AND ${column} = ${quoteString(name)}`;
	const [found, columns, keys, foreignKeys, known] = await connection.together(() =>
		Promise.all([
			catalogueRows<TableRow>(
				connection,
				`SELECT table_name AS name, table_type AS type, engine AS engine,
					create_options AS options, CAST(create_time AS CHAR) AS created_at
				FROM information_schema.tables
				WHERE table_schema = DATABASE() ${only('table_name')}
				ORDER BY table_name`,
			),
			readColumns(connection, name === undefined ? undefined : [name]),
			catalogueRows<KeyRow>(
				connection,
				`SELECT table_name AS table_name, index_name AS index_name, column_name AS name,
					non_unique AS non_unique, index_type AS index_type, sub_part AS prefix, ${indexesExpressions(connection.server) ? 'expression' : 'NULL'} AS expression
				FROM information_schema.statistics
				WHERE table_schema = DATABASE() ${only('table_name')}
				ORDER BY table_name, index_name, seq_in_index`,
			),
			readForeignKeys(connection, only),
			grants,
		]),
	);
	const keyOf = byTable(
		keys.rows.filter(({ table_name, name }) => {
			const column = columns.byTable.get(table_name)?.find((each) => each.name === name);
			return !column || !endsPeriod(column);
		}),
	);
	const rightsOn = rightsOf(connection, known);
	const { product, version } = connection.server;
	const definedAnew = new Set(
		[found, columns, keys, foreignKeys].flatMap(({ leftOut }) => leftOut),
	);
	const rows = [...found.rows];
	for (const name of definedAnew) {
		if (rows.some((row) => row.name === name)) continue;
		rows.push({ name, type: 'BASE TABLE', engine: null, options: null, created_at: null });
	}
	const tables = rows.map(({ name, type, engine, options, created_at }): Table => {
		const parts = keyOf.get(name) ?? [];
		const key = parts.filter(({ index_name }) => index_name === 'PRIMARY');
		const indexes = toIndexes(parts.filter((part) => !key.includes(part)));
		return {
			name,
			product,
			version,
			isBaseTable: type === 'BASE TABLE' || type === 'SYSTEM VERSIONED',
			engine,
			createdAt: created_at,
			partitioned: /\bpartitioned\b/i.test(options ?? ''),
			columns: columns.byTable.get(name) ?? [],
			primaryKey: key.flatMap((part) => part.name ?? []),
			prefixKey: key.some((part) => part.prefix !== null),
			uniqueKeys: indexes
				.filter(({ unique }) => unique)
				.map(({ name: of, parts: its }) => ({ name: of, parts: its })),
			indexes,
			foreignKeys: foreignKeys.byTable.get(name) ?? [],
			rights: rightsOn(name),
			isDefinedAnew: definedAnew.has(name),
		};
	});
	const torn = tables.filter(
		(table) => !isWhole(table, keyOf.get(table.name) ?? [], foreignKeys.told.has(table.name)),
	);
	const listed = new Set(tables.map(({ name }) => name));
	const unlisted = new Set(
		[...columns.byTable.keys(), ...keyOf.keys(), ...foreignKeys.told].filter(
			(name) => !listed.has(name),
		),
	);
	return {
		tables,
		torn: [...torn.map(({ name }) => name), ...unlisted].filter((name) => !definedAnew.has(name)),
	};
}

/** True if the parts of a table's description may belong to the same definition. */
function isWhole(table: Table, keys: readonly KeyRow[], toldOfKey: boolean): boolean {
	const { isBaseTable, engine, columns, primaryKey, rights } = table;
	// A user with limited rights sees only part of the description.
	if (!isBaseTable || !rights.seesAll) return true;
	const inKey = new Set(columns.filter((column) => column.inKey).map(({ name }) => name));
	return (
		engine !== null &&
		columns.length > 0 &&
		(keys.length > 0 || inKey.size === 0) &&
		primaryKey.length > 0 === toldOfKey &&
		primaryKey.every((name) => inKey.has(name))
	);
}

function rightsOf(
	{ end: { database }, server: { account } }: Connection,
	grants: readonly Grant[],
): (table: string) => TableRights {
	const seesAll = grantedTables(grants, 'SELECT', database)(null);
	const mayDeleteFrom = grantedTables(grants, 'DELETE', database);
	return (table) => ({ account, database, mayDelete: mayDeleteFrom(table), seesAll });
}

/** Reads the columns of every table of the connection's database, or of the named ones. */
export async function readColumns(
	connection: Connection,
	names?: readonly string[],
): Promise<{ byTable: Map<string, Column[]>; leftOut: string[] }> {
	const { rows, leftOut } = await catalogueRows<ColumnRow>(
		connection,
		`SELECT table_name AS table_name, column_name AS name, data_type AS type,
			column_type AS full_type, is_nullable AS nullable, character_set_name AS character_set,
			collation_name AS collation, column_default AS column_default, extra AS extra,
			generation_expression AS expression, column_comment AS comment, column_key AS column_key, privileges AS privileges
		FROM information_schema.columns
		WHERE table_schema = DATABASE()
			${names ? `AND table_name IN (${quoteStrings(names)})` : ''}
		ORDER BY table_name, ordinal_position`,
	);
	const { product } = connection.server;
	const columns = [...byTable(rows)].map(
		([name, found]) => [name, found.map((row) => toColumn(row, product))] as const,
	);
	return { byTable: new Map(columns), leftOut };
}

/**
 * True for the column of a system-versioned MariaDB table that holds the end of a row's validity. The
 * catalogue lists it in every UNIQUE key, although all current rows have the same value in it.
 */
function endsPeriod({ expression }: Pick<Column, 'expression'>): boolean {
	return expression === 'ROW END';
}

interface KeyRow {
	table_name: string;
	index_name: string;
	/** Null if MySQL indexes an expression. */
	name: string | null;
	non_unique: string | number;
	index_type: string;
	prefix: string | number | null;
	expression: string | null;
}

/** MySQL has had keys over expressions, and the catalogue column for them, since 8.0.13. */
function indexesExpressions({ product, version }: ServerInfo): boolean {
	const [major = 0, minor = 0, patch = 0] = version
		.split('.')
		.map((part) => Number.parseInt(part, 10));
	return product === 'mysql' && (major > 8 || (major === 8 && (minor > 0 || patch >= 13)));
}

function toIndexes(rows: readonly KeyRow[]): Index[] {
	const keys = new Map<string, Index>();
	for (const { index_name, name, non_unique, index_type, prefix, expression } of rows) {
		const unique = Number(non_unique) === 0;
		const key = keys.get(index_name) ?? { name: index_name, unique, type: index_type, parts: [] };
		keys.set(index_name, key);
		key.parts.push(
			name === null
				? { expression: unescaped(expression ?? 'NULL') }
				: { column: name, prefix: prefix === null ? null : Number(prefix) },
		);
	}
	return [...keys.values()];
}

/** MySQL's catalogue stores an expression as the text of a string literal: `_utf8mb4\\'$.x\\'`. */
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
		expression: generated ? unescaped(row.expression ?? '') : null,
		autoIncrement,
		defaultText: generated ? null : defaultText(row, product),
		onUpdate: /\bon update (\S+)/i.exec(row.extra)?.[1] ?? null,
		comment: row.comment,
		inKey: row.column_key === 'PRI' && !endsPeriod(row),
		lacks: tableRights.filter((right) => !row.privileges.split(',').includes(right.toLowerCase())),
	};
}
