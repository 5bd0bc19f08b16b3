import type { Column, Table, UniqueKey } from '../catalogue/catalogue.ts';
import type { ForeignKey } from '../catalogue/foreign-keys.ts';
import type { Referrer } from '../catalogue/referrers.ts';
import { unsafeKeyReason } from './row-key.ts';

/** The change log's name. The program's other tables start with it and `_`. */
export const changeLogTable = 'change_log';

export function isOwnTable(name: string): boolean {
	return /^change_log(_|$)/i.test(name);
}

/** A tracked table as defined on one side, suitable for capture. */
export interface TrackedTable {
	name: string;
	columns: Column[];
	/** The key columns in key order. */
	key: Column[];
	foreignKeys: ForeignKey[];
	uniqueKeys: UniqueKey[];
	/** The application's own triggers. */
	applicationTriggers: readonly ApplicationTrigger[];
	partitioned: boolean;
	/** The tables of this side that reference it, tracked or not. */
	referrers: readonly Referrer[];
}

/** A trigger that is not this program's. It also fires when a row is applied, and cannot be disabled. */
export interface ApplicationTrigger {
	name: string;
	timing: 'BEFORE' | 'AFTER';
	event: 'INSERT' | 'UPDATE' | 'DELETE';
	statement: string;
}

/** Facts about the tables of one database that its triggers reveal, by table. */
export interface TriggerFacts {
	/** Tables that some pair captures. */
	captured: { has: (table: string) => boolean };
	application: { get: (table: string) => readonly ApplicationTrigger[] | undefined };
	/** True if a table has triggers that were created under another table name: it was renamed. */
	wereOf: (table: string, formerName: string) => boolean;
}

/** The other parts of a database that concern a table. */
export interface Surroundings extends Pick<TriggerFacts, 'application'> {
	referrers: ReadonlyMap<string, readonly Referrer[]>;
}

/** The result of checking a table on one side. */
export interface TableInspection {
	table: Table | undefined;
	tracked: TrackedTable | null;
	/** Why the table cannot be captured there. */
	reason: string | null;
}

/** The reason if there is no table. */
export const missing = 'no such table';

/** The reason while the catalogue omits the table. */
const beingDefinedReason = 'another session is creating or altering it; it will be checked again';

/** The reason if key columns, or possibly all columns, are hidden from the user. */
export const hiddenKey = 'the user may not see every column of the primary key';

export function unfit(table: Table | undefined, reason: string): TableInspection {
	return { table, tracked: null, reason };
}

/** Checks whether a table can be captured on one side. */
export function inspectTable(
	table: Table | undefined,
	{ referrers, application }: Surroundings = { referrers: new Map(), application: new Map() },
): TableInspection {
	if (!table) return unfit(table, missing);
	if (isOwnTable(table.name)) return unfit(table, 'it belongs to this program');
	if (!table.isBaseTable) return unfit(table, 'it is not a base table');
	if (table.isBeingAltered) return unfit(table, beingDefinedReason);
	if (table.primaryKey.length === 0) return unfit(table, 'no primary key');
	if (table.engine?.toLowerCase() !== 'innodb') {
		return unfit(
			table,
			`its engine is ${table.engine ?? 'unknown'}, not InnoDB: a failed statement would leave false entries in the change log`,
		);
	}
	if (table.prefixKey) return unfit(table, 'the primary key contains only a prefix of a column');
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

/** A column by name; column names never differ only in case. */
export function findColumn(table: TrackedTable, name: string): Column | undefined {
	return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}
