/** How the key columns of the two ends compare. */
import type { Side } from '../../config/types.ts';
import type { Finding } from '../../text/finding.ts';
import type { Column } from '../catalogue/catalogue.ts';
import { findColumn, type TrackedTable } from '../rows/tracked-table.ts';
import { quoteName } from '../sql/identifiers.ts';
import {
	compareDifferently,
	isPortable,
	isText,
	keepsKeysAsText,
} from '../values/character-sets.ts';
import { pairingFinding } from './findings.ts';

/** Why keys cannot travel from one character set to the other, or null where they can. */
export function keyCharacters(local: TrackedTable, cloud: TrackedTable): Finding | null {
	for (const column of local.key) {
		const [here, there] = [column.characterSet, findColumn(cloud, column.name)?.characterSet];
		if (!here || !there || here === there) continue;
		if (keepsKeysAsText(here) && keepsKeysAsText(there)) continue;
		const facts = { column: column.name, local: here, cloud: there };
		return pairingFinding('key_character_sets_differ', {}, facts);
	}
	return null;
}

/** Whether the two ends may call different keys equal. */
export function differInCollation(one: Column, other: Column): boolean {
	if (!isText(one) || !isText(other) || !one.collation || !other.collation) return false;
	return compareDifferently(one.collation, other.collation);
}

/**
 * The first key column whose collations differ. The table is not skipped for that: the default
 * collations of MariaDB and MySQL are different ones, and most keys are equal under neither.
 */
export function collationDrift(local: TrackedTable, cloud: TrackedTable): Finding[] {
	for (const column of local.key) {
		const other = findColumn(cloud, column.name);
		if (!other || !differInCollation(column, other)) continue;
		const shared = [column.collation, other.collation].find((name) => name && isPortable(name));
		const [side, table, altered]: [Side, TrackedTable, Column] =
			shared === column.collation ? ['cloud', cloud, other] : ['local', local, column];
		const sql = `ALTER TABLE ${quoteName(table.name)} MODIFY ${quoteName(altered.name)} ${altered.fullType} COLLATE ${shared ?? 'utf8mb4_unicode_ci'} NOT NULL`;
		const collations = { local: column.collation ?? '', cloud: other.collation ?? '' };
		const facts = { column: column.name, ...collations };
		return [pairingFinding('key_collations_differ', { side }, facts, [{ side, sql }])];
	}
	return [];
}
