/** The words for what is found when the tables of two ends are matched. */
import type { Side } from '../../config/types.ts';
import type { Finding, MessagesOf, Words } from '../../text/finding.ts';
import type { PairingFacts } from './findings.ts';

const others: Record<Side, Side> = { local: 'cloud', cloud: 'local' };

const exclude = 'Fix: exclude the table from the pair with exclude_tables';
const commonType = 'Fix: give both columns a type that holds the values of either';

export const pairingMessages: MessagesOf<PairingFacts> = {
	no_table: (_, found) => atSide('no such table', found),
	own_table: (_, found) => atSide('it belongs to this program', found),
	not_a_base_table: (_, found) => atSide('it is not a base table', found),
	table_being_altered: (_, found) =>
		atSide('another session is creating or altering it; it will be checked again', found),
	no_primary_key: (_, found) => atSide('no primary key', found),
	not_innodb: ({ engine }, found) =>
		atSide(
			`its engine is ${engine ?? 'unknown'}, not InnoDB: a failed statement would leave false entries in the change log`,
			found,
		),
	key_of_prefix: (_, found) => atSide('the primary key contains only a prefix of a column', found),
	key_hidden: (_, found) => atSide('the user may not see every column of the primary key', found),
	key_column_inexact: ({ column, type }, found) =>
		atSide(`the key column ${column} is a ${type}, whose values cannot be written exactly`, found),
	key_column_unsupported: ({ column, type }, found) =>
		atSide(`the key column ${column} has a type that is not supported in a key: ${type}`, found),
	names_differ_in_case: ({ names }, found) =>
		atSide(
			`${names.join(' and ')} differ only in case and are the same table to the other side`,
			found,
		),

	table_missing: ({ hiddenFrom, required, leftOut, impossible, unreadable }, found) => {
		const what = `${atSide('no such table', found)}${orHidden(hiddenFrom)}`;
		if (unreadable !== null) return `${what}; its definition cannot be read: ${unreadable}`;
		if (impossible.length > 0)
			return [`${what}, and it cannot be created there: ${impossible.join(', ')}`, exclude];
		const differs =
			leftOut.length === 0 ? [] : [`differs from the other side: ${leftOut.join(', ')}`];
		return [what, ...required, ...differs].join('; ');
	},
	table_renamed: ({ renamedOn, otherName }, found) => {
		const what = atSide('no such table', found);
		return renamedOn === found.side
			? `${what}, but ${otherName} there has its triggers: it was renamed`
			: `${what}, where it is still called ${otherName}: it was renamed on ${renamedOn}`;
	},

	primary_keys_differ: ({ local, cloud, generated }) => {
		const what = `the primary keys differ: (${local.join(', ')}) on local, (${cloud.join(', ')}) on cloud`;
		return generated === null
			? what
			: [`${what}, and MariaDB does not allow the generated column ${generated} in one`, exclude];
	},
	key_character_sets_differ: ({ column, local, cloud }) =>
		`the key column ${column} is ${local} on local and ${cloud} on cloud, which do not have the same characters`,
	key_collations_differ: ({ column, local, cloud }) =>
		`the key column ${column} is ${local} on local and ${cloud} on cloud: a row whose key equals another's on only one side is refused there`,
	key_columns_computed_differently: ({ column, local, cloud }) =>
		`the key column ${column} is computed differently: ${local} on local, ${cloud} on cloud`,

	columns_missing: ({ columns, unsupported, hiddenFrom }, { side }) => {
		const names =
			columns.length === 1
				? `the column ${columns[0]} is`
				: `the columns ${columns.join(', ')} are`;
		const what = `${names} missing on ${side}${orHidden(hiddenFrom)}`;
		if (unsupported === null) return what;
		return [`${what}, whose server has no ${unsupported}, so it cannot be synced`, exclude];
	},
	column_generated: ({ column }, { side }) =>
		`the column ${column} is a generated column on ${side}`,
	column_too_narrow: ({ needsCommonType, ...column }, { side }) =>
		advised(
			`${different(column, side)}: ${side} refuses rows with values that do not fit`,
			needsCommonType && commonType,
		),
	column_changes_values: ({ needsCommonType, ...column }, { side }) =>
		advised(
			`${different(column, side)}: values would be altered on ${side}, so no rows are applied there`,
			needsCommonType && commonType,
		),
	column_kinds_differ: ({ curable, ...column }, { side }) =>
		advised(
			`${different(column, side)}: these types are not compatible${curable ? '' : ', so it cannot be synced'}`,
			!curable && exclude,
		),

	rights_missing_to_read: ({ account, rights }, { side }) =>
		`on ${side} the user ${account} may not ${either(rights)} rows, so none are synced`,
	rights_missing_to_write: ({ account, rights }, { side }) =>
		`on ${side} the user ${account} may not ${either(rights)} rows, so none are applied there`,

	keys_missing: ({ keys, accepts }, { side, cures }) => {
		if (side === null) return '';
		const other = others[side];
		const so = accepts ? `, so it accepts rows that ${other} refuses` : '';
		const what = `${side} lacks keys that ${other} has: ${keys.join(', ')}${so}`;
		return cures.length > 0 ? what : `${what}; its server has no key that these could refer to`;
	},
};

/** Where only one side cannot capture the table, that side is named. */
function atSide(words: string, { side }: Finding): string {
	return side === null ? words : `${words} (${side})`;
}

/** What a user with rights on some tables only does not see may be there all the same. */
function orHidden(from: string | null): string {
	return from === null ? '' : `, or the user ${from} has no right on it there`;
}

/** `SELECT, INSERT or UPDATE`. */
function either(rights: readonly string[]): string {
	const all = rights.slice(0, -1).join(', ');
	return [all, rights.at(-1)].filter(Boolean).join(' or ');
}

function advised(what: string, advice: string | false): Words {
	return advice === false ? what : [what, advice];
}

/** The side that values come from is named first. */
function different(
	{ column, types }: { column: string; types: Record<Side, string> },
	to: Side | null,
): string {
	const sides: Side[] = to === 'local' ? ['cloud', 'local'] : ['local', 'cloud'];
	return `the column ${column} is ${sides.map((side) => `${types[side]} on ${side}`).join(' and ')}`;
}
