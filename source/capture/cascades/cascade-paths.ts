/** The rows that foreign keys change, as chains of steps from table to table. */
import type { Referrer, Referring } from '../../database/catalogue/referrers.ts';

/** Rows of a table that are deleted, or whose named columns change. */
export interface TableFate {
	table: Pick<Referring, 'name'> & { key: Referring['key']; referrers: readonly Referrer[] };
	/** Null if the rows are deleted. */
	changed: readonly string[] | null;
}

/** A foreign key that propagates a change, and its effect on the referencing rows. */
export interface Step {
	referrer: Referrer;
	fate: TableFate;
}

export type Path = readonly [Step, ...Step[]];

/** Most steps of a chain that one query joins: both servers join at most 61 tables. */
const longestPath = 20;

/**
 * Most chains that are listed one by one: tables with many references to each other have countless chains.
 */
const mostPaths = 100;

/** The next steps of foreign keys from rows with this fate. */
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

/** True if the rows' primary keys change. */
export function movesKey({ table, changed }: TableFate): boolean {
	return changed !== null && (table.key ?? []).some(({ name }) => changed.includes(name));
}

export function lastOf(path: Path): Step {
	return path.at(-1) ?? path[0];
}

/**
 * Every chain that starts with this step; null if the chains form a cycle,
 * are too long for a join, or too many.
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

/** A fate and all that follow from it, each once. */
export function reachable(first: TableFate): TableFate[] {
	const found = new Map([[fateId(first), first]]);
	for (const fate of found.values()) {
		for (const next of steps(fate)) found.set(fateId(next.fate), next.fate);
	}
	return [...found.values()];
}
