/** Keys and foreign keys that a table has on one side only. Its rows are synced nevertheless. */
import type { Finding } from '../../text/finding.ts';
import type { Index, KeyPart, Table } from '../catalogue/catalogue.ts';
import type { ForeignKey } from '../catalogue/foreign-keys.ts';
import { isReferable } from '../catalogue/referable.ts';
import { quoteName, quoteNames } from '../sql/identifiers.ts';
import type { Standing } from './drift.ts';
import { pairingFinding } from './findings.ts';

/** The keys that only one side has: one finding per side, with the statement that adds them on the other. */
export function otherKeys(
	local: Standing,
	cloud: Standing,
	tableOn: (standing: Standing, table: string) => Table | undefined,
): Finding[] {
	return [
		...lackingOn(local, cloud, (table) => tableOn(local, table)),
		...lackingOn(cloud, local, (table) => tableOn(cloud, table)),
	];
}

function lackingOn(
	on: Standing,
	from: Standing,
	tableThere: (table: string) => Table | undefined,
): Finding[] {
	const keys = from.table.indexes
		.filter((index) => isTold(index, from.table, on.table) && !hasIndex(on.table, index))
		.sort((one, other) => Number(other.unique) - Number(one.unique));
	const references = from.table.foreignKeys.filter(
		(key) => tableThere(key.parent) && !hasForeignKey(on.table, key),
	);
	const addable = references.filter(({ parent, parentColumns }) => {
		const table = tableThere(parent);
		return table !== undefined && isReferable(table, parentColumns);
	});
	if (keys.length + references.length === 0) return [];
	const named = [...keys.map(describeKey), ...references.map(describeReference)];
	const added = [...keys.map(addIndex), ...addable.map(addReference)];
	const accepts = keys.some((key) => key.unique) || references.length > 0;
	const { side } = on;
	const clauses = added.map((clause) => `ADD ${clause}`).join(', ');
	const cure = { side, sql: `ALTER TABLE ${quoteName(on.table.name)} ${clauses}` };
	const cures = added.length > 0 ? [cure] : [];
	return [pairingFinding('keys_missing', { side }, { keys: named, accepts }, cures)];
}

/** Ignores keys that only one product supports: over expressions, and MariaDB's over whole texts. */
function isTold({ type, parts }: Index, from: Table, on: Table): boolean {
	const has = (part: KeyPart) =>
		!('column' in part) ||
		on.columns.some(({ name }) => name.toLowerCase() === part.column.toLowerCase());
	// Nothing can be done if a column is missing too, like those of system versioning.
	if (!parts.every(has)) return false;
	if (from.product === on.product) return true;
	return !/HASH|VECTOR/i.test(type) && parts.every((part) => 'column' in part);
}

function hasIndex(table: Table, wanted: Index): boolean {
	const primary: Index = {
		name: 'PRIMARY',
		unique: true,
		type: 'BTREE',
		parts: table.primaryKey.map((column) => ({ column, prefix: null })),
	};
	return [primary, ...table.indexes].some((index) => {
		if (index.type !== wanted.type || (wanted.unique && !index.unique)) return false;
		// A longer key that starts with the same columns serves the same look-ups.
		const longer = !wanted.unique && /BTREE/i.test(wanted.type);
		if (!longer && index.parts.length !== wanted.parts.length) return false;
		return wanted.parts.every((part, place) => isSamePart(part, index.parts[place], longer));
	});
}

function isSamePart(wanted: KeyPart, found: KeyPart | undefined, longer: boolean): boolean {
	if (!found) return false;
	if ('expression' in wanted || 'expression' in found) {
		return (
			'expression' in wanted &&
			'expression' in found &&
			wanted.expression.toLowerCase() === found.expression.toLowerCase()
		);
	}
	if (wanted.column.toLowerCase() !== found.column.toLowerCase()) return false;
	return (
		wanted.prefix === found.prefix ||
		(longer && (found.prefix === null || (wanted.prefix ?? 0) <= found.prefix))
	);
}

function hasForeignKey(table: Table, wanted: ForeignKey): boolean {
	const describeKey = (key: ForeignKey) => JSON.stringify(key).toLowerCase();
	return table.foreignKeys.some((key) => describeKey(key) === describeKey(wanted));
}

function kindOf({ unique, type }: Index): string {
	return unique ? 'UNIQUE KEY' : /FULLTEXT|SPATIAL|VECTOR/i.test(type) ? `${type} KEY` : 'KEY';
}

function partsOf({ parts }: Index, quote: (name: string) => string): string {
	return parts
		.map((part) => {
			if ('expression' in part) return `(${part.expression})`;
			return part.prefix === null ? quote(part.column) : `${quote(part.column)}(${part.prefix})`;
		})
		.join(', ');
}

function describeKey(index: Index): string {
	return `${kindOf(index)} (${partsOf(index, (name) => name)})`;
}

function addIndex(index: Index): string {
	return `${kindOf(index)} ${quoteName(index.name)} (${partsOf(index, quoteName)})`;
}

function describeReference({ columns, parent, onDelete, onUpdate }: ForeignKey): string {
	return `FOREIGN KEY (${columns.join(', ')}) to ${parent}, ON DELETE ${onDelete}, ON UPDATE ${onUpdate}`;
}

function addReference({ columns, parent, parentColumns, onDelete, onUpdate }: ForeignKey): string {
	return `FOREIGN KEY (${quoteNames(columns)}) REFERENCES ${quoteName(parent)} (${quoteNames(parentColumns)}) ON DELETE ${onDelete} ON UPDATE ${onUpdate}`;
}
