/** Messages about rows that were deleted or added without firing a trigger. */
import { marksTable } from '../../changelog/tables/marks.ts';
import type { Side } from '../../config/types.ts';
import { displayRowKey, parseRowKey } from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { quoteString } from '../../database/sql/literals.ts';
import { oneLine } from '../../text/one-line.ts';
import type { Connections } from '../shared/connections.ts';
import type { Placed, SampledTable } from './sampled-places.ts';

const others: Record<Side, Side> = { local: 'cloud', cloud: 'local' };

/** Reports a row that is missing on a side, and probably others with it. */
export async function describeGone(
	connections: Connections,
	side: Side,
	{ table, rowKey }: Placed,
): Promise<string> {
	const other = others[side];
	const here = table.ends[side];
	const [row] = await connections[side].rows(
		`SELECT 1 AS row_there FROM ${quoteName(here.name)} LIMIT 1`,
	);
	const cause =
		row === undefined
			? 'it is empty, so probably by TRUNCATE'
			: table.partitions[side].length > 0
				? 'probably with a partition that was dropped, truncated or exchanged'
				: 'probably by TRUNCATE with new rows since';
	const parts = [
		`${side}, table ${here.name}: rows are gone that no trigger saw go (${rowNamed(table, side, rowKey)} is one), ${cause}`,
		`they still stand on ${other}, and would have to be truncated or dropped there too, if they are to go`,
		`to bring them back, on ${other}: ${touchRows(table.ends[other])}`,
		forgetStatement(table),
	];
	return oneLine(parts.join('; '));
}

/** Reports a row that exists on one side only, and maybe others with it. */
export function describeCome(side: Side, { table, rowKey }: Placed): string {
	const other = others[side];
	const parts = [
		`${side}, table ${table.ends[side].name}: rows stand here alone, and no trigger saw them come here or go on ${other} (${rowNamed(table, side, rowKey)} is one), probably by an exchanged partition or while there were no triggers, or by TRUNCATE on ${other}`,
		`to carry them over, on ${side}: ${touchRows(table.ends[side])}`,
		forgetStatement(table),
	];
	return oneLine(parts.join('; '));
}

function rowNamed(table: SampledTable, side: Side, rowKey: string): string {
	const { key } = table.ends[side];
	return displayRowKey(parseRowKey(rowKey, key), key);
}

/** The statement that captures every row of a table, so that all are transferred. */
export function touchRows({ name, key }: TrackedTable): string {
	const first = quoteName(key[0]?.name ?? '');
	return `UPDATE ${quoteName(name)} SET ${first} = ${first}`;
}

function forgetStatement(table: SampledTable): string {
	return `to leave both as they are, on local: DELETE FROM ${marksTable.name} WHERE table_name = ${quoteString(table.name)}`;
}
