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
import { matchTables, refuseDefinedAnew, surveyBoth } from '../survey/survey.ts';

/**
 * Decides between two rows that want one value of a UNIQUE key: the one of the side that is not kept is
 * deleted there, as an application would do it, so that the next run carries that over.
 * @param at the side where the clash is on record
 * @throws SyncError `refused` where rows that refer to it would be lost with it, or keep it
 */
export async function giveWay(
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
			// On record before it is gone, as it is now.
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
	refuseDefinedAnew(connections, surveys);
	const found = matchTables(pair, surveys).find((table) => table.sides[at]?.name === name);
	const tracked = found?.sides[side];
	if (tracked) return tracked;
	throw new SyncError('refused', 'the table of the conflict is not there any more', {
		pair: pair.name,
		side,
		table: name,
	});
}

/** @param row SQL that is true for the row */
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
		throw new SyncError('refused', `rows of ${child.name} refer to it (${count})`, {
			hint: `To give way it is deleted, and ON DELETE ${foreignKey.onDelete} would reach them: let them refer to another row first, or change the value that the two rows share.`,
		});
	}
}
