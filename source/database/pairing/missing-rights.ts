/** Missing rights on a table, in words, with the statement that grants them. */

import type { Column, TableRight } from '../catalogue/catalogue.ts';
import { quoteAccount } from '../rights/accounts.ts';
import { quoteName } from '../sql/identifiers.ts';
import { type Standing, withCure } from './drift.ts';

/** Why a table's rows cannot be read on a side; null if they can. */
export function readingDenied(standing: Standing): string | null {
	const { columns, rights } = standing.table;
	const lacking =
		columns.length === 0
			? ['SELECT', 'INSERT', 'UPDATE', rights.mayDelete ? null : 'DELETE']
			: [right('SELECT', columns)];
	return denied(standing, lacking, 'so none are synced');
}

/** Why rows cannot be applied on a side for lack of rights; null if they can. */
export function writingDenied(standing: Standing): string | null {
	const { columns, rights } = standing.table;
	const written = columns.filter(({ generated }) => !generated);
	const lacking = [
		right('INSERT', written),
		right('UPDATE', written),
		rights.mayDelete ? null : 'DELETE',
	];
	return denied(standing, lacking, 'so none are applied there');
}

/** `UPDATE`, or `UPDATE (a, b)` if it is missing only on some columns. */
function right(name: TableRight, columns: readonly Column[]): string | null {
	const lacking = columns.filter(({ lacks }) => lacks.includes(name));
	if (lacking.length === 0) return null;
	const which = lacking.map((column) => column.name).join(', ');
	return lacking.length === columns.length ? name : `${name} (${which})`;
}

function denied(
	{ side, table }: Standing,
	rights: readonly (string | null)[],
	so: string,
): string | null {
	const lacking = rights.filter((name) => name !== null);
	if (lacking.length === 0) return null;
	const { account, database } = table.rights;
	const last = lacking.at(-1);
	const words = [lacking.slice(0, -1).join(', '), last].filter(Boolean).join(' or ');
	const names = lacking.map((name) => name.replace(/ \(.*/s, '')).join(', ');
	return withCure(
		`on ${side} the user ${account} may not ${words} rows, ${so}`,
		side,
		`GRANT ${names} ON ${quoteName(database)}.${quoteName(table.name)} TO ${quoteAccount(account)}`,
	);
}
