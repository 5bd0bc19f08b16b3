/** Expressions in a definition, and what they look like to a server that does not know their columns. */
import { quoteName } from '../sql/identifiers.ts';
import { render, type Token, unquoted } from './tokens.ts';

/**
 * SQL that a server answers with no row where it knows every function and operator of an expression,
 * and refuses otherwise. It changes nothing, and needs no table.
 */
export function trialOf(expression: readonly Token[]): string {
	const columns = [
		...new Set(expression.filter(({ kind }) => kind === 'name').map((token) => unquoted(token))),
	];
	const from = columns.map((name) => `NULL AS ${quoteName(name)}`);
	return `SELECT ${render(expression)} FROM (SELECT ${['1 AS one', ...from].join(', ')}) AS known WHERE FALSE`;
}
