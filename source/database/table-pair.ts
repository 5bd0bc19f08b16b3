import type { PairConfig, Side } from '../config/types.ts';
import type { Column, ForeignKey, Table } from './catalogue.ts';
import { compareDifferently, isPortable, isText, keepsKeysAsText } from './character-sets.ts';
import { columnDrift, keyDrift, missingTable } from './drift.ts';
import { quoteName } from './identifiers.ts';
import { oneLine } from './one-line.ts';
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
	partitioned: boolean;
	/** The tables of this end that refer to it, tracked or not. */
	referrers: readonly Referrer[];
}

/** One tracked table on both ends. */
export interface TablePair {
	/** As the configuration or the first end that has it spells it. */
	name: string;
	/** The table on each side, or null where it cannot be captured. */
	sides: Record<Side, TrackedTable | null>;
	primaryKey: string[];
	/** Why its rows are not carried over either way, or null where they are. One line. */
	skippedReason: string | null;
	/** Why its rows are not carried to a side, or null where they are. One line each. */
	blocked: Record<Side, string | null>;
	/** What a person should know of it although its rows are carried over. One line each. */
	warnings: string[];
}

interface Found {
	side: Side;
	/** The tables of this side that the other one lacks. */
	unpaired: readonly Table[];
	product: Table['product'] | undefined;
	table: Table | undefined;
	tracked: TrackedTable | null;
	/** Why the table cannot be captured on this side. */
	reason: string | null;
}

/**
 * Matches the tables of both ends by name, as the pair's `tables` and `exclude_tables` choose them.
 * @param captured names of tables that another pair captures on a side: what the triggers of their
 * parents note must be the same for every pair that shares the database
 */
export function pairTables(
	pair: Pick<PairConfig, 'tables' | 'excludeTables'>,
	local: readonly Table[],
	cloud: readonly Table[],
	foldNames: boolean,
	captured: Record<Side, ReadonlySet<string>> = { local: new Set(), cloud: new Set() },
): TablePair[] {
	const fold = (name: string) => (foldNames ? name.toLowerCase() : name);
	const localByName = new Map(local.map((table) => [fold(table.name), table]));
	const cloudByName = new Map(cloud.map((table) => [fold(table.name), table]));
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
			captured[side].has(table.name) || names.has(fold(table.name))
				? (inspect(table).tracked?.key ?? null)
				: null,
		);
	const localReferrers = referrers('local', local);
	const cloudReferrers = referrers('cloud', cloud);
	const inspectSide = (side: Side, folded: string): Found => {
		const [here, there] =
			side === 'local' ? [localByName, cloudByName] : [cloudByName, localByName];
		const found = inspect(here.get(folded), side === 'local' ? localReferrers : cloudReferrers);
		const unpaired = [...here].filter(([name]) => !there.has(name)).map(([, table]) => table);
		return { ...found, side, unpaired, product: [...here.values()][0]?.product };
	};
	return [...names].map(([folded, name]) =>
		pairTable(name, inspectSide('local', folded), inspectSide('cloud', folded)),
	);
}

function pairTable(name: string, local: Found, cloud: Found): TablePair {
	const tracked = local.tracked ?? cloud.tracked;
	const drift =
		local.tracked && cloud.tracked && local.table && cloud.table
			? columnDrift({ side: 'local', table: local.table }, { side: 'cloud', table: cloud.table })
			: null;
	const collations =
		local.tracked && cloud.tracked ? collationWarning(local.tracked, cloud.tracked) : [];
	const skippedReason = skipReason(local, cloud) ?? drift?.skipped ?? null;
	const shown = (reason: string | null) => reason && oneLine(reason);
	return {
		name: local.table?.name ?? cloud.table?.name ?? name,
		sides: { local: local.tracked, cloud: cloud.tracked },
		primaryKey:
			tracked?.key.map((column) => column.name) ??
			local.table?.primaryKey ??
			cloud.table?.primaryKey ??
			[],
		skippedReason: shown(skippedReason),
		blocked: {
			local: shown(drift?.blocked.local ?? null),
			cloud: shown(drift?.blocked.cloud ?? null),
		},
		warnings: [...collations, ...(drift?.warnings ?? [])].map(oneLine),
	};
}

/** Whether a table can be captured on one end. */
function inspect(
	table: Table | undefined,
	referrers: ReadonlyMap<string, readonly Referrer[]> = new Map(),
): Pick<Found, 'table' | 'tracked' | 'reason'> {
	const unfit = (reason: string) => ({ table, tracked: null, reason });
	if (!table) return unfit(missing);
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
	const { name, columns, foreignKeys, partitioned } = table;
	const tracked = {
		name,
		columns,
		key,
		foreignKeys,
		partitioned,
		referrers: referrers.get(name) ?? [],
	};
	return { table, tracked, reason: null };
}

const missing = 'no such table';

function skipReason(local: Found, cloud: Found): string | null {
	if (local.reason !== null && local.reason === cloud.reason) return local.reason;
	for (const [found, other] of [
		[local, cloud],
		[cloud, local],
	] as const) {
		if (found.reason === null) continue;
		return found.reason === missing && other.tracked && other.table
			? missingTable(other.table, found.side, found.product ?? other.table.product, found.unpaired)
			: `${found.reason} (${found.side})`;
	}
	if (!local.table || !cloud.table || !local.tracked || !cloud.tracked) return null;
	return keyDrift(local.table, cloud.table) ?? keyCharacters(local.tracked, cloud.tracked);
}

function keyCharacters(local: TrackedTable, cloud: TrackedTable): string | null {
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
function collationWarning(local: TrackedTable, cloud: TrackedTable): string[] {
	for (const column of local.key) {
		const other = findColumn(cloud, column.name);
		if (!other || !differInCollation(column, other)) continue;
		const shared = [column.collation, other.collation].find((name) => name && isPortable(name));
		const mended =
			shared === column.collation
				? { table: cloud, column: other, side: 'cloud' }
				: { table: local, column, side: 'local' };
		const cure = `ALTER TABLE ${quoteName(mended.table.name)} MODIFY ${quoteName(mended.column.name)} ${mended.column.fullType} COLLATE ${shared ?? 'utf8mb4_unicode_ci'} NOT NULL`;
		return [
			`the key column ${column.name} is ${column.collation} on local and ${other.collation} on cloud: a row whose key equals another's on one end only is refused there; to mend it, on ${mended.side}: ${cure}`,
		];
	}
	return [];
}

/** A column by name; column names never differ by case alone. */
export function findColumn(table: TrackedTable, name: string): Column | undefined {
	return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}
