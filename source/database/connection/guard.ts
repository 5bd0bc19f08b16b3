/**
 * Guards: statements that fail the transaction unless a condition holds. A transaction sent as a whole cannot
 * wait for an answer and then decide.
 */
import type { SyncError } from '../../errors.ts';
import { type Sql, sql } from '../sql/sql.ts';

/**
 * A statement that fails (1690) if the condition is true.
 * @param condition SQL that is never NULL
 */
export function failIf(condition: Sql): Sql {
	return sql`SELECT ~0 + (${condition})`;
}

/**
 * True if such a statement failed: the servers quote the expression out of range, `~0 + …` or `(~(0) + …`.
 */
export function isFailedGuard({ errno, message }: SyncError): boolean {
	return errno === 1690 && /~\(?0\)? \+/.test(message);
}
