import type { ServerInfo } from '../connection/session.ts';
import { quoteString } from '../sql/literals.ts';

const literalDefault = /^('(?:[^']|'')*'|b'[01]*'|-?\d+(\.\d+)?(e[+-]?\d+)?|NULL)$/is;
const moment = /^(current_timestamp|now|localtime|localtimestamp)(\(\d?\))?$/i;

/**
 * The text after DEFAULT in a column's definition, valid on either server; null if there is none. MariaDB's
 * catalogue shows the text itself; MySQL's shows a value, or an expression with escaped quotes. Neither shows
 * binary defaults usably, so they are omitted.
 */
export function defaultText(
	row: { type: string; column_default: string | null; extra: string },
	product: ServerInfo['product'],
): string | null {
	const { column_default: shown, extra } = row;
	if (shown === null || /binary|blob/i.test(row.type)) return null;
	if (product === 'mariadb') return shown === 'NULL' ? null : definable(shown);
	if (/DEFAULT_GENERATED/i.test(extra)) return definable(shown.replaceAll("\\'", "'"));
	return definable(/^b'[01]*'$/.test(shown) ? shown : quoteString(shown));
}

/** MySQL requires brackets around every expression except the current time; MariaDB accepts them. */
function definable(text: string): string {
	return literalDefault.test(text) || moment.test(text) ? text : `(${text})`;
}
