import type { Connection, RowDataPacket } from 'mysql2/promise';

/** The result of comparing one table. */
export interface Comparison {
	table: string;
	rows: number;
	/** Rows that exist only on one side, or differ. */
	differences: number;
}

/** Compares a table of two databases row by row, with each column as its server sends it. */
export async function compareTable(
	local: Connection,
	cloud: Connection,
	table: string,
): Promise<Comparison> {
	const [ours, theirs] = await Promise.all([printedRows(local, table), printedRows(cloud, table)]);
	const missing = [...ours].filter((row) => !theirs.has(row)).length;
	const surplus = [...theirs].filter((row) => !ours.has(row)).length;
	return { table, rows: ours.size, differences: missing + surplus };
}

async function printedRows(connection: Connection, table: string): Promise<Set<string>> {
	const [rows] = await connection.query<RowDataPacket[]>({
		sql: 'SELECT * FROM ??',
		values: [table],
		// Every value as the server sent it; JSON in canonical form, because MySQL rewrites its text.
		typeCast: (field) => {
			const bytes = field.buffer();
			if (bytes === null) return null;
			return field.name === 'basket' ? canonicalJson(bytes.toString()) : bytes.toString('hex');
		},
	});
	return new Set(rows.map((row) => JSON.stringify(Object.values(row))));
}

function canonicalJson(text: string): string {
	const value: unknown = JSON.parse(text);
	return JSON.stringify(value, (_, part) =>
		part !== null && typeof part === 'object' && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
			: part,
	);
}
