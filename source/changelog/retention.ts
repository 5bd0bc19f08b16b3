/** How the change log stays short: a change is removed once every known node has had it for a while. */
import type { Connection } from '../database/connection/connection.ts';
import { inPieces } from '../database/connection/transaction-limits.ts';
import { deleteById } from '../database/rows/lock-rows.ts';
import { changeLogTable } from '../database/rows/tracked-table.ts';
import { idList, quoteString } from '../database/sql/literals.ts';
import { nodeLists, parseNodes } from './session/applied-nodes.ts';
import { knownNodes } from './tables/known-nodes.ts';
import { batchesTable } from './tables/table-names.ts';

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
	for (;;) {
		const changes = await readOldest(connection, list, retention);
		const young = changes.findIndex(({ age }) => age !== 'old');
		const until = young === -1 ? changes.length : young;
		// One that no run would ever find old must not keep what is behind it.
		const misdated = changes[until]?.age === 'misdated' && canTellTime(connection);
		if (!misdated) return changes.slice(0, until).map(({ id }) => id);
		const ids = changes.flatMap(({ id, age }) => (age === 'misdated' ? id : []));
		await dateAnew(connection, list, ids);
	}
}

interface AgedChange {
	id: string;
	/** Dated in the future, it is `misdated`: made when the server's clock was wrong. */
	age: 'old' | 'young' | 'misdated';
}

async function readOldest(
	connection: Connection,
	list: string,
	retention: number,
): Promise<AgedChange[]> {
	const rows = await connection.rows<{ id: string | number; age: AgedChange['age'] }>(
		`SELECT id,
			CASE
				WHEN changed_at > UTC_TIMESTAMP(6) + INTERVAL ${tolerance} SECOND THEN 'misdated'
				WHEN changed_at >= UTC_TIMESTAMP(6) - INTERVAL ${Math.ceil(retention * 1000)} MICROSECOND
					THEN 'young'
				ELSE 'old'
			END AS age
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes = ${quoteString(list)}
		ORDER BY id
		LIMIT ${changesPerStep}`,
	);
	return rows.map(({ id, age }) => ({ id: String(id), age }));
}

/** Seconds that a change may be dated in the future before that counts as wrong. */
const tolerance = 60;

/** Milliseconds by which a server's clock may differ from this machine's while dates are put right by it. */
const wrongClock = 86_400_000;

/** Where the clock itself may be wrong now, it is not said of the changes. */
function canTellTime({ clockAhead }: Connection): boolean {
	return Math.abs(clockAhead) < wrongClock;
}

/**
 * Dates changes anew that are dated in the future: they were made no later than the change that follows
 * them in the log, and no later than now. They are changes that every node has.
 */
async function dateAnew(
	connection: Connection,
	list: string,
	ids: readonly string[],
): Promise<void> {
	const [next] = await connection.rows<{ changed_at: string }>(
		`SELECT changed_at
		FROM change_log FORCE INDEX (PRIMARY)
		WHERE id > ${idList(ids.slice(-1))} AND changed_at <= UTC_TIMESTAMP(6)
		ORDER BY id
		LIMIT 1`,
	);
	await connection.run(
		`UPDATE change_log FORCE INDEX (PRIMARY)
		SET changed_at = ${next ? quoteString(next.changed_at) : 'UTC_TIMESTAMP(6)'}
		WHERE id IN (${idList(ids)}) AND applied_nodes = ${quoteString(list)}`,
	);
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
		`SELECT CAST(newest.id AS DECIMAL(20)) - oldest.id + 1 AS changes, oldest.changed_at AS since
		FROM
			(SELECT id, changed_at FROM change_log ORDER BY id LIMIT 1) AS oldest,
			(SELECT id FROM change_log ORDER BY id DESC LIMIT 1) AS newest`,
	);
	return { changes: Number(row?.changes ?? 0), since: row?.since ?? null };
}
