import type { KeyPart, UniqueKey } from '../../database/catalogue/catalogue.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { rowKeyExpression } from '../../database/rows/row-key.ts';
import { findColumn } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { fillIn } from '../../database/sql/literals.ts';
import { inParts } from '../../database/sql/parts.ts';
import { type ColumnPair, type Value, writePlaceholder } from '../../database/values/values.ts';
import type { Applying } from '../attempt/apply-state.ts';
import { readKeyExpressions } from '../rows/key-expressions.ts';
import { readTable, travellingColumns } from '../rows/read.ts';
import type { Route } from '../rows/route.ts';
import { type RowWrite, targetKey } from '../rows/row-write.ts';

/** A row of the target that already has the value of another row in a UNIQUE key. */
export interface UniqueHolder {
	write: RowWrite;
	rowKey: string;
	uniqueKey: UniqueKey;
}

/** Look-ups per query. */
const lookUpsPerQuery = 200;

/** Finds the rows of the target that already have a value of the rows to be written in a UNIQUE key. */
export async function findHolders(
	{ source, target }: Pick<Applying, 'source' | 'target'>,
	route: Route,
	writes: readonly RowWrite[],
): Promise<UniqueHolder[]> {
	const computed = await readComputed(source, route, writes);
	const ofExpressions = await readKeyExpressions(source, route, writes);
	const columns = [...travellingColumns(route), ...computed.columns];
	const asked = writes.flatMap((write) => {
		const { rowKey } = write.row;
		const values = [...(write.values ?? []), ...(computed.values.get(rowKey) ?? [])];
		return route.target.uniqueKeys.flatMap((uniqueKey) => {
			const conditions = uniqueKey.parts.map((part) =>
				'expression' in part
					? yields(part.expression, ofExpressions.get(part.expression)?.get(rowKey) ?? null)
					: holdsPart(part, columns, values),
			);
			if (conditions.includes(null)) return [];
			return [{ write, uniqueKey, condition: conditions.join(' AND ') }];
		});
	});
	const table = quoteName(route.target.name);
	const rowKey = rowKeyExpression(targetKey(route), 't');
	const holders: UniqueHolder[] = [];
	for (const some of inParts(asked, lookUpsPerQuery)) {
		const lookUps = some.map(
			({ condition }, index) =>
				`(SELECT ${index} AS asked, ${rowKey} AS row_key FROM ${table} AS t WHERE ${condition})`,
		);
		const found = await target.rows<{ asked: string | number; row_key: string }>(
			lookUps.join('\nUNION ALL\n'),
		);
		for (const { asked: index, row_key } of found) {
			const question = some[Number(index)];
			if (!question || question.write.row.rowKey === row_key) continue;
			holders.push({ ...question, rowKey: row_key });
		}
	}
	return holders;
}

interface Computed {
	columns: ColumnPair[];
	/** By row key, in the order of the columns. */
	values: ReadonlyMap<string, Value[]>;
}

/** Generated columns in UNIQUE keys are not transferred; the source computes their future values. */
async function readComputed(
	connection: Connection,
	route: Route,
	writes: readonly RowWrite[],
): Promise<Computed> {
	const names = new Set(
		route.target.uniqueKeys.flatMap(({ parts }) =>
			parts.flatMap((part) => ('column' in part ? part.column : [])),
		),
	);
	const columns = route.target.columns.flatMap((target) => {
		const source = findColumn(route.source, target.name);
		return source && target.generated && names.has(target.name) ? [{ source, target }] : [];
	});
	const rows = writes.filter(({ values }) => values !== null).map(({ row }) => row);
	if (columns.length === 0 || rows.length === 0) return { columns, values: new Map() };
	return { columns, values: await readTable(connection, route.source, columns, rows) };
}

/**
 * A condition that is true for rows with this value in the key part; null if the key does not constrain it.
 */
function holdsPart(
	{ column, prefix }: Extract<KeyPart, { column: string }>,
	columns: readonly ColumnPair[],
	values: readonly Value[],
): string | null {
	const index = columns.findIndex(({ target }) => target.name === column);
	const pair = columns[index];
	const value = values[index] ?? null;
	if (!pair || value === null) return null;
	const placeholder = fillIn(writePlaceholder(pair), [value]);
	const name = `t.${quoteName(column)}`;
	return prefix === null
		? `${name} = ${placeholder}`
		: `LEFT(${name}, ${prefix}) = LEFT(${placeholder}, ${prefix})`;
}

function yields(expression: string, value: Value): string | null {
	return value === null ? null : `(${expression}) = ${fillIn('?', [value])}`;
}

/** A UNIQUE key's name with its columns and expressions. */
export function describeUniqueKey({ name, parts }: UniqueKey): string {
	const columns = parts
		.map((part) => ('column' in part ? part.column : part.expression))
		.join(', ');
	return columns === name ? name : `${name} (${columns})`;
}
