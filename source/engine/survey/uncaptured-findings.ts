/** Findings about rows that were deleted or added without firing a trigger. */
import { marksTable } from '../../changelog/tables/marks.ts';
import type { Side } from '../../config/types.ts';
import { displayRowKey, parseRowKey } from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { quoteString } from '../../database/sql/literals.ts';
import type { Cure } from '../../text/cures.ts';
import type { Finding } from '../../text/finding.ts';
import { rowsFinding } from '../api/rows-messages.ts';
import type { Connections } from '../shared/connections.ts';
import type { Placed, SampledTable } from './sampled-places.ts';

const others: Record<Side, Side> = { local: 'cloud', cloud: 'local' };

/** A row is gone on a side, and others with it. */
export async function rowsVanished(
	connections: Connections,
	side: Side,
	{ table, rowKey }: Placed,
): Promise<Finding> {
	const other = others[side];
	const here = table.ends[side];
	const [row] = await connections[side].rows(
		`SELECT 1 AS row_there FROM ${quoteName(here.name)} LIMIT 1`,
	);
	const isPartitioned = table.partitions[side].length > 0;
	const cause = row === undefined ? 'emptied' : isPartitioned ? 'partition' : 'refilled';
	const facts = { row: rowNamed(table, side, rowKey), cause } as const;
	return rowsFinding('rows_vanished', { side, table: here.name }, facts, [
		{ side: other, sql: touchRows(table.ends[other]), purpose: 'restore_rows' },
		acceptance(table),
	]);
}

/** A row exists on one side only, and maybe others with it. */
export function rowsUncaptured(side: Side, { table, rowKey }: Placed): Finding {
	const here = table.ends[side];
	const facts = { row: rowNamed(table, side, rowKey) };
	return rowsFinding('rows_uncaptured', { side, table: here.name }, facts, [
		{ side, sql: touchRows(here) },
		acceptance(table),
	]);
}

function rowNamed(table: SampledTable, side: Side, rowKey: string): string {
	const { key } = table.ends[side];
	return displayRowKey(parseRowKey(rowKey, key), key);
}

/** A statement that makes every row of a table travel. */
export function touchRows({ name, key }: TrackedTable): string {
	const first = quoteName(key[0]?.name ?? '');
	return `UPDATE ${quoteName(name)} SET ${first} = ${first}`;
}

/** Leaves both sides as they are. */
function acceptance(table: SampledTable): Cure {
	const sql = `DELETE FROM ${marksTable.name} WHERE table_name = ${quoteString(table.name)}`;
	return { side: 'local', sql, purpose: 'accept' };
}
