import { replaceVersion } from '../../changelog/tables/conflict-versions.ts';
import { type Clash, settleConflicts } from '../../changelog/tables/conflicts.ts';
import type { PairConfig, Side } from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { keyedDeletes, lockingRead } from '../../database/rows/lock-rows.ts';
import { readImages } from '../../database/rows/row-image.ts';
import { displayRowKey, exactKeyCondition, parseRowKey } from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { SyncError } from '../../errors.ts';
import { otherSide } from '../api/side-ids.ts';
import type { Connections } from '../shared/connections.ts';
import { matchTables, refuseBeingAltered, surveyBoth } from '../survey/survey.ts';

/**
 * Resolves a clash of two rows with the same value of a UNIQUE key: the loser is deleted on its side, like by
 * an application, so that the next run transfers the deletion.
 * @param at the side where the clash is recorded
 * @throws SyncError `refused` if rows that reference it would be lost too, or prevent the deletion
 */
export async function resolveClash(
	connections: Connections,
	pair: PairConfig,
	at: Side,
	clash: Clash,
	keep: Side,
): Promise<void> {
	const loser = otherSide(keep);
	const connection = connections[loser];
	const table = await trackedOn(connections, pair, at, clash.table, loser);
	const key = parseRowKey(loser === at ? clash.otherKey : clash.rowKey, table.key);
	const place = { pair: pair.name, side: loser, table: table.name };
	const shown = displayRowKey(key, table.key);
	const here = exactKeyCondition([key], table.key, 't');
	try {
		await refuseDependents(connection, table, here);
		const work = async () => {
			await connection.rows(lockingRead(table, ['1'], key));
			const [image] = (await readImages(connection, table, table.key, [key])).values();
			// Recorded with its current values before it is deleted.
			if (image) await replaceVersion(connections[at], clash.id, loser, image);
			await connection.runAll(keyedDeletes(table, [key]));
		};
		await connection.loopMarker.asApplication(() => connection.transaction(work));
	} catch (thrown) {
		throw thrown instanceof SyncError ? thrown.at({ ...place, key: shown }) : thrown;
	}
	await settleConflicts(connections[at], [clash.id], keep);
}

async function trackedOn(
	connections: Connections,
	pair: PairConfig,
	at: Side,
	name: string,
	side: Side,
): Promise<TrackedTable> {
	const surveys = await surveyBoth(connections, pair);
	refuseBeingAltered(connections, surveys);
	const found = matchTables(pair, surveys).find((table) => table.sides[at]?.name === name);
	const tracked = found?.sides[side];
	if (tracked) return tracked;
	throw new SyncError('refused', 'the table of the conflict no longer exists', {
		pair: pair.name,
		side,
		table: name,
	});
}

/** @param row an SQL condition that selects the row */
async function refuseDependents(
	connection: Connection,
	table: TrackedTable,
	row: string,
): Promise<void> {
	for (const { child, foreignKey } of table.referrers) {
		if (foreignKey.onDelete === 'RESTRICT') continue;
		const joined = foreignKey.columns.map(
			(name, index) =>
				`c.${quoteName(name)} = t.${quoteName(foreignKey.parentColumns[index] ?? name)}`,
		);
		const [found] = await connection.rows<{ rows_referring: string | number }>(
			`SELECT COUNT(*) AS rows_referring
			FROM ${quoteName(table.name)} AS t
			JOIN ${quoteName(child.name)} AS c ON ${joined.join(' AND ')}
			WHERE ${row}`,
		);
		const count = Number(found?.rows_referring ?? 0);
		if (count === 0) continue;
		throw new SyncError('refused', `rows of ${child.name} reference it (${count})`, {
			hint: `The losing row would be deleted, and ON DELETE ${foreignKey.onDelete} would affect them. Let them reference another row first, or change the value that the two rows share.`,
		});
	}
}
