/** The columns that a foreign key can reference. */
import type { Table } from './catalogue.ts';

/** True if a foreign key can reference the columns: since 8.4, MySQL requires a complete unique key. */
export function isReferable(
	{ primaryKey, uniqueKeys, indexes, product, version }: Table,
	columns: readonly string[],
): boolean {
	const wanted = columns.map((name) => name.toLowerCase());
	const [major = 0, minor = 0] = version.split('.').map(Number);
	const strict = product === 'mysql' && (major > 8 || (major === 8 && minor >= 4));
	const unique = [
		primaryKey,
		...uniqueKeys.map(({ parts }) =>
			parts.map((part) => ('column' in part && part.prefix === null ? part.column : '')),
		),
	];
	const all = strict
		? unique
		: [
				...unique,
				...indexes.map(({ parts }) =>
					parts.map((part) => ('column' in part && part.prefix === null ? part.column : '')),
				),
			];
	return all.some((key) => {
		const names = key.map((name) => name.toLowerCase());
		return strict
			? names.length === wanted.length && wanted.every((name) => names.includes(name))
			: wanted.every((name, index) => names[index] === name);
	});
}
