/**
 * Clashes: a row of each side has the same value in a UNIQUE key. Neither is
 * deleted without a person's decision. Both stay on their side, and the clash is
 * recorded as an unresolved conflict, whatever the policy.
 */

import { type ConflictEntry, keptSide, recordingConflicts } from '../../changelog/conflicts.ts';
import { fetchPendingOf } from '../../changelog/pending.ts';
import { type Direction, sourceSide, targetSide } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { readImages } from '../../database/rows/row-image.ts';
import { displayRowKey } from '../../database/rows/row-key.ts';
import { idList, quoteString } from '../../database/sql/literals.ts';
import type { RefusedRow } from '../attempt/apply-state.ts';
import { type Row, rowOf } from '../rows/route.ts';
import { targetKey } from '../rows/row-write.ts';

/**
 * Records the clashes among refused rows at the target, inside the applying transaction. A row of the target
 * without a pending change of its own does not clash.
 */
export async function recordClashes(
	source: Connection,
	target: Connection,
	direction: Direction,
	refused: readonly RefusedRow[],
): Promise<void> {
	for (const { row, holder } of refused) {
		if (holder === null) continue;
		const other = rowOf(row.route, holder);
		const { source: here, target: there } = row.route;
		const theirs = await fetchPendingOf(target, source.end.nodeId, [there.name], [holder]);
		if (theirs.length === 0) continue;
		// The other direction may have recorded it already.
		const seen = await openClash(source, target.end.nodeId, here.name, holder, row.rowKey);
		if (seen !== null) continue;
		const known = await openClash(target, source.end.nodeId, there.name, row.rowKey, holder);
		const entry: ConflictEntry = {
			table: there.name,
			rowKey: row.rowKey,
			otherKey: holder,
			displayKey: displayClash(row, other),
			versions: await versionsOf(source, target, direction, row, other),
			kept: null,
		};
		const entering = [{ entry, known: known ?? undefined }];
		for (const statement of recordingConflicts(target, source.end.nodeId, entering)) {
			await target.run(statement);
		}
	}
}

async function openClash(
	connection: Connection,
	peer: string,
	table: string,
	rowKey: string,
	otherKey: string,
) {
	const [row] = await connection.rows<{ id: string | number; kept: string | null }>(
		`SELECT id, kept
		FROM change_log_conflicts
		WHERE peer = ${quoteString(peer)} AND settled_at IS NULL
			AND table_name = ${quoteString(table)}
			AND row_key = ${quoteString(rowKey)}
			AND other_key = ${quoteString(otherKey)}`,
	);
	return row ? { id: String(row.id), table, rowKey, kept: keptSide(row.kept) } : null;
}

function displayClash(row: Row, other: Row): string {
	const { key } = row.route.source;
	return `${displayRowKey(row.key, key)} against ${displayRowKey(other.key, key)}`;
}

async function versionsOf(
	source: Connection,
	target: Connection,
	direction: Direction,
	{ route, key, rowKey }: Row,
	other: Row,
): Promise<ConflictEntry['versions']> {
	const ours = await readImages(source, route.source, route.source.key, [key]);
	const theirs = await readImages(target, route.target, targetKey(route), [other.key]);
	return {
		[sourceSide(direction)]: ours.get(rowKey) ?? null,
		[targetSide(direction)]: theirs.get(other.rowKey) ?? null,
	} as ConflictEntry['versions'];
}

/** An unresolved clash, as recorded on one side. */
export interface Clash {
	id: string;
	table: string;
	/** The key of the other side's row. */
	rowKey: string;
	/** The key of this side's row. */
	otherKey: string;
}

/** The unresolved clash with this id; null if the id is not one of a clash. */
export async function findClash(
	connection: Connection,
	peer: string,
	id: string,
): Promise<Clash | null> {
	const [row] = await connection.rows<{ table_name: string; row_key: string; other_key: string }>(
		`SELECT table_name, row_key, other_key
		FROM change_log_conflicts
		WHERE id = ${idList([id])} AND peer = ${quoteString(peer)}
			AND other_key IS NOT NULL AND settled_at IS NULL`,
	);
	return row ? { id, table: row.table_name, rowKey: row.row_key, otherKey: row.other_key } : null;
}
