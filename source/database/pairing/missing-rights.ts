/** Missing rights on a table, with the statement that grants them. */

import type { Finding } from '../../text/finding.ts';
import type { Column, TableRight } from '../catalogue/catalogue.ts';
import { quoteAccount } from '../rights/accounts.ts';
import { quoteName } from '../sql/identifiers.ts';
import type { Standing } from './drift.ts';
import { pairingFinding } from './findings.ts';

/** Why a table's rows cannot be read on a side; null if they can. */
export function readingDenied(standing: Standing): Finding | null {
	const { columns, rights } = standing.table;
	const lacking =
		columns.length === 0
			? ['SELECT', 'INSERT', 'UPDATE', rights.mayDelete ? null : 'DELETE']
			: [right('SELECT', columns)];
	return denied(standing, lacking, 'rights_missing_to_read');
}

/** Why rows cannot be applied on a side for lack of rights; null if they can. */
export function writingDenied(standing: Standing): Finding | null {
	const { columns, rights } = standing.table;
	const written = columns.filter(({ generated }) => !generated);
	const lacking = [
		right('INSERT', written),
		right('UPDATE', written),
		rights.mayDelete ? null : 'DELETE',
	];
	return denied(standing, lacking, 'rights_missing_to_write');
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
	code: 'rights_missing_to_read' | 'rights_missing_to_write',
): Finding | null {
	const lacking = rights.filter((name) => name !== null);
	if (lacking.length === 0) return null;
	const { account, database } = table.rights;
	const names = lacking.map((name) => name.replace(/ \(.*/s, '')).join(', ');
	const sql = `GRANT ${names} ON ${quoteName(database)}.${quoteName(table.name)} TO ${quoteAccount(account)}`;
	return pairingFinding(code, { side }, { account, rights: lacking }, [{ side, sql }]);
}
