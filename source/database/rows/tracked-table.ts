import type { Finding } from '../../text/finding.ts';
import type { Column, Table, UniqueKey } from '../catalogue/catalogue.ts';
import type { ForeignKey } from '../catalogue/foreign-keys.ts';
import type { Referrer } from '../catalogue/referrers.ts';
import { unsafeKey } from './row-key.ts';
import { unfitFinding } from './unfit.ts';

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
	reason: Finding | null;
}

export function unfit(table: Table | undefined, reason: Finding): TableInspection {
	return { table, tracked: null, reason };
}

/** Checks whether a table can be captured on one side. */
export function inspectTable(
	table: Table | undefined,
	{ referrers, application }: Surroundings = { referrers: new Map(), application: new Map() },
): TableInspection {
	const because = (reason: Finding) => unfit(table, reason);
	if (!table) return because(unfitFinding('no_table', {}, {}));
	if (isOwnTable(table.name)) return because(unfitFinding('own_table', {}, {}));
	if (!table.isBaseTable) return because(unfitFinding('not_a_base_table', {}, {}));
	if (table.isBeingAltered) return because(unfitFinding('table_being_altered', {}, {}));
	if (table.primaryKey.length === 0) return because(unfitFinding('no_primary_key', {}, {}));
	const { engine } = table;
	if (engine?.toLowerCase() !== 'innodb')
		return because(unfitFinding('not_innodb', {}, { engine }));
	if (table.prefixKey) return because(unfitFinding('key_of_prefix', {}, {}));
	const key = table.primaryKey.flatMap(
		(name) => table.columns.find((column) => column.name === name) ?? [],
	);
	if (key.length < table.primaryKey.length) return because(unfitFinding('key_hidden', {}, {}));
	const unsafe = key.map(unsafeKey).find((reason) => reason !== null);
	if (unsafe) return because(unsafe);
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
