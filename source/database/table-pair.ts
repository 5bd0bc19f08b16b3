import type { PairConfig, Side } from '../config/types.ts';
import type { Column, ForeignKey, Table, UniqueKey } from './catalogue.ts';
import { compareDifferently, isPortable, isText, keepsKeysAsText } from './character-sets.ts';
import { quoteName } from './identifiers.ts';
import { type Referrer, referrersOf } from './referrers.ts';
import { unsafeKeyReason } from './row-key.ts';

/** The change log's own name; every other table of this program begins with it and `_`. */
export const changeLogTable = 'change_log';

function isOwnTable(name: string): boolean {
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
}

/** One tracked table on both ends. */
export interface TablePair {
	/** As the configuration or the first end that has it spells it. */
	name: string;
	/** The table on each side, or null where it cannot be captured. */
	sides: Record<Side, TrackedTable | null>;
	primaryKey: string[];
	/** Why its rows are not carried over, or null where they are. */
	skippedReason: string | null;
	/** What a person should know of its key although its rows are carried over, or null. */
	warning: string | null;
}

interface Found {
	table: Table | undefined;
	tracked: TrackedTable | null;
	/** Why the table cannot be captured on this side. */
	reason: string | null;
}

/**
 * Matches the tables of both ends by name, as the pair's `tables` and `exclude_tables` choose them.
 * @param triggers of each side; what the triggers of a table's parents note must be the same for every
 * pair that shares the database
 */
export function pairTables(
	pair: Pick<PairConfig, 'tables' | 'excludeTables'>,
	local: readonly Table[],
	cloud: readonly Table[],
	foldNames: boolean,
	triggers: Record<Side, TriggerFacts> = { local: noTriggers, cloud: noTriggers },
): TablePair[] {
	const fold = (name: string) => (foldNames ? name.toLowerCase() : name);
	const excluded = new Set(pair.excludeTables.map(fold));
	const chosen =
		pair.tables === 'all'
			? [...local, ...cloud]
					.filter((table) => table.isBaseTable && !isOwnTable(table.name))
					.map((table) => table.name)
					.sort()
			: pair.tables;
	const names = new Map<string, string>();
	for (const name of chosen) {
		if (!excluded.has(fold(name)) && !names.has(fold(name))) names.set(fold(name), name);
	}
	const referrers = (side: Side, tables: readonly Table[]) =>
		referrersOf(tables, (table) =>
			triggers[side].captured.has(table.name) || names.has(fold(table.name))
				? (inspect(table).tracked?.key ?? null)
				: null,
		);
	const around = (side: Side, tables: readonly Table[]): Surroundings => ({
		referrers: referrers(side, tables),
		application: triggers[side].application,
	});
	const aroundLocal = around('local', local);
	const aroundCloud = around('cloud', cloud);
	const byName = (tables: readonly Table[]) => {
		const groups = new Map<string, Table[]>();
		for (const table of tables) {
			groups.set(fold(table.name), [...(groups.get(fold(table.name)) ?? []), table]);
		}
		return groups;
	};
	const localByName = byName(local);
	const cloudByName = byName(cloud);
	const inspectOne = (tables: readonly Table[] = [], surroundings: Surroundings) => {
		const [table, ...namesakes] = tables;
		if (namesakes.length === 0) return inspect(table, surroundings);
		const all = [table, ...namesakes].map((each) => each?.name);
		const reason = `${all.join(' and ')} differ in case only, and are one table to the other side`;
		return { table, tracked: null, reason };
	};
	return [...names].map(([folded, name]) =>
		pairTable(
			name,
			inspectOne(localByName.get(folded), aroundLocal),
			inspectOne(cloudByName.get(folded), aroundCloud),
		),
	);
}

function pairTable(name: string, local: Found, cloud: Found): TablePair {
	const tracked = local.tracked ?? cloud.tracked;
	return {
		name: local.table?.name ?? cloud.table?.name ?? name,
		sides: { local: local.tracked, cloud: cloud.tracked },
		primaryKey:
			tracked?.key.map((column) => column.name) ??
			local.table?.primaryKey ??
			cloud.table?.primaryKey ??
			[],
		skippedReason: skipReason(local, cloud),
		warning: local.tracked && cloud.tracked ? collationWarning(local.tracked, cloud.tracked) : null,
	};
}

const noTriggers: TriggerFacts = { captured: new Set<string>(), application: new Map() };

/** What other parts of a database have to do with a table. */
interface Surroundings extends Pick<TriggerFacts, 'application'> {
	referrers: ReadonlyMap<string, readonly Referrer[]>;
}

/** Whether a table can be captured on one end. */
function inspect(
	table: Table | undefined,
	{ referrers, application }: Surroundings = { referrers: new Map(), application: new Map() },
): Found {
	const unfit = (reason: string): Found => ({ table, tracked: null, reason });
	if (!table) return unfit('no such table');
	if (isOwnTable(table.name)) return unfit('it belongs to this program');
	if (!table.isBaseTable) return unfit('it is no base table');
	if (table.primaryKey.length === 0) return unfit('no primary key');
	if (table.engine?.toLowerCase() !== 'innodb') {
		return unfit(
			`its engine is ${table.engine ?? 'unknown'}, not InnoDB: a failed statement would leave false entries in the change log`,
		);
	}
	if (table.prefixKey) return unfit('the primary key holds only a prefix of a column');
	const key = table.primaryKey.flatMap(
		(name) => table.columns.find((column) => column.name === name) ?? [],
	);
	if (key.length < table.primaryKey.length) {
		return unfit('the user may not see every column of the primary key');
	}
	const unsafe = key.map(unsafeKeyReason).find((reason) => reason !== null);
	if (unsafe) return unfit(unsafe);
	const { name, columns, foreignKeys, uniqueKeys } = table;
	return {
		table,
		tracked: {
			name,
			columns,
			key,
			foreignKeys,
			uniqueKeys,
			applicationTriggers: application.get(name) ?? [],
			referrers: referrers.get(name) ?? [],
		},
		reason: null,
	};
}

function skipReason(local: Found, cloud: Found): string | null {
	if (local.reason !== null && local.reason === cloud.reason) return local.reason;
	if (local.reason !== null) return `${local.reason} (local)`;
	if (cloud.reason !== null) return `${cloud.reason} (cloud)`;
	if (!local.tracked || !cloud.tracked) return null;
	return (
		keyDifference(local.tracked, cloud.tracked) ??
		columnDifference(local.tracked, cloud.tracked, 'cloud') ??
		columnDifference(cloud.tracked, local.tracked, 'local')
	);
}

function keyDifference(local: TrackedTable, cloud: TrackedTable): string | null {
	const names = (table: TrackedTable) => table.key.map((column) => column.name).join(', ');
	if (names(local).toLowerCase() !== names(cloud).toLowerCase()) {
		return `the primary keys differ: (${names(local)}) on local, (${names(cloud)}) on cloud`;
	}
	for (const column of local.key) {
		const [here, there] = [column.characterSet, findColumn(cloud, column.name)?.characterSet];
		if (!here || !there || here === there) continue;
		if (keepsKeysAsText(here) && keepsKeysAsText(there)) continue;
		return `the key column ${column.name} is ${here} on local and ${there} on cloud, which do not have the same characters`;
	}
	return null;
}

/** Whether the two ends may call different keys equal. */
export function differInCollation(one: Column, other: Column): boolean {
	if (!isText(one) || !isText(other) || !one.collation || !other.collation) return false;
	return compareDifferently(one.collation, other.collation);
}

/**
 * Says what may come of key columns whose collations differ. The table is not skipped for that: the
 * default collations of MariaDB and MySQL are different ones, and most keys are equal under neither.
 */
function collationWarning(local: TrackedTable, cloud: TrackedTable): string | null {
	for (const column of local.key) {
		const other = findColumn(cloud, column.name);
		if (!other || !differInCollation(column, other)) continue;
		const shared = [column.collation, other.collation].find((name) => name && isPortable(name));
		const mended =
			shared === column.collation
				? { table: cloud, column: other, side: 'cloud' }
				: { table: local, column, side: 'local' };
		const cure = `ALTER TABLE ${quoteName(mended.table.name)} MODIFY ${quoteName(mended.column.name)} ${mended.column.fullType} COLLATE ${shared ?? 'utf8mb4_unicode_ci'} NOT NULL`;
		return `the key column ${column.name} is ${column.collation} on local and ${other.collation} on cloud: a row whose key equals another's on one end only is refused there; to mend it, on ${mended.side}: ${cure}`;
	}
	return null;
}

/** A column whose values would get lost on the way to the other side. */
function columnDifference(from: TrackedTable, to: TrackedTable, toSide: Side): string | null {
	for (const column of from.columns) {
		if (column.generated) continue;
		const other = findColumn(to, column.name);
		if (!other) return `the column ${column.name} is missing on ${toSide}`;
		if (other.generated) return `the column ${column.name} is a generated one on ${toSide}`;
	}
	return null;
}

/** A column by name; column names never differ by case alone. */
export function findColumn(table: TrackedTable, name: string): Column | undefined {
	return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}
