/**
 * Differences that keep a table's rows from being applied on one side or the
 * other, with the SQL that fixes them.
 */
import type { Side } from '../../config/types.ts';
import type { Cure } from '../../text/cures.ts';
import type { Finding } from '../../text/finding.ts';
import type { Column, Table } from '../catalogue/catalogue.ts';
import { quoteName } from '../sql/identifiers.ts';
import { hasType, isOwnType, typeAsText } from '../values/vendor-types.ts';
import { addColumns, changeKey, widenColumn } from './alter-statements.ts';
import { type Fit, fitOf } from './column-fit.ts';
import { pairingFinding } from './findings.ts';
import { curingType } from './wider-type.ts';

/** A table as defined on one side. */
export interface Standing {
	side: Side;
	table: Table;
}

export interface Drift {
	/** Why no rows are synced at all. */
	skipped: Finding | null;
	/** Why no rows are applied on a side. */
	blocked: Record<Side, Finding | null>;
	/** Which rows a side will refuse. */
	warnings: Finding[];
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
): Finding {
	const side = missingOn;
	const rename = (on: Side, from: string, to: string): Cure => ({
		side: on,
		sql: `RENAME TABLE ${quoteName(from)} TO ${quoteName(to)}`,
	});
	if (renamedTo !== null) {
		const facts = { renamedOn: side, otherName: renamedTo };
		return pairingFinding('table_renamed', { side }, facts, [rename(side, renamedTo, table.name)]);
	}
	if (formerName !== null) {
		const renamedOn: Side = missingOn === 'local' ? 'cloud' : 'local';
		const facts = { renamedOn, otherName: formerName };
		const cure = rename(renamedOn, table.name, formerName);
		return pairingFinding('table_renamed', { side }, facts, [cure]);
	}
	const offer = { required: [], leftOut: [], impossible: [], unreadable: null };
	return pairingFinding('table_missing', { side }, { hiddenFrom, ...offer });
}

/** Why two primary keys do not identify the same rows; null if they do. */
export function keyDrift(local: Table, cloud: Table): Finding | null {
	const keys = { local: local.primaryKey, cloud: cloud.primaryKey };
	const folded = (key: readonly string[]) => key.join(', ').toLowerCase();
	if (folded(keys.local) === folded(keys.cloud)) return null;
	const computed = local.primaryKey.find((name) => sameColumn(cloud, name)?.generated);
	const generated = cloud.product === 'mariadb' ? (computed ?? null) : null;
	const cure: Cure = { side: 'cloud', sql: changeKey(cloud, local.primaryKey) };
	const cures = generated === null ? [cure] : [];
	return pairingFinding('primary_keys_differ', { side: 'cloud' }, { ...keys, generated }, cures);
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
			const found = misfit(from, column, to, other, fit);
			if (fit === 'foreign' || (inKey && fit === 'changed')) drift.skipped ??= found;
			else if (fit === 'changed') drift.blocked[to.side] ??= found;
			else drift.warnings.push(found);
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
function missingColumns(from: Standing, to: Standing): Finding | null {
	const { side } = to;
	const travelling = from.table.columns.filter(({ generated }) => !generated);
	const lacking = travelling.filter(({ name }) => !sameColumn(to.table, name));
	if (lacking.length > 0) {
		const foreign = lacking.find(
			({ type }) => !hasType(to.table, type) && typeAsText[type] === undefined,
		);
		const facts = {
			columns: lacking.map(({ name }) => name),
			unsupported: foreign?.type ?? null,
			hiddenFrom: hiddenFrom(to.table),
		};
		const cures = foreign ? [] : [{ side, sql: addColumns(to.table, from.table, lacking) }];
		return pairingFinding('columns_missing', { side }, facts, cures);
	}
	const computed = travelling.find(({ name }) => sameColumn(to.table, name)?.generated);
	return computed ? pairingFinding('column_generated', { side }, { column: computed.name }) : null;
}

/** Why a generated key column does not have the same value on both sides; null if it has. */
function differentlyComputed(
	from: Standing,
	column: Column,
	to: Standing,
	other: Column,
): Finding | null {
	if (!column.inKey || !column.generated || !other.generated) return null;
	const definition = ({ fullType, collation, expression }: Column) =>
		[fullType, collation ?? '', `AS (${expression})`].filter((part) => part !== '').join(' ');
	const [one, another] = [definition(column), definition(other)];
	if (one === another) return null;
	const on = onSides(from, one, to, another);
	return pairingFinding('key_columns_computed_differently', {}, { column: column.name, ...on });
}

/** How a column of one side does not fit into that of the other. */
function misfit(
	from: Standing,
	column: Column,
	to: Standing,
	other: Column,
	fit: Exclude<Fit, 'whole'>,
): Finding {
	const { side } = to;
	const types = onSides(from, describeType(column, other), to, describeType(other, column));
	const different = { column: column.name, types };
	const wider = curingType(column, other, fit);
	const cures: Cure[] = wider
		? [{ side, sql: widenColumn(to.table, other, from.table, wider) }]
		: [];
	if (fit === 'foreign') {
		const back = wider ? null : curingType(other, column, fit);
		if (back) cures.push({ side: from.side, sql: widenColumn(from.table, column, to.table, back) });
		const facts = { ...different, curable: cures.length > 0 };
		return pairingFinding('column_kinds_differ', { side }, facts, cures);
	}
	const needsCommonType = !wider && !isOwnType(column.type) && !isOwnType(other.type);
	const code = fit === 'refused' ? 'column_too_narrow' : 'column_changes_values';
	return pairingFinding(code, { side }, { ...different, needsCommonType }, cures);
}

function onSides(from: Standing, one: string, to: Standing, other: string): Record<Side, string> {
	return from.side === 'local' && to.side === 'cloud'
		? { local: one, cloud: other }
		: { local: other, cloud: one };
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
