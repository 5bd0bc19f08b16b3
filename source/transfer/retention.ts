/** How the change log stays short: a change is removed once every known node has had it for a while. */
import type { Connection } from '../database/connection.ts';
import { quoteString } from '../database/literals.ts';
import { deleteById } from '../database/named-rows.ts';
import { batchesTable } from '../database/own-tables.ts';
import { changeLogTable } from '../database/tracked-table.ts';
import { inPieces } from '../database/transaction-limits.ts';
import { knownNodes } from './known-nodes.ts';
import { nodeLists, parseNodes } from './nodes.ts';

/** Changes removed in one statement: few, so that no writer waits for long. */
const changesPerStep = 1000;

/** Milliseconds after which the rest is left to the next run. */
const budget = 2000;

/** Removes what is on record of when changes were applied that are not in the log any more. */
async function shortenBatches(connection: Connection): Promise<void> {
	// Not in one statement: a DELETE locks what its subquery reads, which may be an application's.
	const rows = await connection.rows<{ id: string | number }>(
		`SELECT id
		FROM change_log_batches
		WHERE last_entry < (SELECT MIN(id) FROM change_log)
		ORDER BY last_entry
		LIMIT ${changesPerStep}`,
	);
	await inPieces(rows, async (some) => {
		const ids = some.map(({ id }) => String(id));
		await connection.run(deleteById(batchesTable, ids, 'peer'));
	});
}

/**
 * Removes changes that all known nodes have from the connection's log, in small steps, the oldest
 * first and for two seconds at most.
 * @param retention milliseconds that changes stay after they were made
 * @returns how many were removed
 */
export async function shortenLog(connection: Connection, retention: number): Promise<number> {
	const nodes = (await knownNodes(connection)).map(({ node }) => node);
	if (nodes.length === 0) return 0;
	const start = performance.now();
	let removed = 0;
	for (const list of await nodeLists(connection, [])) {
		const have = parseNodes(list);
		if (!nodes.every((node) => have.includes(node))) continue;
		for (;;) {
			if (performance.now() - start > budget) return removed;
			const ids = await oldest(connection, list, retention);
			if (ids.length === 0) break;
			await inPieces(ids, async (some) => {
				removed += await connection.run(deleteById(changeLogTable, some, 'table_name'));
			});
			if (ids.length < changesPerStep) break;
		}
	}
	if (removed > 0) await shortenBatches(connection);
	return removed;
}

/** The oldest changes with a list, up to the first that is too young to go. */
async function oldest(connection: Connection, list: string, retention: number): Promise<string[]> {
	const rows = await connection.rows<{ id: string | number; old: string | number }>(
		`SELECT id,
			COALESCE(
				changed_at < UTC_TIMESTAMP(6) - INTERVAL ${Math.ceil(retention * 1000)} MICROSECOND,
				1
			) AS old
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes = ${quoteString(list)}
		ORDER BY id
		LIMIT ${changesPerStep}`,
	);
	const young = rows.findIndex(({ old }) => Number(old) === 0);
	return rows.slice(0, young === -1 ? rows.length : young).map(({ id }) => String(id));
}

/** How much a change log holds. */
export interface LogSize {
	/** Changes in it at most: the range of the ids, in which there are gaps. */
	changes: number;
	/** When the oldest was made: UTC, as the server writes it; null in an empty log. */
	since: string | null;
}

/** The size of the connection's change log, found without counting it through. */
export async function logSize(connection: Connection): Promise<LogSize> {
	const [row] = await connection.rows<{ changes: string | number | null; since: string | null }>(
		`SELECT newest.id - oldest.id + 1 AS changes, oldest.changed_at AS since
		FROM
			(SELECT id, changed_at FROM change_log ORDER BY id LIMIT 1) AS oldest,
			(SELECT id FROM change_log ORDER BY id DESC LIMIT 1) AS newest`,
	);
	return { changes: Number(row?.changes ?? 0), since: row?.since ?? null };
}
