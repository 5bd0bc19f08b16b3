/** How the key columns of the two sides compare. */
import type { Column } from '../catalogue/catalogue.ts';
import { findColumn, type TrackedTable } from '../rows/tracked-table.ts';
import { quoteName } from '../sql/identifiers.ts';
import {
	compareDifferently,
	isPortable,
	isText,
	keepsKeysAsText,
} from '../values/character-sets.ts';

/** Why keys cannot be transferred between the character sets; null if they can. */
export function keyCharacters(local: TrackedTable, cloud: TrackedTable): string | null {
	for (const column of local.key) {
		const [here, there] = [column.characterSet, findColumn(cloud, column.name)?.characterSet];
		if (!here || !there || here === there) continue;
		if (keepsKeysAsText(here) && keepsKeysAsText(there)) continue;
		return `the key column ${column.name} is ${here} on local and ${there} on cloud, which do not have the same characters`;
	}
	return null;
}

/** True if the two sides may disagree on which keys are equal. */
export function differInCollation(one: Column, other: Column): boolean {
	if (!isText(one) || !isText(other) || !one.collation || !other.collation) return false;
	return compareDifferently(one.collation, other.collation);
}

/**
 * Warns about key columns with different collations. The table is still synced: MariaDB and MySQL have
 * different default collations, and most keys are equal under neither.
 */
export function collationWarning(local: TrackedTable, cloud: TrackedTable): string[] {
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
			`the key column ${column.name} is ${column.collation} on local and ${other.collation} on cloud: a row whose key equals another's on only one side is refused there. Fix (${mended.side}): ${cure}`,
		];
	}
	return [];
}
