import type { Column, Table, UniqueKey } from '../catalogue/catalogue.ts';
import type { ForeignKey } from '../catalogue/foreign-keys.ts';
import type { Referrer } from '../catalogue/referrers.ts';
import { unsafeKeyReason } from './row-key.ts';

/** The change log's own name; every other table of this program begins with it and `_`. */
export const changeLogTable = 'change_log';

export function isOwnTable(name: string): boolean {
	return /^change_log(_|$)/i.test(name);
}

/** One tracked table as one end has it, fit to be captured there. */
export interface TrackedTable {
	name: string;
	columns: Column[];
	/** The key's columns in key order. */
	key: Column[];
	foreignKeys: ForeignKey[];
	uniqueKeys: UniqueKey[];
	/** Triggers of the application's own. */
	applicationTriggers: readonly ApplicationTrigger[];
	partitioned: boolean;
	/** The tables of this end that refer to it, tracked or not. */
	referrers: readonly Referrer[];
}

/** A trigger that is not this program's. It runs too when a row is applied, and cannot be switched off. */
export interface ApplicationTrigger {
	name: string;
	timing: 'BEFORE' | 'AFTER';
	event: 'INSERT' | 'UPDATE' | 'DELETE';
	statement: string;
}

/** What the triggers of one database tell about its tables, by table. */
export interface TriggerFacts {
	/** Tables that some pair captures. */
	captured: { has: (table: string) => boolean };
	application: { get: (table: string) => readonly ApplicationTrigger[] | undefined };
	/** Whether a table has triggers that were created for one of another name: it was renamed. */
	wereOf: (table: string, formerName: string) => boolean;
}

/** What other parts of a database have to do with a table. */
export interface Surroundings extends Pick<TriggerFacts, 'application'> {
	referrers: ReadonlyMap<string, readonly Referrer[]>;
}

/** What is to be said of a table on one end. */
export interface TableInspection {
	table: Table | undefined;
	tracked: TrackedTable | null;
	/** Why the table cannot be captured there. */
	reason: string | null;
}

/** The reason where there is no table. */
export const missing = 'no such table';

/** The reason where the catalogue tells nothing of the table just now. */
const beingDefinedReason = 'another session is creating or altering it, and it is looked at again';

/** The reason where columns of the key are hidden from the user, as all may be. */
export const hiddenKey = 'the user may not see every column of the primary key';

export function unfit(table: Table | undefined, reason: string): TableInspection {
	return { table, tracked: null, reason };
}

/** Whether a table can be captured on one end. */
export function inspectTable(
	table: Table | undefined,
	{ referrers, application }: Surroundings = { referrers: new Map(), application: new Map() },
): TableInspection {
	if (!table) return unfit(table, missing);
	if (isOwnTable(table.name)) return unfit(table, 'it belongs to this program');
	if (!table.isBaseTable) return unfit(table, 'it is no base table');
	if (table.isDefinedAnew) return unfit(table, beingDefinedReason);
	if (table.primaryKey.length === 0) return unfit(table, 'no primary key');
	if (table.engine?.toLowerCase() !== 'innodb') {
		return unfit(
			table,
			`its engine is ${table.engine ?? 'unknown'}, not InnoDB: a failed statement would leave false entries in the change log`,
		);
	}
	if (table.prefixKey) return unfit(table, 'the primary key holds only a prefix of a column');
	const key = table.primaryKey.flatMap(
		(name) => table.columns.find((column) => column.name === name) ?? [],
	);
	if (key.length < table.primaryKey.length) {
		return unfit(table, hiddenKey);
	}
	const unsafe = key.map(unsafeKeyReason).find((reason) => reason !== null);
	if (unsafe) return unfit(table, unsafe);
	const { name, columns, foreignKeys, uniqueKeys, partitioned } = table;
	return {
		table,
		tracked: {
			name,
			columns,
			key,
			foreignKeys,
			uniqueKeys,
			partitioned,
			applicationTriggers: application.get(name) ?? [],
			referrers: referrers.get(name) ?? [],
		},
		reason: null,
	};
}

/** A column by name; column names never differ by case alone. */
export function findColumn(table: TrackedTable, name: string): Column | undefined {
	return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}
