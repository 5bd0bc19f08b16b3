/** Which rows foreign keys change by themselves, as chains of steps from one table to the next. */
import type { Referrer, Referring } from '../../database/catalogue/referrers.ts';

/** Rows of a table that are deleted, or whose named columns change. */
export interface TableFate {
	table: Pick<Referring, 'name'> & { key: Referring['key']; referrers: readonly Referrer[] };
	/** Null where the rows are deleted. */
	changed: readonly string[] | null;
}

/** A foreign key that carries a change on, and what it does to the rows that refer. */
export interface Step {
	referrer: Referrer;
	fate: TableFate;
}

export type Path = readonly [Step, ...Step[]];

/** Steps of a chain that one query joins: both servers join 61 tables at most. */
const longestPath = 20;

/** Chains that are told one by one: where tables refer to each other many times over there are countless. */
const mostPaths = 100;

/** What the foreign keys do next to rows that refer to rows of such a fate. */
export function steps({ table, changed }: TableFate): Step[] {
	return table.referrers.flatMap((referrer) => {
		const { columns, parentColumns, onDelete, onUpdate } = referrer.foreignKey;
		const reached = changed === null || parentColumns.some((name) => changed.includes(name));
		const action = changed === null ? onDelete : onUpdate;
		if (!reached || action === 'RESTRICT') return [];
		const deleted = changed === null && action === 'CASCADE';
		return [{ referrer, fate: { table: referrer.child, changed: deleted ? null : columns } }];
	});
}

/** Whether the rows get other primary keys. */
export function movesKey({ table, changed }: TableFate): boolean {
	return changed !== null && (table.key ?? []).some(({ name }) => changed.includes(name));
}

export function lastOf(path: Path): Step {
	return path.at(-1) ?? path[0];
}

/**
 * Every chain of steps that begins with this one; null where they run in a circle, are too long for a
 * join, or too many.
 */
export function pathsFrom(first: Step): Path[] | null {
	const paths: Path[] = [];
	const walk = (path: Path, entered: readonly string[]): boolean => {
		const { fate } = lastOf(path);
		const id = fateId(fate);
		if (entered.includes(id) || path.length > longestPath) return false;
		if (paths.push(path) > mostPaths) return false;
		return steps(fate).every((next) => walk([...path, next], [...entered, id]));
	};
	return walk([first], []) ? paths : null;
}

export function fateId({ table, changed }: TableFate): string {
	return JSON.stringify([table.name, changed]);
}

/** A fate and all those that follow from it, each once. */
export function reachable(first: TableFate): TableFate[] {
	const found = new Map([[fateId(first), first]]);
	for (const fate of found.values()) {
		for (const next of steps(fate)) found.set(fateId(next.fate), next.fate);
	}
	return [...found.values()];
}
