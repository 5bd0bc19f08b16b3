/**
 * Clashes: a row of each side has the same value in a UNIQUE key. Neither is
 * deleted without a person's decision. Both stay on their side, and the clash is
 * recorded as an unresolved conflict, whatever the policy.
 */

import { fetchPendingOf } from '../../changelog/log/pending.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { findClash } from '../../changelog/tables/conflicts.ts';
import { type ConflictEntry, recordConflictsSql } from '../../changelog/tables/record-conflicts.ts';
import { type Direction, sourceSide, targetSide } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { readImages } from '../../database/rows/row-image.ts';
import { displayRowKey } from '../../database/rows/row-key.ts';
import type { RefusedRow } from '../attempt/apply-state.ts';
import { type Row, rowOf } from '../rows/route.ts';
import { targetKey } from '../rows/row-write.ts';

/**
 * Records the clashes among refused rows at the target, inside the applying transaction. A row of the target
 * without a pending change of its own does not clash.
 */
export async function recordClashes(
	source: LogConnection,
	target: LogConnection,
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
		const mirrored = { table: here.name, rowKey: holder, otherKey: row.rowKey };
		if (await findClash(source, target.end.nodeId, mirrored)) continue;
		const clash = { table: there.name, rowKey: row.rowKey, otherKey: holder };
		const known = await findClash(target, source.end.nodeId, clash);
		const entry: ConflictEntry = {
			...clash,
			displayKey: displayClash(row, other),
			versions: await versionsOf(source, target, direction, row, other),
			kept: null,
		};
		const recordings = [{ entry, known: known ?? undefined }];
		for (const statement of recordConflictsSql(target, source.end.nodeId, recordings)) {
			await target.run(statement);
		}
	}
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
