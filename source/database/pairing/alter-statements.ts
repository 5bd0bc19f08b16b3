/** Statements that make one side's table like the other's, based on the catalogue. */
import type { Column, Table } from '../catalogue/catalogue.ts';
import { quoteName, quoteNames } from '../sql/identifiers.ts';
import { quoteString } from '../sql/literals.ts';
import { isPortable, isText } from '../values/character-sets.ts';
import { hasType, typeAsText } from '../values/vendor-types.ts';
import type { ColumnType } from './wider-type.ts';

/** The properties of a table that a statement about it needs. */
type Named = Pick<Table, 'name' | 'product' | 'version'>;

/** `ALTER TABLE … ADD COLUMN …` for columns that only the other side has. */
export function addColumns(to: Named, from: Named, columns: readonly Column[]): string {
	const clauses = columns.map(
		(column) => `ADD COLUMN ${definition({ ...column, autoIncrement: false }, from, to)}`,
	);
	return `ALTER TABLE ${quoteName(to.name)} ${clauses.join(', ')}`;
}

/** `ALTER TABLE … MODIFY …` that changes a column's type and keeps the rest of its definition. */
export function widenColumn(to: Named, column: Column, from: Named, wider: ColumnType): string {
	const { type, fullType, nullable, characterSet } = wider;
	const same = column.characterSet === characterSet;
	const collation = same ? column.collation : wider.collation;
	const widened = { ...column, type, fullType, nullable, characterSet, collation };
	const clause = definition(widened, same ? to : from, to);
	return `ALTER TABLE ${quoteName(to.name)} MODIFY ${clause}`;
}

/** `ALTER TABLE …` that changes the primary key. */
export function changeKey(to: Pick<Table, 'name' | 'primaryKey'>, key: readonly string[]): string {
	const drop = to.primaryKey.length > 0 ? 'DROP PRIMARY KEY, ' : '';
	return `ALTER TABLE ${quoteName(to.name)} ${drop}ADD PRIMARY KEY (${quoteNames(key)})`;
}

function definition(column: Column, from: Named, to: Named): string {
	return [
		quoteName(column.name),
		typeText(column, to),
		characterSetText(column, from.product === to.product),
		column.nullable ? 'NULL' : 'NOT NULL',
		column.autoIncrement ? 'AUTO_INCREMENT' : '',
		column.defaultText === null ? '' : `DEFAULT ${column.defaultText}`,
		column.onUpdate === null ? '' : `ON UPDATE ${column.onUpdate}`,
		column.comment === '' ? '' : `COMMENT ${quoteString(column.comment)}`,
	]
		.filter((part) => part !== '')
		.join(' ');
}

/** The type without MariaDB's additions: a display width, or a comment. */
function typeText({ type, fullType }: Column, to: Named): string {
	if (!hasType(to, type) && typeAsText[type] !== undefined) return typeAsText[type];
	const plain = fullType.replace(/\s*\/\*.*?\*\//g, '').replace(/^year\(4\)/i, 'year');
	if (/zerofill|^tinyint\(1\)/i.test(plain)) return plain;
	return plain
		.replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/i, '$1')
		.replace(/^geomcollection/i, 'geometrycollection');
}

/** A collation that the other product lacks is left to that server's default. */
function characterSetText(column: Column, sameProduct: boolean): string {
	const { characterSet, collation } = column;
	if (!characterSet || !(isText(column) || /^(enum|set)$/.test(column.type))) return '';
	const known = collation !== null && (sameProduct || isPortable(collation));
	return `CHARACTER SET ${characterSet}${known ? ` COLLATE ${collation}` : ''}`;
}
