/**
 * Guards: statements that fail a transaction unless a condition is met. A transaction that is sent whole
 * cannot wait for an answer and then decide.
 */
import type { SyncError } from '../../errors.ts';
import { type Sql, sql } from '../sql/sql.ts';

/** A statement that fails (1690) if the condition is true. @param condition SQL that is never NULL */
export function failIf(condition: Sql): Sql {
	return sql`SELECT ~0 + (${condition})`;
}

/** Whether it was such a statement that failed: the servers name what was out of range, `~0 + …` or `(~(0) + …`. */
export function isFailedGuard({ errno, message }: SyncError): boolean {
	return errno === 1690 && /~\(?0\)? \+/.test(message);
}
