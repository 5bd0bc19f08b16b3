/** How the key columns of the two sides compare. */
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

/** Why keys cannot be transferred between the character sets; null if they can. */
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

/** True if the two sides may disagree on which keys are equal. */
export function differInCollation(one: Column, other: Column): boolean {
	if (!isText(one) || !isText(other) || !one.collation || !other.collation) return false;
	return compareDifferently(one.collation, other.collation);
}

/**
 * The first key column whose collations differ. The table is still synced: MariaDB and MySQL have
 * different default collations, and most keys are equal under neither.
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
