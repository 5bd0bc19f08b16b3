import type { Column, Table } from './catalogue.ts';
import type { ForeignKey } from './foreign-keys.ts';

/** A table in the graph of foreign keys. */
export interface Referring {
	name: string;
	/** The key under which its rows are captured; null if they are not. */
	key: Column[] | null;
	/** The foreign keys that reference it. Tables can reference each other in a cycle. */
	referrers: Referrer[];
}

/** A table that references another one. */
export interface Referrer {
	foreignKey: ForeignKey;
	child: Referring;
}

/** The tables that reference each table of a database, by the referenced table's name. */
export function referrersOf(
	tables: readonly Table[],
	keyOf: (table: Table) => Column[] | null,
): Map<string, Referrer[]> {
	const byName = new Map<string, Referring>();
	for (const table of tables) {
		byName.set(table.name, { name: table.name, key: keyOf(table), referrers: [] });
	}
	for (const { name, foreignKeys } of tables) {
		const child = byName.get(name);
		for (const foreignKey of foreignKeys) {
			if (child) byName.get(foreignKey.parent)?.referrers.push({ foreignKey, child });
		}
	}
	return new Map([...byName].map(([name, { referrers }]) => [name, referrers]));
}

/** True if the other table references a table, directly or through further tables. */
export function isReferredToBy(referrers: readonly Referrer[], other: string): boolean {
	const reached = new Set(referrers.map(({ child }) => child));
	for (const table of reached) {
		for (const { child } of table.referrers) reached.add(child);
	}
	return [...reached].some(({ name }) => name === other);
}

/** True if a foreign key itself changes or deletes rows. */
export function isActing({ foreignKey: { onDelete, onUpdate } }: Referrer): boolean {
	return onDelete !== 'RESTRICT' || onUpdate !== 'RESTRICT';
}
