/** Tests whether a server supports an expression, without its columns. */
import type { Column, Table } from '../catalogue/catalogue.ts';
import { quoteName } from '../sql/identifiers.ts';
import { hasType } from '../values/vendor-types.ts';
import { render, type Token, unquoted } from './tokens.ts';
import type { Target } from './translation.ts';

/**
 * SQL that returns no row if the server knows every function and operator of an expression, and fails
 * otherwise. It changes nothing and needs no table.
 */
export function trialOf(
	expression: readonly Token[],
	{ columns: known }: Pick<Table, 'columns'>,
	to: Pick<Target, 'product' | 'version' | 'characterSets'>,
): string {
	const columns = [
		...new Set(expression.filter(({ kind }) => kind === 'name').map((token) => unquoted(token))),
	];
	const from = columns.map((name) => {
		const column = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
		return `${column ? nullOf(column, to) : 'NULL'} AS ${quoteName(name)}`;
	});
	return `SELECT ${render(expression)} FROM (SELECT ${['1 AS one', ...from].join(', ')}) AS known WHERE FALSE`;
}

/** NULL of the column's type: an untyped one is binary, which REGEXP and COLLATE refuse. */
function nullOf(
	{ type, fullType, characterSet }: Column,
	to: Pick<Target, 'product' | 'version' | 'characterSets'>,
): string {
	const cast = (as: string) => `CAST(NULL AS ${as})`;
	if (type === 'json' && to.product === 'mysql') return cast('JSON');
	if (characterSet !== null || type === 'json') {
		const kept = characterSet !== null && to.characterSets.has(characterSet);
		return cast(`CHAR CHARACTER SET ${kept ? characterSet : 'utf8mb4'}`);
	}
	if (/int$|^(year|bit)$/.test(type)) {
		return cast(/unsigned/i.test(fullType) ? 'UNSIGNED' : 'SIGNED');
	}
	if (type === 'decimal') return cast('DECIMAL(65, 30)');
	if (type === 'float' || type === 'double') return '0e0';
	if (type === 'timestamp' || type === 'datetime') return cast('DATETIME(6)');
	if (type === 'time') return cast('TIME(6)');
	if (type === 'date') return cast('DATE');
	if (/binary$|blob$/.test(type)) return cast('BINARY');
	if (/^(uuid|inet4|inet6)$/.test(type)) return cast(hasType(to, type) ? type : 'CHAR');
	return 'NULL';
}
