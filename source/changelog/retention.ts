/** Retention: a change leaves the log once every known node has had it for a while. */
import type { Connection } from '../database/connection/connection.ts';
import { inPieces } from '../database/connection/transaction-limits.ts';
import { deleteByIdSql } from '../database/rows/lock-rows.ts';
import { changeLogTable } from '../database/rows/tracked-table.ts';
import { ids, sql } from '../database/sql/sql.ts';
import { parseNodes } from './session/applied-nodes.ts';
import type { LogConnection } from './session/log-connection.ts';
import { shortenBatches } from './tables/batches.ts';
import { knownNodes } from './tables/known-nodes.ts';

/** Changes removed in one statement: few, so that no writer waits for long. */
const changesPerStep = 1000;

/** Milliseconds that one run spends on it. */
const budget = 2000;

/**
 * Removes changes that all known nodes have from the connection's log, in small steps, the oldest
 * first and for two seconds at most.
 * @param retention milliseconds that changes stay after they were made
 * @returns how many were removed
 */
export async function shortenLog(connection: LogConnection, retention: number): Promise<number> {
	const nodes = (await knownNodes(connection)).map(({ node }) => node);
	if (nodes.length === 0) return 0;
	const start = performance.now();
	let removed = 0;
	for (const list of await connection.nodeLists.all()) {
		const have = parseNodes(list);
		if (!nodes.every((node) => have.includes(node))) continue;
		for (;;) {
			if (performance.now() - start > budget) return removed;
			const changes = await oldest(connection, list, retention);
			if (changes.length === 0) break;
			await inPieces(changes, async (some) => {
				removed += await connection.run(deleteByIdSql(changeLogTable, some, 'table_name'));
			});
			if (changes.length < changesPerStep) break;
		}
	}
	if (removed > 0) await shortenBatches(connection, changesPerStep);
	return removed;
}

/** The oldest changes with a list, up to the first that is too young to go. */
async function oldest(connection: Connection, list: string, retention: number): Promise<string[]> {
	for (;;) {
		const changes = await readOldest(connection, list, retention);
		const young = changes.findIndex(({ age }) => age !== 'old');
		const until = young === -1 ? changes.length : young;
		// No run would ever find it old, and it must not hold back the changes after it.
		const isMisdated = changes[until]?.age === 'misdated' && isClockRight(connection);
		if (!isMisdated) return changes.slice(0, until).map(({ id }) => id);
		const misdatedIds = changes.flatMap(({ id, age }) => (age === 'misdated' ? id : []));
		await correctDates(connection, list, misdatedIds);
	}
}

interface AgedChange {
	id: string;
	/** `misdated` is dated in the future: it was made when the server's clock was wrong. */
	age: 'old' | 'young' | 'misdated';
}

async function readOldest(
	connection: Connection,
	list: string,
	retention: number,
): Promise<AgedChange[]> {
	const rows = await connection.rows<{ id: string | number; age: AgedChange['age'] }>(
		sql`SELECT id,
			CASE
				WHEN changed_at > UTC_TIMESTAMP(6) + INTERVAL ${tolerance} SECOND THEN 'misdated'
				WHEN changed_at >= UTC_TIMESTAMP(6) - INTERVAL ${Math.ceil(retention * 1000)} MICROSECOND
					THEN 'young'
				ELSE 'old'
			END AS age
		FROM change_log FORCE INDEX (change_log_pending)
		WHERE applied_nodes = ${list}
		ORDER BY id
		LIMIT ${changesPerStep}`,
	);
	return rows.map(({ id, age }) => ({ id: String(id), age }));
}

/** Seconds that a change may be dated in the future before that counts as wrong. */
const tolerance = 60;

/** Milliseconds that a server's clock may differ from this machine's for dates to be corrected by it. */
const wrongClock = 86_400_000;

/** While the server's clock itself may be wrong, changes do not count as misdated. */
function isClockRight({ clockAhead }: Connection): boolean {
	return Math.abs(clockAhead) < wrongClock;
}

/**
 * Corrects changes that are dated in the future: they were made no later than the change that follows them
 * in the log, and no later than now. Every node has them.
 */
async function correctDates(
	connection: Connection,
	list: string,
	misdated: readonly string[],
): Promise<void> {
	const [next] = await connection.rows<{ changed_at: string }>(
		sql`SELECT changed_at
		FROM change_log FORCE INDEX (PRIMARY)
		WHERE id > ${ids(misdated.slice(-1))} AND changed_at <= UTC_TIMESTAMP(6)
		ORDER BY id
		LIMIT 1`,
	);
	await connection.run(
		sql`UPDATE change_log FORCE INDEX (PRIMARY)
		SET changed_at = ${next?.changed_at ?? sql`UTC_TIMESTAMP(6)`}
		WHERE id IN (${ids(misdated)}) AND applied_nodes = ${list}`,
	);
}

/** How much a change log holds. */
export interface LogSize {
	/** Changes at most: the range of the ids, which has gaps. */
	changes: number;
	/** When the oldest change was made: UTC, as the server writes it; null in an empty log. */
	since: string | null;
}

/** The size of the connection's change log, without counting it. */
export async function logSize(connection: Connection): Promise<LogSize> {
	const [row] = await connection.rows<{ changes: string | number | null; since: string | null }>(
		sql`SELECT CAST(newest.id AS DECIMAL(20)) - oldest.id + 1 AS changes, oldest.changed_at AS since
		FROM
			(SELECT id, changed_at FROM change_log ORDER BY id LIMIT 1) AS oldest,
			(SELECT id FROM change_log ORDER BY id DESC LIMIT 1) AS newest`,
	);
	return { changes: Number(row?.changes ?? 0), since: row?.since ?? null };
}
