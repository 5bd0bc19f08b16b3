/** The rights without which a table's triggers make every write of the application fail (1142). */

import { entryColumns } from '../changelog/log/columns.ts';
import type { Referring } from '../database/catalogue/referrers.ts';
import { quoteAccount } from '../database/rights/accounts.ts';
import type { Definer } from '../database/rights/definer-grants.ts';
import { grantedColumns, grantedTables } from '../database/rights/grants.ts';
import { changeLogTable, type TrackedTable } from '../database/rows/tracked-table.ts';
import { quoteName } from '../database/sql/identifiers.ts';

/** A right on a table, or on some of its columns. */
export interface TriggerRight {
	right: 'TRIGGER' | 'SELECT' | 'INSERT';
	table: string;
	/** Columns on which the right is sufficient; empty if it is needed on the table. */
	columns: readonly string[];
}

/** The rights that the definer of a table's triggers needs. */
function neededRights(table: TrackedTable): TriggerRight[] {
	const key = table.key.map(({ name }) => name);
	const referred = table.referrers.flatMap(({ foreignKey }) => foreignKey.parentColumns);
	return [
		{ right: 'TRIGGER', table: table.name, columns: [] },
		{ right: 'SELECT', table: table.name, columns: [...new Set([...key, ...referred])] },
		{ right: 'INSERT', table: changeLogTable, columns: entryColumns },
		...reachedBy(table).map(
			(child): TriggerRight => ({
				right: 'SELECT',
				table: child.name,
				columns: [...new Set([...(child.key ?? []).map(({ name }) => name), ...child.columns])],
			}),
		),
	];
}

/** Tables whose rows foreign keys change together with the table's, and their columns in these keys. */
function reachedBy(table: TrackedTable): (Referring & { columns: string[] })[] {
	const found = new Map<string, Referring & { columns: string[] }>();
	const queue = [...table.referrers];
	for (const { foreignKey, child } of queue) {
		if (foreignKey.onDelete === 'RESTRICT' && foreignKey.onUpdate === 'RESTRICT') continue;
		const known = found.get(child.name);
		if (!known) queue.push(...child.referrers);
		const further = child.referrers.flatMap((next) => next.foreignKey.parentColumns);
		const columns = [...(known?.columns ?? []), ...foreignKey.columns, ...further];
		found.set(child.name, { ...child, columns });
	}
	found.delete(table.name);
	return [...found.values()];
}

/**
 * Returns a function that lists the rights which an account lacks for a
 * table's triggers; empty if its rights are unknown.
 */
export function rightsJudge(
	{ state, grants }: Definer,
	database: string,
): (table: TrackedTable) => TriggerRight[] {
	if (state === 'unknown') return () => [];
	const on = {
		TRIGGER: grantedTables(grants, 'TRIGGER', database),
		SELECT: grantedTables(grants, 'SELECT', database),
		INSERT: grantedTables(grants, 'INSERT', database),
	};
	if (on.TRIGGER(null) && on.SELECT(null) && on.INSERT(null)) return () => [];
	return (table) =>
		neededRights(table).filter((needed) => {
			const { right, columns } = needed;
			if (on[right](needed.table)) return false;
			if (columns.length === 0) return true;
			const given = grantedColumns(grants, right, database, needed.table, columns);
			return given.length < columns.length;
		});
}

/** Most tables that get their own GRANT. */
const mostGrants = 3;

/**
 * The statements that grant the rights to an account: on the whole database if many tables lack some, or if a
 * table does not exist yet, for which there can be no grant.
 */
export function grantStatements(
	lacking: readonly TriggerRight[],
	database: string,
	account: string,
	isThere: (table: string) => boolean,
): string[] {
	const byTable = new Map<string, Set<string>>();
	for (const { table, right } of lacking) {
		byTable.set(table, (byTable.get(table) ?? new Set()).add(right));
	}
	const grant = (rights: Iterable<string>, on: string) =>
		`GRANT ${[...rights].join(', ')} ON ${quoteName(database)}.${on} TO ${quoteAccount(account)}`;
	if (byTable.size <= mostGrants && [...byTable.keys()].every(isThere)) {
		return [...byTable].map(([table, rights]) => grant(rights, quoteName(table)));
	}
	return [grant(new Set([...byTable.values()].flatMap((rights) => [...rights])), '*')];
}
