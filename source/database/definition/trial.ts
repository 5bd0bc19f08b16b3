/** Tests whether a server supports an expression, without its columns. */
import { quoteName } from '../sql/identifiers.ts';
import { render, type Token, unquoted } from './tokens.ts';

/**
 * SQL that returns no row if the server knows every function and operator of an expression, and fails
 * otherwise. It changes nothing and needs no table.
 */
export function trialOf(expression: readonly Token[]): string {
	const columns = [
		...new Set(expression.filter(({ kind }) => kind === 'name').map((token) => unquoted(token))),
	];
	const from = columns.map((name) => `NULL AS ${quoteName(name)}`);
	return `SELECT ${render(expression)} FROM (SELECT ${['1 AS one', ...from].join(', ')}) AS known WHERE FALSE`;
}
