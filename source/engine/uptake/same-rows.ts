import type { TablePair } from '../../database/pairing/table-pair.ts';
import { countUpTo } from '../../database/rows/row-counts.ts';
import { rowKeyExpression } from '../../database/rows/row-key.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { asSyncError } from '../../errors.ts';
import { sameValues } from '../../transfer/conflicts/resolve.ts';
import {
	readRows,
	readTargetRows,
	travellingColumns,
	withinBytes,
} from '../../transfer/rows/read.ts';
import { routesOf, rowOf } from '../../transfer/rows/route.ts';
import type { Connections } from '../shared/connections.ts';

/** Most rows, and bytes of large values, of a table that is compared. */
const mostRows = 2000;
const mostBytes = 8 * 1024 * 1024;

/**
 * True if both sides of a table have the same rows. False for a large table, and if it is uncertain, as
 * while the table is being altered.
 * @throws SyncError `unreachable`
 */
export async function holdSameRows(connections: Connections, table: TablePair): Promise<boolean> {
	const [route] = routesOf([table], 'local_to_cloud').values();
	if (!route) return false;
	const { local, cloud } = connections;
	try {
		const here = await countUpTo(local, [route.source], mostRows);
		const there = await countUpTo(cloud, [route.target], mostRows);
		const count = here.get(route.source) ?? 0;
		if (count !== there.get(route.target) || count > mostRows) return false;
		const keys = await local.rows<{ row_key: string }>(
			`SELECT ${rowKeyExpression(route.source.key, 't')} AS row_key
			FROM ${quoteName(route.source.name)} AS t
			LIMIT ${mostRows}`,
		);
		const rows = keys.map(({ row_key }) => rowOf(route, row_key));
		if ((await withinBytes(local, rows, mostBytes)).length < rows.length) return false;
		const ours = await readRows(local, rows);
		const theirs = await readTargetRows(cloud, rows, '');
		const columns = travellingColumns(route);
		return rows.every((row) => sameValues(columns, ours.get(row) ?? null, theirs.get(row) ?? null));
	} catch (thrown) {
		const error = asSyncError(thrown);
		if (error.code === 'unreachable') throw error;
		return false;
	}
}
