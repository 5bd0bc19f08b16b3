import { isDeepStrictEqual } from 'node:util';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { Finding } from '../../text/finding.ts';
import type { Table } from '../catalogue/catalogue.ts';
import { referrersOf } from '../catalogue/referrers.ts';
import {
	inspectTable,
	isOwnTable,
	type Surroundings,
	type TableInspection,
	type TrackedTable,
	type TriggerFacts,
	unfit,
} from '../rows/tracked-table.ts';
import { columnDrift, hiddenFrom, keyDrift, missingTable, type Standing } from './drift.ts';
import { pairingFinding } from './findings.ts';
import { collationDrift, keyCharacters } from './key-columns.ts';
import { readingDenied, writingDenied } from './missing-rights.ts';
import { otherKeys } from './one-sided-keys.ts';

/** One tracked table on both sides. */
export interface TablePair {
	/** As spelled in the configuration, or on the first side that has it. */
	name: string;
	/** The table on each side; null if it cannot be captured. */
	sides: Record<Side, TrackedTable | null>;
	primaryKey: string[];
	/** Why its rows are not synced in either direction; null if they are. */
	skippedReason: Finding | null;
	/** Why its rows are not applied on a side; null if they are. */
	blocked: Record<Side, Finding | null>;
	/** True if missing rights are the reason, as far as can be told. */
	denied: Record<Side, boolean>;
	/** Warnings about a table whose rows are synced. */
	warnings: Finding[];
	/** Its name on a side before it was renamed there, while the other side still has the old name. */
	formerName: Record<Side, string | null>;
	/** The side that lacks the table, if it could be created there. */
	missingOn: Side | null;
}

/** True if any table waits for rights that the user lacks. */
export function waitsForRight(tables: readonly TablePair[]): boolean {
	return tables.some(({ denied }) => sides.some((side) => denied[side]));
}

interface Found extends TableInspection {
	side: Side;
	/** The table that it was renamed to on this side, if it is missing. */
	renamedTo: string | null;
	/** Its former name on this side, if the other side still has that name. */
	formerName: string | null;
	/** The user that may not see every table of this side. */
	hiddenFrom: string | null;
	/** The table with a name on this side. */
	tableOf: (name: string) => Table | undefined;
}

/**
 * Matches the tables of both sides by name, as selected by the pair's `tables` and `exclude_tables`.
 * @param triggers of each side; what the triggers of a table's parents log must
 * be the same for every pair that shares the database
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
				? (inspectTable(table).tracked?.key ?? null)
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
	const inspectSide = (side: Side, folded: string): Found => {
		const [here, there] =
			side === 'local' ? [localByName, cloudByName] : [cloudByName, localByName];
		const [table, ...others] = here.get(folded) ?? [];
		const found =
			others.length === 0
				? inspectTable(table, side === 'local' ? aroundLocal : aroundCloud)
				: unfit(table, namesakes([table, ...others]));
		// Equal columns alone would match two unrelated new tables as renamed.
		const wereOf = (name: string, former: string) => triggers[side].wereOf(name, former);
		const onlyOn = (having: typeof here, lacking: typeof here) =>
			[...having].flatMap(([name, [first]]) => (lacking.has(name) || !first ? [] : [first.name]));
		const renamedTo = table
			? null
			: (onlyOn(here, there).find((name) => wereOf(name, nameOf(there, folded))) ?? null);
		const formerName =
			table && !there.has(folded)
				? (onlyOn(there, here).find((former) => wereOf(table.name, former)) ?? null)
				: null;
		const [any] = side === 'local' ? local : cloud;
		const tableOf = (name: string) => here.get(fold(name))?.[0];
		const around = { side, renamedTo, formerName, tableOf };
		return { ...found, ...around, hiddenFrom: hiddenFrom(any) };
	};
	return [...names].map(([folded, name]) =>
		pairTable(name, inspectSide('local', folded), inspectSide('cloud', folded)),
	);
}

const noTriggers: TriggerFacts = {
	captured: new Set<string>(),
	application: new Map(),
	wereOf: () => false,
};

function nameOf(tables: ReadonlyMap<string, readonly Table[]>, folded: string): string {
	return tables.get(folded)?.[0]?.name ?? folded;
}

function namesakes(tables: readonly (Table | undefined)[]): Finding {
	const names = tables.flatMap((table) => table?.name ?? []);
	return pairingFinding('names_differ_in_case', {}, { names });
}

function pairTable(name: string, local: Found, cloud: Found): TablePair {
	const tracked = local.tracked ?? cloud.tracked;
	const drift =
		local.tracked && cloud.tracked && local.table && cloud.table
			? columnDrift({ side: 'local', table: local.table }, { side: 'cloud', table: cloud.table })
			: null;
	const collations =
		local.tracked && cloud.tracked ? collationDrift(local.tracked, cloud.tracked) : [];
	const ask = (whether: (standing: Standing) => Finding | null, found: Found) => {
		const { side, table, tracked, reason } = found;
		return table && (tracked || isHiddenKey(reason)) ? whether({ side, table }) : null;
	};
	const keys =
		local.tracked && cloud.tracked && local.table && cloud.table
			? otherKeys(
					{ side: 'local', table: local.table },
					{ side: 'cloud', table: cloud.table },
					({ side }, table) => (side === 'local' ? local : cloud).tableOf(table),
				)
			: [];
	const unreadable = ask(readingDenied, local) ?? ask(readingDenied, cloud);
	const unwritable = { local: ask(writingDenied, local), cloud: ask(writingDenied, cloud) };
	const unfit = skipReason(local, cloud);
	const hiddenKeys =
		unreadable !== null && [local, cloud].some(({ reason }) => isHiddenKey(reason));
	const skippedReason = (hiddenKeys ? null : unfit) ?? unreadable ?? drift?.skipped ?? null;
	const hidden = [local, cloud].some(
		({ hiddenFrom, reason }) => hiddenFrom !== null && isMissing(reason),
	);
	const pairName = local.table?.name ?? cloud.table?.name ?? name;
	const named = (finding: Finding): Finding => ({ ...finding, table: pairName });
	const shown = (finding: Finding | null | undefined) => (finding ? named(finding) : null);
	const deniedOn = (side: Side) =>
		hidden || hiddenKeys || (unfit === null && (unreadable !== null || unwritable[side] !== null));
	return {
		name: pairName,
		sides: { local: local.tracked, cloud: cloud.tracked },
		primaryKey:
			tracked?.key.map((column) => column.name) ??
			local.table?.primaryKey ??
			cloud.table?.primaryKey ??
			[],
		skippedReason: shown(skippedReason),
		blocked: {
			local: shown(drift?.blocked.local ?? unwritable.local),
			cloud: shown(drift?.blocked.cloud ?? unwritable.cloud),
		},
		denied: { local: deniedOn('local'), cloud: deniedOn('cloud') },
		warnings: [...collations, ...(drift?.warnings ?? []), ...keys].map(named),
		formerName: { local: local.formerName, cloud: cloud.formerName },
		missingOn: creatableOn(local, cloud) ?? creatableOn(cloud, local),
	};
}

/** The side of the first table, if it lacks the table and the other's could be created there. */
function creatableOn(one: Found, other: Found): Side | null {
	const isCreatable = isMissing(one.reason) && other.tracked !== null;
	return isCreatable && one.renamedTo === null && other.formerName === null ? one.side : null;
}

function isMissing(reason: Finding | null): boolean {
	return reason?.code === 'no_table';
}

function isHiddenKey(reason: Finding | null): boolean {
	return reason?.code === 'key_hidden';
}

function skipReason(local: Found, cloud: Found): Finding | null {
	if (local.reason !== null && isDeepStrictEqual(local.reason, cloud.reason)) return local.reason;
	for (const [found, other] of [
		[local, cloud],
		[cloud, local],
	] as const) {
		if (found.reason === null) continue;
		return isMissing(found.reason) && other.tracked && other.table
			? missingTable(other.table, found.side, found.renamedTo, other.formerName, found.hiddenFrom)
			: { ...found.reason, side: found.side };
	}
	if (!local.table || !cloud.table || !local.tracked || !cloud.tracked) return null;
	return keyDrift(local.table, cloud.table) ?? keyCharacters(local.tracked, cloud.tracked);
}

/** Findings about a table whose rows are synced in at least one direction. */
export function notesOn({ skippedReason, blocked, warnings }: TablePair): Finding[] {
	if (skippedReason !== null) return [];
	return [...sides.flatMap((side) => blocked[side] ?? []), ...warnings];
}
