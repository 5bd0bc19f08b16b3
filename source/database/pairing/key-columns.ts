/** How the key columns of the two ends compare. */
import type { Column } from '../catalogue/catalogue.ts';
import { findColumn, type TrackedTable } from '../rows/tracked-table.ts';
import { quoteName } from '../sql/identifiers.ts';
import {
	compareDifferently,
	isPortable,
	isText,
	keepsKeysAsText,
} from '../values/character-sets.ts';

/** Why keys cannot travel from one character set to the other, or null where they can. */
export function keyCharacters(local: TrackedTable, cloud: TrackedTable): string | null {
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
			`the key column ${column.name} is ${column.collation} on local and ${other.collation} on cloud: a row whose key equals another's on one end only is refused there; to mend it, on ${mended.side}: ${cure}`,
		];
	}
	return [];
}
