/** The values of MySQL's UNIQUE keys over expressions. */
import type { Connection } from '../../database/connection/connection.ts';
import { keyCondition, rowKeyExpression } from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import type { Value } from '../../database/values/values.ts';
import { asSyncError } from '../../errors.ts';
import type { Route } from './route.ts';
import type { RowWrite } from './row-write.ts';

/** The expressions in a table's UNIQUE keys. */
export function keyExpressions({ uniqueKeys }: TrackedTable): string[] {
	const parts = uniqueKeys.flatMap((key) => key.parts);
	return [...new Set(parts.flatMap((part) => ('expression' in part ? part.expression : [])))];
}

/**
 * The future values of the target's key expressions, computed by the source: by expression and row key. An
 * expression that the source cannot compute is omitted: a function that only one product has, or an array,
 * which MySQL allows in keys but not in a SELECT (1235).
 */
export async function readKeyExpressions(
	source: Connection,
	route: Route,
	writes: readonly RowWrite[],
): Promise<Map<string, Map<string, Value>>> {
	const found = new Map<string, Map<string, Value>>();
	const keys = writes.filter(({ values }) => values !== null).map(({ row }) => row.key);
	if (keys.length === 0) return found;
	for (const expression of keyExpressions(route.target)) {
		try {
			const rows = await source.arrays(
				`SELECT ${rowKeyExpression(route.source.key, 't')}, (${expression})
				FROM ${quoteName(route.source.name)} AS t
				WHERE ${keyCondition(keys, route.source.key, 't')}`,
			);
			found.set(expression, new Map(rows.map(([key, value]) => [String(key), value as Value])));
		} catch (thrown) {
			if (asSyncError(thrown).code !== 'refused') throw thrown;
		}
	}
	return found;
}
