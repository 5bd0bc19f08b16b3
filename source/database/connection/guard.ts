/**
 * Conditions that a transaction makes of itself. One that travels whole cannot wait for an answer and
 * then decide: it has statements in it that fail, and so keep it from being committed.
 */
import type { SyncError } from '../../errors.ts';
import { rawSql, type Sql, type SqlText, sql } from '../sql/sql.ts';

/** A statement that fails (1690) if the condition is true. @param condition SQL that is never NULL */
export function failIf(condition: SqlText): Sql {
	return sql`SELECT ~0 + (${rawSql(String(condition))})`;
}

/** Whether it was such a statement that failed: the servers name what was out of range, `~0 + …` or `(~(0) + …`. */
export function isFailedGuard({ errno, message }: SyncError): boolean {
	return errno === 1690 && /~\(?0\)? \+/.test(message);
}
