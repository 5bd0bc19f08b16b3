/** What servers limit a transaction's size by, and how the same work is done in smaller pieces. */
import { asSyncError, type SyncError } from '../../errors.ts';

interface Limit {
	errno: number;
	/** What its message has in it, where the number alone does not tell. */
	words?: RegExp;
	/** The variable that sets the limit. */
	name: string;
}

/**
 * The transaction is given up for any of these: Galera and InnoDB have rolled it back; MySQL has rolled
 * back the statement that did not fit into the binary log's cache, and as a whole it never will.
 */
const limits: readonly Limit[] = [
	// Galera counts rows while they are written, and bytes at COMMIT.
	{ errno: 1180, words: /wsrep_max_ws_rows/, name: 'wsrep_max_ws_rows' },
	{ errno: 1180, words: /wsrep_max_ws_size/, name: 'wsrep_max_ws_size' },
	{ errno: 1105, words: /maximum writeset size/i, name: 'wsrep_max_ws_size' },
	{ errno: 1197, name: 'max_binlog_cache_size' },
	// All locks are in the buffer pool.
	{ errno: 1206, name: 'innodb_buffer_pool_size' },
	// Group Replication does not say what it was that failed before COMMIT; mostly it is this.
	{ errno: 3100, words: /before_commit/, name: 'group_replication_transaction_size_limit' },
];

/** The variable whose limit a transaction was too large for; null for any other error. */
export function limitOf({ errno, message }: SyncError): string | null {
	const found = limits.find(
		(limit) => limit.errno === errno && (limit.words === undefined || limit.words.test(message)),
	);
	return found?.name ?? null;
}

/**
 * Runs a statement that changes whatever rows are left, until it finds none: all at once, or, where that
 * is more than the server takes in one transaction, some at a time, down to one.
 * @param most rows at first; null for all there are
 * @param step runs the statement for so many rows at most (`LIMIT`), and resolves to how many it changed
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

/** Rows at a time after all of them were too many. */
const rowsPerStep = 1000;

/**
 * Does some work on all items at once, or, where that is more than the server takes in one transaction,
 * on some at a time, down to one.
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
