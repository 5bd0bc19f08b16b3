/** Examples of what is found when the tables of two ends are matched. */
import { pairingFinding } from '../../../source/database/pairing/findings.ts';
import { unfitFinding } from '../../../source/database/rows/unfit.ts';
import { alter, both, example, type FindingExample, item, sql } from './example.ts';

const different = { column: 'price', types: { local: 'decimal(9,3)', cloud: 'decimal(9,2)' } };
const keyColumn = { column: 'name', local: 'latin1', cloud: 'utf8mb4' };
const missing = {
	hiddenFrom: null,
	required: [],
	leftOut: [],
	impossible: [],
	unreadable: null,
};

export const unfitExamples: readonly FindingExample[] = [
	example(unfitFinding('no_table', both, {}), 'item: no such table'),
	example(unfitFinding('own_table', both, {}), 'item: it belongs to this program'),
	example(unfitFinding('not_a_base_table', item, {}), 'item: it is not a base table (cloud)'),
	example(
		unfitFinding('table_being_altered', item, {}),
		'item: another session is creating or altering it; it will be checked again (cloud)',
	),
	example(unfitFinding('no_primary_key', both, {}), 'item: no primary key'),
	example(
		unfitFinding('not_innodb', item, { engine: 'MyISAM' }),
		'item: its engine is MyISAM, not InnoDB: a failed statement would leave false entries in the change log (cloud)',
	),
	example(
		unfitFinding('key_of_prefix', both, {}),
		'item: the primary key contains only a prefix of a column',
	),
	example(
		unfitFinding('key_hidden', both, {}),
		'item: the user may not see every column of the primary key',
	),
	example(
		unfitFinding('key_column_inexact', both, { column: 'id', type: 'FLOAT' }),
		'item: the key column id is a FLOAT, whose values cannot be written exactly',
	),
	example(
		unfitFinding('key_column_unsupported', both, { column: 'id', type: 'geometry' }),
		'item: the key column id has a type that is not supported in a key: geometry',
	),
];

export const pairingExamples: readonly FindingExample[] = [
	example(
		pairingFinding('names_differ_in_case', item, { names: ['Item', 'item'] }),
		'item: Item and item differ only in case and are the same table to the other side (cloud)',
	),
	example(
		pairingFinding('table_missing', item, { ...missing, leftOut: ['a check'] }, [
			sql('CREATE TABLE …'),
		]),
		'item: no such table (cloud); differs from the other side: a check. Fix (cloud): CREATE TABLE …',
		'CREATE TABLE …',
	),
	example(
		pairingFinding('table_missing', item, { ...missing, hiddenFrom: 'app@%' }),
		'item: no such table (cloud), or the user app@% has no right on it there',
	),
	example(
		pairingFinding('table_missing', item, { ...missing, impossible: ['it has no vector'] }),
		'item: no such table (cloud), and it cannot be created there: it has no vector. Fix: exclude the table from the pair with exclude_tables',
	),
	example(
		pairingFinding('table_missing', item, { ...missing, unreadable: 'denied' }),
		'item: no such table (cloud); its definition cannot be read: denied',
	),
	example(
		pairingFinding('table_renamed', item, { renamedOn: 'cloud', otherName: 'goods' }, [
			sql('RENAME TABLE `goods` TO `item`'),
		]),
		'item: no such table (cloud), but goods there has its triggers: it was renamed. Fix (cloud): RENAME TABLE `goods` TO `item`',
		'RENAME TABLE `goods` TO `item`',
	),
	example(
		pairingFinding('table_renamed', item, { renamedOn: 'local', otherName: 'goods' }, [
			{ side: 'local', sql: 'RENAME TABLE `item` TO `goods`' },
		]),
		'item: no such table (cloud), where it is still called goods: it was renamed on local. Fix (local): RENAME TABLE `item` TO `goods`',
		'RENAME TABLE `item` TO `goods`',
	),
	example(
		pairingFinding('primary_keys_differ', item, { local: ['a'], cloud: ['b'], generated: null }, [
			sql(alter),
		]),
		`item: the primary keys differ: (a) on local, (b) on cloud. Fix (cloud): ${alter}`,
		alter,
	),
	example(
		pairingFinding('key_character_sets_differ', both, keyColumn),
		'item: the key column name is latin1 on local and utf8mb4 on cloud, which do not have the same characters',
	),
	example(
		pairingFinding('key_collations_differ', item, keyColumn, [sql(alter)]),
		`item: the key column name is latin1 on local and utf8mb4 on cloud: a row whose key equals another's on only one side is refused there. Fix (cloud): ${alter}`,
		alter,
	),
	example(
		pairingFinding('key_columns_computed_differently', both, keyColumn),
		'item: the key column name is computed differently: latin1 on local, utf8mb4 on cloud',
	),
	example(
		pairingFinding(
			'columns_missing',
			item,
			{ columns: ['a', 'b'], unsupported: null, hiddenFrom: null },
			[sql(alter)],
		),
		`item: the columns a, b are missing on cloud. Fix (cloud): ${alter}`,
		alter,
	),
	example(
		pairingFinding('columns_missing', item, {
			columns: ['a'],
			unsupported: 'uuid',
			hiddenFrom: null,
		}),
		'item: the column a is missing on cloud, whose server has no uuid, so it cannot be synced. Fix: exclude the table from the pair with exclude_tables',
	),
	example(
		pairingFinding('column_generated', item, { column: 'a' }),
		'item: the column a is a generated column on cloud',
	),
	example(
		pairingFinding('column_too_narrow', item, { ...different, needsCommonType: true }),
		'item: the column price is decimal(9,3) on local and decimal(9,2) on cloud: cloud refuses rows with values that do not fit. Fix: give both columns a type that holds the values of either',
	),
	example(
		pairingFinding(
			'column_changes_values',
			{ side: 'local', table: 'item' },
			{ ...different, needsCommonType: false },
			[{ side: 'local', sql: alter }],
		),
		`item: the column price is decimal(9,2) on cloud and decimal(9,3) on local: values would be altered on local, so no rows are applied there. Fix (local): ${alter}`,
		alter,
	),
	example(
		pairingFinding('column_kinds_differ', item, { ...different, curable: false }),
		'item: the column price is decimal(9,3) on local and decimal(9,2) on cloud: these types are not compatible, so it cannot be synced. Fix: exclude the table from the pair with exclude_tables',
	),
	example(
		pairingFinding('rights_missing_to_read', item, { account: 'app@%', rights: ['SELECT'] }, [
			sql('GRANT SELECT …'),
		]),
		'item: on cloud the user app@% may not SELECT rows, so none are synced. Fix (cloud): GRANT SELECT …',
		'GRANT SELECT …',
	),
	example(
		pairingFinding(
			'rights_missing_to_write',
			item,
			{ account: 'app@%', rights: ['INSERT (v)', 'UPDATE', 'DELETE'] },
			[sql('GRANT INSERT …')],
		),
		'item: on cloud the user app@% may not INSERT (v), UPDATE or DELETE rows, so none are applied there. Fix (cloud): GRANT INSERT …',
		'GRANT INSERT …',
	),
	example(
		pairingFinding('keys_missing', item, { keys: ['UNIQUE KEY (a)'], accepts: true }, [sql(alter)]),
		`item: cloud lacks keys that local has: UNIQUE KEY (a), so it accepts rows that local refuses. Fix (cloud): ${alter}`,
		alter,
	),
	example(
		pairingFinding('keys_missing', item, { keys: ['KEY (a)'], accepts: false }),
		'item: cloud lacks keys that local has: KEY (a); its server has no key that these could refer to',
	),
];
