/** The servers' limits on transaction size, and ways to do the same work in smaller pieces. */
import { asSyncError, type SyncError } from '../../errors.ts';

interface Limit {
	errno: number;
	/** Matches the message, if the number alone is ambiguous. */
	words?: RegExp;
	/** The variable that sets the limit. */
	name: string;
}

/**
 * Any of these ends the transaction. Galera and InnoDB have rolled it back. MySQL has rolled back the
 * statement that did not fit into the binary log cache; the whole transaction never will.
 */
const limits: readonly Limit[] = [
	// Galera counts rows while they are written, and bytes at COMMIT.
	{ errno: 1180, words: /wsrep_max_ws_rows/, name: 'wsrep_max_ws_rows' },
	{ errno: 1180, words: /wsrep_max_ws_size/, name: 'wsrep_max_ws_size' },
	{ errno: 1105, words: /maximum writeset size/i, name: 'wsrep_max_ws_size' },
	{ errno: 1197, name: 'max_binlog_cache_size' },
	// All locks are in the buffer pool.
	{ errno: 1206, name: 'innodb_buffer_pool_size' },
	// Group Replication does not say what failed before COMMIT; usually it is this limit.
	{ errno: 3100, words: /before_commit/, name: 'group_replication_transaction_size_limit' },
];

/** The variable whose limit a transaction exceeded; null for any other error. */
export function limitOf({ errno, message }: SyncError): string | null {
	const found = limits.find(
		(limit) => limit.errno === errno && (limit.words === undefined || limit.words.test(message)),
	);
	return found?.name ?? null;
}

/**
 * Repeats a statement that changes all remaining rows until there are none: all at once or, if that exceeds
 * the transaction size limit, in smaller steps, down to one row.
 * @param most rows in the first step; null for all
 * @param step runs the statement for at most that many rows (`LIMIT`), and resolves to the number changed
 */
export async function inSteps(
	most: number | null,
	step: (limit: number | null) => Promise<number>,
): Promise<void> {
	let limit = most;
	for (;;) {
		try {
			const changed = await step(limit);
			if (limit === null || changed < limit) return;
		} catch (thrown) {
			if (limitOf(asSyncError(thrown)) === null || limit === 1) throw thrown;
			limit = limit === null ? rowsPerStep : Math.ceil(limit / 2);
		}
	}
}

/** Rows per step after all at once were too many. */
const rowsPerStep = 1000;

/**
 * Processes all items at once or, if that exceeds the transaction size limit,
 * in smaller pieces, down to one item.
 */
export async function inPieces<T>(
	items: readonly T[],
	work: (some: readonly T[]) => Promise<void>,
): Promise<void> {
	let size = Math.max(items.length, 1);
	for (let start = 0; start < items.length; ) {
		const some = items.slice(start, start + size);
		try {
			await work(some);
			start += some.length;
		} catch (thrown) {
			if (limitOf(asSyncError(thrown)) === null || some.length === 1) throw thrown;
			size = Math.ceil(some.length / 2);
		}
	}
}
