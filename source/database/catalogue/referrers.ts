import type { Column, Table } from './catalogue.ts';
import type { ForeignKey } from './foreign-keys.ts';

/** A table as its foreign keys and those of others see it. */
export interface Referring {
	name: string;
	/** The key under which its rows are captured, or null where they are not. */
	key: Column[] | null;
	/** The foreign keys that refer to it. Tables can refer to each other in a circle. */
	referrers: Referrer[];
}

/** A table that refers to another one. */
export interface Referrer {
	foreignKey: ForeignKey;
	child: Referring;
}

/** Who refers to each table of a database, by the name of the table that is referred to. */
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

/** Whether the other table refers to a table, by itself or through further tables. */
export function isReferredToBy(referrers: readonly Referrer[], other: string): boolean {
	const reached = new Set(referrers.map(({ child }) => child));
	for (const table of reached) {
		for (const { child } of table.referrers) reached.add(child);
	}
	return [...reached].some(({ name }) => name === other);
}

/** Whether a foreign key changes or deletes rows by itself. */
export function isActing({ foreignKey: { onDelete, onUpdate } }: Referrer): boolean {
	return onDelete !== 'RESTRICT' || onUpdate !== 'RESTRICT';
}
