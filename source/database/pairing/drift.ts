/**
 * Differences that keep a table's rows from being applied on one side or the
 * other, with the SQL that fixes them.
 */
import type { Side } from '../../config/types.ts';
import type { Column, Table } from '../catalogue/catalogue.ts';
import { quoteName } from '../sql/identifiers.ts';
import { hasType, isOwnType, typeAsText } from '../values/vendor-types.ts';
import { addColumns, changeKey, widenColumn } from './alter-statements.ts';
import { type Fit, fitOf } from './column-fit.ts';
import { curingType } from './wider-type.ts';

/** A table as defined on one side. */
export interface Standing {
	side: Side;
	table: Table;
}

export interface Drift {
	/** Why no rows are synced at all. */
	skipped: string | null;
	/** Why no rows are applied on a side. */
	blocked: Record<Side, string | null>;
	/** Which rows a side will refuse. */
	warnings: string[];
}

/** `words. Fix (cloud): ALTER TABLE …`: the short part comes first, as long lines are truncated. */
export function withCure(words: string, side: Side, statement: string): string {
	return `${words}. Fix (${side}): ${statement}`;
}

/**
 * Why a table is missing on a side, with the fix if it was renamed.
 * @param renamedTo the table of that side that it was renamed to
 * @param formerName its name on the other side, if it was renamed on the side that has it
 * @param hiddenFrom the user that may not see every table there
 */
export function missingTable(
	table: Table,
	missingOn: Side,
	renamedTo: string | null,
	formerName: string | null,
	hiddenFrom: string | null,
): string {
	const rename = (from: string, to: string) =>
		`RENAME TABLE ${quoteName(from)} TO ${quoteName(to)}`;
	const words = `no such table (${missingOn})`;
	if (renamedTo !== null) {
		return withCure(
			`${words}, but ${renamedTo} there has its triggers: it was renamed`,
			missingOn,
			rename(renamedTo, table.name),
		);
	}
	if (formerName !== null) {
		const other: Side = missingOn === 'local' ? 'cloud' : 'local';
		return withCure(
			`${words}, where it is still called ${formerName}: it was renamed on ${other}`,
			other,
			rename(table.name, formerName),
		);
	}
	return `${words}${orHidden(hiddenFrom)}`;
}

/** A table may exist although a user with rights on single tables does not see it. */
function orHidden(from: string | null): string {
	return from === null ? '' : `, or the user ${from} has no right on it there`;
}

/** Why two primary keys do not identify the same rows; null if they do. */
export function keyDrift(local: Table, cloud: Table): string | null {
	const names = (table: Table) => table.primaryKey.join(', ');
	if (names(local).toLowerCase() === names(cloud).toLowerCase()) return null;
	const words = `the primary keys differ: (${names(local)}) on local, (${names(cloud)}) on cloud`;
	const computed = local.primaryKey.find((name) => sameColumn(cloud, name)?.generated);
	if (computed !== undefined && cloud.product === 'mariadb') {
		return `${words}, and MariaDB does not allow the generated column ${computed} in one; exclude the table from the pair with exclude_tables`;
	}
	return withCure(words, 'cloud', changeKey(cloud, local.primaryKey));
}

/** Compares the columns of a table on both sides, in each direction. */
export function columnDrift(local: Standing, cloud: Standing): Drift {
	const missing = missingColumns(local, cloud) ?? missingColumns(cloud, local);
	const drift: Drift = { skipped: missing, blocked: { local: null, cloud: null }, warnings: [] };
	for (const [from, to] of [
		[local, cloud],
		[cloud, local],
	] as const) {
		for (const column of from.table.columns) {
			const other = sameColumn(to.table, column.name);
			if (other) drift.skipped ??= differentlyComputed(from, column, to, other);
			if (!other || column.generated || other.generated) continue;
			const inKey = column.inKey || other.inKey;
			const fit = fitOf(column, other);
			if (fit === 'whole') continue;
			const words = describeFit(from, column, to, other, fit);
			if (fit === 'foreign' || (inKey && fit === 'changed')) drift.skipped ??= words;
			else if (fit === 'changed') drift.blocked[to.side] ??= words;
			else drift.warnings.push(words);
		}
	}
	// Blocked in both directions, for whatever reasons.
	if (drift.blocked.local !== null && drift.blocked.cloud !== null) {
		drift.skipped ??= drift.blocked.cloud;
	}
	return drift;
}

/** The user from whom the catalogue may hide parts of a database, taken from any of its tables. */
export function hiddenFrom(table: Table | undefined): string | null {
	return table && !table.rights.seesAll ? table.rights.account : null;
}

function sameColumn({ columns }: Table, name: string): Column | undefined {
	return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

/** Columns whose values would be lost from one side to the other. */
function missingColumns(from: Standing, to: Standing): string | null {
	const travelling = from.table.columns.filter(({ generated }) => !generated);
	const lacking = travelling.filter(({ name }) => !sameColumn(to.table, name));
	if (lacking.length > 0) {
		const names = lacking.map(({ name }) => name).join(', ');
		const words = lacking.length === 1 ? `column ${names} is` : `columns ${names} are`;
		const missing = `the ${words} missing on ${to.side}${orHidden(hiddenFrom(to.table))}`;
		const foreign = lacking.find(
			({ type }) => !hasType(to.table, type) && typeAsText[type] === undefined,
		);
		return foreign
			? `${missing}, whose server has no ${foreign.type}, so it cannot be synced; exclude the table from the pair with exclude_tables`
			: withCure(missing, to.side, addColumns(to.table, from.table, lacking));
	}
	const computed = travelling.find(({ name }) => sameColumn(to.table, name)?.generated);
	return computed ? `the column ${computed.name} is a generated column on ${to.side}` : null;
}

/** Why a generated key column does not have the same value on both sides; null if it has. */
function differentlyComputed(
	from: Standing,
	column: Column,
	to: Standing,
	other: Column,
): string | null {
	if (!column.inKey || !column.generated || !other.generated) return null;
	const definition = ({ fullType, collation, expression }: Column) =>
		[fullType, collation ?? '', `AS (${expression})`].filter((part) => part !== '').join(' ');
	const [one, another] = [definition(column), definition(other)];
	if (one === another) return null;
	return `the key column ${column.name} is computed differently: ${one} on ${from.side}, ${another} on ${to.side}`;
}

const outcomes: Record<Exclude<Fit, 'whole'>, (side: Side) => string> = {
	refused: (side) => `${side} refuses rows with values that do not fit`,
	changed: (side) => `values would be altered on ${side}, so no rows are applied there`,
	foreign: () => 'these types are not compatible',
};

function describeFit(
	from: Standing,
	column: Column,
	to: Standing,
	other: Column,
	fit: Exclude<Fit, 'whole'>,
): string {
	const [here, there] = [describeType(column, other), describeType(other, column)];
	const words = `the column ${column.name} is ${here} on ${from.side} and ${there} on ${to.side}: ${outcomes[fit](to.side)}`;
	const wider = curingType(column, other, fit);
	if (wider) return withCure(words, to.side, widenColumn(to.table, other, from.table, wider));
	if (fit === 'foreign') {
		const back = curingType(other, column, fit);
		return back
			? withCure(words, from.side, widenColumn(from.table, column, to.table, back))
			: `${words}, so it cannot be synced; exclude the table from the pair with exclude_tables`;
	}
	return isOwnType(column.type) || isOwnType(other.type)
		? words
		: `${words}. Fix: give both columns a type that holds the values of either`;
}

/** The type, with its other differences. */
function describeType(column: Column, other: Column): string {
	return [
		column.fullType,
		column.characterSet && column.characterSet !== other.characterSet ? column.characterSet : '',
		column.nullable === other.nullable ? '' : column.nullable ? 'NULL' : 'NOT NULL',
	]
		.filter((part) => part !== '')
		.join(' ');
}
