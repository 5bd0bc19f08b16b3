/**
 * Rows of a table by their keys. A row that does not come is taken for one that is gone, and is deleted on
 * the other side: so the server says how many there are, too, in a result that nothing can cut short.
 */
import { SyncError } from '../errors.ts';
import type { Column } from './catalogue.ts';
import type { Connection } from './connection.ts';
import { quoteName } from './identifiers.ts';
import type { Value } from './literals.ts';
import { keyCondition, type RowKey, rowKeyExpression } from './row-key.ts';

export interface KeyedTable {
	name: string;
	/** The key's columns in key order. */
	key: readonly Column[];
}

/**
 * Reads the rows that there are of some keys, as the collations of the key's columns compare. Each is its
 * row key and what was selected.
 * @param select expressions, of the table as `t`
 * @param lock `FOR UPDATE` to lock the rows too
 * @throws SyncError `busy` where the server gave fewer rows than it counted, or the rows came or went
 * meanwhile
 */
export async function rowsByKey(
	connection: Connection,
	{ name, key }: KeyedTable,
	keys: readonly RowKey[],
	select: readonly string[],
	lock = '',
): Promise<Value[][]> {
	const from = `FROM ${quoteName(name)} AS t
		WHERE ${keyCondition(keys, key, 't')}`;
	const [rows, counted] = await connection.together(() =>
		Promise.all([
			connection.arrays(
				`SELECT ${[rowKeyExpression(key, 't'), ...select].join(', ')}
				${from}
				${lock}`,
			),
			connection.arrays(`SELECT COUNT(*) ${from}`),
		]),
	);
	const count = counted[0]?.[0];
	if (count === undefined || Number(count) !== rows.length) {
		throw new SyncError(
			'busy',
			`the server has ${count ?? 'an unknown number'} of the rows that were asked for, and sent ${rows.length}`,
			{
				side: connection.end.side,
				table: name,
				hint: 'Nothing of the batch was carried over. If this goes on, look for a proxy between here and the server that limits results.',
			},
		);
	}
	return rows;
}
