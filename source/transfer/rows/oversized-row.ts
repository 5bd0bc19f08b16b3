import type { Connection } from '../../database/connection/connection.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import {
	type ColumnPair,
	rawBytes,
	type Value,
	writePlaceholder,
} from '../../database/values/values.ts';
import { SyncError } from '../../errors.ts';
import { travellingColumns } from './read.ts';
import type { Route } from './route.ts';
import { type RowWrite, rowCondition, statementBudget, writeBytes } from './row-write.ts';
import { upsertSql } from './upsert.ts';

/** Bytes of a packet besides the value: statement, key, protocol. */
const packetOverhead = 64 * 1024;

/**
 * Writes one row that does not fit into a statement: first without its largest values, which are then set one
 * by one over the binary protocol, which does not double their size as the text of a statement does.
 * @throws SyncError `refused` that names the limit, if a single value is larger than the server accepts
 */
export async function upsertOversized(
	connection: Connection,
	route: Route,
	writes: readonly RowWrite[],
): Promise<void> {
	const [write] = writes;
	if (!write?.values) return;
	const columns = travellingColumns(route);
	const left = largestValues(connection, columns, write);
	for (const index of left) refuseTooLarge(connection, columns[index], write.values[index]);
	const narrow = write.values.map((value, index) =>
		left.has(index) ? valueInstead(columns[index]) : value,
	);
	await connection.runAll(upsertSql(route, [{ row: write.row, values: narrow }]));
	const table = quoteName(route.target.name);
	for (const index of left) {
		const column = columns[index];
		if (!column) continue;
		await connection.execute(
			`UPDATE ${table} FORCE INDEX (PRIMARY)
			SET ${quoteName(column.target.name)} = ${writePlaceholder(column)}
			WHERE ${rowCondition(route, writes, table)}`,
			[write.values[index] ?? null],
		);
	}
}

/** The columns to leave out, largest value first, until the rest fits into a statement. */
function largestValues(
	connection: Connection,
	columns: readonly ColumnPair[],
	write: RowWrite,
): Set<number> {
	const values = write.values ?? [];
	const large = columns
		.map(({ target }, index) => ({ index, target, bytes: rawBytes(values[index] ?? null) }))
		.filter(({ target }) => /(text|blob|json)$/.test(target.type))
		.sort((one, other) => other.bytes - one.bytes);
	const left = new Set<number>();
	let bytes = writeBytes(write);
	for (const { index, bytes: size } of large) {
		if (bytes <= statementBudget(connection)) break;
		left.add(index);
		bytes -= 2 * size;
	}
	return left;
}

/** The content of a column until its value is set. */
function valueInstead(column: ColumnPair | undefined): Value {
	if (column?.target.nullable) return null;
	return column?.target.type === 'json' ? 'null' : '';
}

function refuseTooLarge(
	{ server, end }: Connection,
	column: ColumnPair | undefined,
	value: Value | undefined,
): void {
	const bytes = rawBytes(value ?? null);
	if (bytes + packetOverhead <= server.maxAllowedPacket) return;
	throw new SyncError(
		'refused',
		`the value of ${column?.source.name} has ${bytes} bytes; the server accepts at most ${server.maxAllowedPacket} per packet`,
		{
			side: end.side,
			hint: `Raise max_allowed_packet on ${end.side} above ${bytes + packetOverhead} (SET GLOBAL max_allowed_packet = …).`,
		},
	);
}
