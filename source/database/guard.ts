/**
 * Conditions that a transaction makes of itself. One that travels whole cannot wait for an answer and
 * then decide: it has statements in it that fail, and so keep it from being committed.
 */
import type { SyncError } from '../errors.ts';

/** A statement that fails (1690) if the condition is true. @param condition SQL that is never NULL */
export function failIf(condition: string): string {
	return `SELECT ~0 + (${condition})`;
}

/** Whether it may have been such a statement that failed. */
export function isFailedGuard({ errno }: SyncError): boolean {
	return errno === 1690;
}
