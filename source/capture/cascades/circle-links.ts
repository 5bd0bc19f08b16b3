/** The columns that the recursive query for rows in a cycle passes from one step to the next. */
import { steps, type TableFate } from './cascade-paths.ts';

export interface Links {
	/** The query's columns, each with a table column that defines its type. */
	types: Map<string, { table: string; column: string }>;
	/** The query's column that holds a column of a fate's rows. */
	columnOf: (fate: number, column: string) => string;
	/** The column of a fate's rows that a column of the query holds. */
	holds: (fate: number, linkColumn: string) => string | undefined;
}

/**
 * The columns referenced by the next steps. Fates share columns of the query with the same type, as a row of
 * the query must not be wider than a row of a table.
 */
export function linksOf(fates: readonly TableFate[]): Links {
	const types: Links['types'] = new Map();
	const places = new Map<string, string>();
	const held = new Map<string, string>();
	const ofType = new Map<string, string>();
	for (const [number, fate] of fates.entries()) {
		const used = new Map<string, number>();
		for (const column of linkColumns(fate)) {
			const keyColumn = fate.table.key?.find(({ name }) => name === column);
			const type = keyColumn
				? JSON.stringify([keyColumn.fullType, keyColumn.collation])
				: JSON.stringify([fate.table.name, column]);
			const nth = used.get(type) ?? 0;
			used.set(type, nth + 1);
			const shared = `${type} ${nth}`;
			const name = ofType.get(shared) ?? `c${ofType.size}`;
			if (!ofType.has(shared)) types.set(name, { table: fate.table.name, column });
			ofType.set(shared, name);
			places.set(`${number} ${column}`, name);
			held.set(`${number} ${name}`, column);
		}
	}
	return {
		types,
		columnOf: (fate, column) => places.get(`${fate} ${column}`) ?? column,
		holds: (fate, link) => held.get(`${fate} ${link}`),
	};
}

/** The columns of a fate's rows that the next steps reference. */
export function linkColumns(fate: TableFate): string[] {
	return [...new Set(steps(fate).flatMap(({ referrer }) => referrer.foreignKey.parentColumns))];
}
