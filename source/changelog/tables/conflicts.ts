/**
 * `change_log_conflicts`: rows that changed on both sides, and which version was kept. On record at the end
 * where the conflict was found, in the transaction that decides it: no version is overwritten before it is
 * on record.
 */
import { type Side, sides } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { ids, type Sql, sql } from '../../database/sql/sql.ts';
import { ascii, type OwnTable, unicode } from './own-table.ts';

export const conflictsTable: OwnTable = {
	name: 'change_log_conflicts',
	create: sql`CREATE TABLE IF NOT EXISTS change_log_conflicts (
		id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
		peer VARCHAR(64) ${ascii} NOT NULL,
		table_name VARCHAR(64) ${unicode} NOT NULL,
		row_key VARCHAR(6400) ${ascii} NOT NULL,
		other_key VARCHAR(6400) ${ascii} NULL,
		display_key TEXT ${unicode} NOT NULL,
		kept VARCHAR(5) ${ascii} NULL,
		detected_at DATETIME(6) NOT NULL,
		settled_at DATETIME(6) NULL,
		PRIMARY KEY (id),
		KEY (peer, settled_at)
	) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
};

/** A conflict on record. */
export interface RecordedConflict {
	id: string;
	table: string;
	rowKey: string;
	displayKey: string;
	/** The side whose version was kept, or is to be; null while nobody has decided. */
	kept: Side | null;
	/** Whether both sides have the same row by now. */
	isSettled: boolean;
	/** Whether it is about two rows that want one value of a UNIQUE key. */
	isClash: boolean;
	/** UTC, as the server writes it. */
	detectedAt: string;
}

interface ConflictRow {
	id: string | number;
	table_name: string;
	row_key: string;
	display_key: string;
	kept: string | null;
	is_settled: string | number;
	is_clash: string | number;
	detected_at: string;
}

const columns = sql`id, table_name, row_key, display_key, kept,
			settled_at IS NOT NULL AS is_settled, other_key IS NOT NULL AS is_clash, detected_at`;

function toRecorded(row: ConflictRow): RecordedConflict {
	return {
		id: String(row.id),
		table: row.table_name,
		rowKey: row.row_key,
		displayKey: row.display_key,
		kept: keptSide(row.kept),
		isSettled: Number(row.is_settled) === 1,
		isClash: Number(row.is_clash) === 1,
		detectedAt: row.detected_at,
	};
}

/** The side in a column `kept`. Any other word there decides nothing. */
function keptSide(kept: string | null): Side | null {
	return sides.find((side) => side === kept) ?? null;
}

/** A condition for conflicts that nobody has decided. */
const isUndecided = sql`settled_at IS NULL AND COALESCE(kept NOT IN (${sides}), TRUE)`;

/** The conflicts with the peer, oldest first. */
export function readConflicts(
	connection: Connection,
	peer: string,
	which: 'all' | 'undecided',
): Promise<RecordedConflict[]> {
	return conflictsWhere(connection, peer, which === 'all' ? sql`TRUE` : isUndecided);
}

/** The conflicts of one row with the peer, oldest first. */
export function readConflictsOf(
	connection: Connection,
	peer: string,
	table: string,
	rowKeys: readonly string[],
): Promise<RecordedConflict[]> {
	return conflictsWhere(
		connection,
		peer,
		sql`table_name = ${table} AND (row_key IN (${rowKeys}) OR other_key IN (${rowKeys}))`,
	);
}

/** The conflict of this number with the peer; null where there is none. */
export async function readConflict(
	connection: Connection,
	peer: string,
	id: string,
): Promise<RecordedConflict | null> {
	const [found] = await conflictsWhere(connection, peer, sql`id = ${ids(id)}`);
	return found ?? null;
}

/** The conflicts with the peer that are not settled. */
export function readUnsettled(connection: Connection, peer: string): Promise<RecordedConflict[]> {
	return conflictsWhere(connection, peer, sql`settled_at IS NULL`);
}

async function conflictsWhere(
	connection: Connection,
	peer: string,
	which: Sql,
): Promise<RecordedConflict[]> {
	const rows = await connection.rows<ConflictRow>(
		sql`SELECT ${columns}
		FROM change_log_conflicts
		WHERE peer = ${peer} AND ${which}
		ORDER BY id`,
	);
	return rows.map(toRecorded);
}

/** The latest conflicts with the peer: so many that are not settled, and so many that are. */
export async function readLatestConflicts(
	connection: Connection,
	peer: string,
	most: number,
): Promise<RecordedConflict[]> {
	const latest = (which: Sql) =>
		sql`(SELECT ${columns}
		FROM change_log_conflicts
		WHERE peer = ${peer} AND ${which}
		ORDER BY id DESC
		LIMIT ${most})`;
	const rows = await connection.rows<ConflictRow>(
		sql`${latest(sql`settled_at IS NULL`)} UNION ALL ${latest(sql`settled_at IS NOT NULL`)}`,
	);
	return rows.map(toRecorded);
}

/** How many conflicts with the peer nobody has decided. */
export async function countUndecided(connection: Connection, peer: string): Promise<number> {
	const [row] = await connection.rows<{ undecided: string | number }>(
		sql`SELECT COUNT(*) AS undecided
		FROM change_log_conflicts
		WHERE peer = ${peer} AND ${isUndecided}`,
	);
	return Number(row?.undecided ?? 0);
}

/** A conflict that is not settled: undecided, or decided by a person and not carried out yet. */
export type OpenConflict = Pick<RecordedConflict, 'id' | 'table' | 'rowKey' | 'kept'>;

/** The unsettled conflicts of some rows with the peer, clashes left out. */
export async function openConflictsOf(
	connection: Connection,
	peer: string,
	tables: readonly string[],
	rowKeys: readonly string[],
): Promise<OpenConflict[]> {
	if (rowKeys.length === 0) return [];
	return conflictsWhere(
		connection,
		peer,
		sql`settled_at IS NULL AND other_key IS NULL
			AND table_name IN (${tables})
			AND row_key IN (${rowKeys})`,
	);
}

/** Two rows, one of each side, that want the same value of a UNIQUE key. */
export interface Clash {
	id: string;
	table: string;
	/** The key of the other end's row. */
	rowKey: string;
	/** The key of this end's row. */
	otherKey: string;
}

/** The unsettled clash of this number with the peer; null where there is none. */
export async function readClash(
	connection: Connection,
	peer: string,
	id: string,
): Promise<Clash | null> {
	const [row] = await connection.rows<{ table_name: string; row_key: string; other_key: string }>(
		sql`SELECT table_name, row_key, other_key
		FROM change_log_conflicts
		WHERE id = ${ids(id)} AND peer = ${peer}
			AND other_key IS NOT NULL AND settled_at IS NULL`,
	);
	return row ? { id, table: row.table_name, rowKey: row.row_key, otherKey: row.other_key } : null;
}

/** The unsettled clash of two rows with the peer; null where there is none. */
export async function findClash(
	connection: Connection,
	peer: string,
	{ table, rowKey, otherKey }: Omit<Clash, 'id'>,
): Promise<OpenConflict | null> {
	const [found] = await conflictsWhere(
		connection,
		peer,
		sql`settled_at IS NULL
			AND table_name = ${table} AND row_key = ${rowKey} AND other_key = ${otherKey}`,
	);
	return found ?? null;
}

/** Records a person's decision. Resolves to whether the conflict was unsettled. */
export async function keepVersion(
	connection: Connection,
	peer: string,
	id: string,
	kept: Side,
): Promise<boolean> {
	const changed = await connection.run(
		sql`UPDATE change_log_conflicts FORCE INDEX (PRIMARY)
		SET kept = ${kept}
		WHERE id = ${ids(id)} AND peer = ${peer} AND settled_at IS NULL`,
	);
	return changed > 0;
}

/** Marks conflicts as settled: both sides have, or are about to have, the same row. */
export async function settleConflicts(
	connection: Connection,
	conflicts: readonly string[],
	kept: Side,
): Promise<void> {
	await inPieces(conflicts, async (some) => {
		await connection.runAll(settleConflictsSql(some, kept));
	});
}

/** The statement that does so; none without conflicts. */
export function settleConflictsSql(conflicts: readonly string[], kept: Side): Sql[] {
	if (conflicts.length === 0) return [];
	return [
		sql`UPDATE change_log_conflicts FORCE INDEX (PRIMARY)
		SET kept = ${kept}, settled_at = UTC_TIMESTAMP(6)
		WHERE id IN (${ids(conflicts)}) AND settled_at IS NULL`,
	];
}
