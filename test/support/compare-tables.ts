/**
 * Compares two databases row by row, by the server's own conversion of every value to text or bytes.
 * It shares no code with the program, which must not be its own judge.
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';

interface Column {
	name: string;
	type: string;
	inKey: boolean;
}

/** Rows by the text of their key; each a map from column to the text of its value. */
type Rows = Map<string, Map<string, string | null>>;

/**
 * What differs between the current databases of two connections, one line per difference; empty
 * where they are equal. Nobody may be writing.
 * @param tables all base tables with a primary key, but the change log's, unless given. In a named
 * table without a primary key the whole row is the key.
 */
export async function compareTables(
	a: Connection,
	b: Connection,
	tables?: readonly string[],
): Promise<string[]> {
	const names = tables ?? (await bothTables(a, b));
	const differences: string[] = [];
	for (const table of names) differences.push(...(await compareTable(a, b, table)));
	return differences;
}

async function bothTables(a: Connection, b: Connection): Promise<string[]> {
	const names = new Set([...(await keyedTables(a)), ...(await keyedTables(b))]);
	return [...names].sort();
}

async function keyedTables(connection: Connection): Promise<string[]> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT t.table_name AS name FROM information_schema.tables t
		JOIN information_schema.table_constraints c USING (table_schema, table_name)
		WHERE t.table_schema = DATABASE() AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
		AND c.constraint_type = 'PRIMARY KEY'`,
	);
	return rows
		.map((row) => String(row.name))
		.filter((name) => name !== 'change_log' && !name.startsWith('change_log_'));
}

async function compareTable(a: Connection, b: Connection, table: string): Promise<string[]> {
	const [columnsA, columnsB] = [await columnsOf(a, table), await columnsOf(b, table)];
	if (columnsA.length === 0) return [`${table}: only in the second database`];
	if (columnsB.length === 0) return [`${table}: only in the first database`];
	const [namesA, namesB] = [columnsA, columnsB].map((list) => list.map(({ name }) => name).join());
	if (namesA !== namesB) return [`${table}: columns ${namesA} and ${namesB}`];
	// One server's JSON is the other's text, and spells the same document in its own way.
	const json = new Set(
		[...columnsA, ...columnsB].filter(({ type }) => type === 'json').map(({ name }) => name),
	);
	const rowsA = await readRows(a, table, columnsA, json);
	const rowsB = await readRows(b, table, columnsB, json);
	return compareRows(table, rowsA, rowsB);
}

function compareRows(table: string, a: Rows, b: Rows): string[] {
	const differences: string[] = [];
	for (const [key, row] of a) {
		const other = b.get(key);
		if (other === undefined) {
			differences.push(`${table}[${key}]: only in the first database`);
			continue;
		}
		for (const [column, value] of row) {
			const otherValue = other.get(column) ?? null;
			if (value === otherValue) continue;
			differences.push(`${table}[${key}].${column}: ${show(value)} and ${show(otherValue)}`);
		}
	}
	for (const key of b.keys()) {
		if (!a.has(key)) differences.push(`${table}[${key}]: only in the second database`);
	}
	return differences;
}

async function columnsOf(connection: Connection, table: string): Promise<Column[]> {
	const [rows] = await connection.query<RowDataPacket[]>(
		`SELECT column_name AS name, data_type AS type, column_key AS in_key
		FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = ?
		-- VIRTUAL GENERATED and STORED GENERATED, but not MySQL's DEFAULT_GENERATED
		AND extra NOT LIKE '% GENERATED%'`,
		[table],
	);
	const columns = rows.map((row) => ({
		name: String(row.name),
		type: String(row.type).toLowerCase(),
		inKey: row.in_key === 'PRI',
	}));
	// Sorted here: the servers do not have punctuation in the same order.
	return columns.sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function readRows(
	connection: Connection,
	table: string,
	columns: readonly Column[],
	json: ReadonlySet<string>,
): Promise<Rows> {
	const list = columns.map(comparable).join(', ');
	await connection.query("SET @compare_zone = @@time_zone, time_zone = '+00:00'");
	const [found] = await connection.query<RowDataPacket[][]>({
		sql: `SELECT ${list} FROM ${quote(table)}`,
		rowsAsArray: true,
	});
	await connection.query('SET time_zone = @compare_zone');
	const keyed = columns.some(({ inKey }) => inKey);
	const rows: Rows = new Map();
	for (const values of found) {
		const row = new Map(
			columns.map(({ name, type }, index) => {
				const value = values[index] as unknown as string | number | null;
				return [name, value === null ? null : readable(value, type, json.has(name))];
			}),
		);
		const parts = columns
			.filter(({ inKey }) => inKey || !keyed)
			.map(({ name }) => `${name}=${row.get(name)}`);
		const key = parts.join(',');
		// Without a primary key there may be several of a row.
		let copy = 1;
		while (rows.has(copy === 1 ? key : `${key} #${copy}`)) copy += 1;
		rows.set(copy === 1 ? key : `${key} #${copy}`, row);
	}
	return rows;
}

/** The SQL of a column's value in a form that is the same on every server. */
function comparable(column: Column): string {
	// MySQL cuts a DOUBLE's text off at 22 characters, and a FLOAT's digits at six.
	if (isFloat(column.type)) return `CAST(${quote(column.name)} AS DOUBLE)`;
	return `HEX(${asBytes(column)})`;
}

function asBytes({ name, type }: Column): string {
	const column = quote(name);
	switch (type) {
		case 'bit':
			return `CAST(${column} + 0 AS CHAR)`;
		case 'char':
		case 'varchar':
		case 'tinytext':
		case 'text':
		case 'mediumtext':
		case 'longtext':
		case 'enum':
		case 'set':
		case 'json':
			return `CAST(CONVERT(${column} USING utf8mb4) AS BINARY)`;
		default:
			return isBytes(type) ? `CAST(${column} AS BINARY)` : `CAST(${column} AS CHAR)`;
	}
}

const geometry = /geometry|point|linestring|polygon|geomcollection/;

function isBytes(type: string): boolean {
	return /binary|blob|vector/.test(type) || geometry.test(type);
}

function isFloat(type: string): boolean {
	return type === 'float' || type === 'double';
}

function readable(value: string | number, type: string, json: boolean): string {
	// The text of a negative zero is that of zero: MariaDB does not keep it.
	if (typeof value === 'number' || isBytes(type)) return String(value);
	const text = Buffer.from(value, 'hex').toString();
	return json ? JSON.stringify(inOrder(JSON.parse(text))) : text;
}

/** A JSON value with its keys in order: MySQL orders them its own way. */
function inOrder(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(inOrder);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}

function show(value: string | null): string {
	if (value === null) return 'NULL';
	return JSON.stringify(value.length > 120 ? `${value.slice(0, 120)}…` : value);
}

function quote(name: string): string {
	return `\`${name.replaceAll('`', '``')}\``;
}
