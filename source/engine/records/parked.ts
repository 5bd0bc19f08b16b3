import { parkedTable } from '../../changelog/table-names.ts';
import { missingBookkeeping } from '../../changelog/tables.ts';
import {
	type Direction,
	directions,
	type PairConfig,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import type { Connection } from '../../database/connection/connection.ts';
import { inPieces } from '../../database/connection/transaction-limits.ts';
import { idList, quoteString, quoteStrings } from '../../database/sql/literals.ts';
import { SyncError } from '../../errors.ts';
import { fromSideId, toSideId } from '../api/side-ids.ts';
import { type ListedParked, listedRecords, type ParkedChange } from '../api/snapshot.ts';
import type { Connections } from '../shared/connections.ts';
import { toIso } from '../shared/utc.ts';

/** The parked changes of a pair, oldest first. Where there is no table of them yet, there are none. */
export async function listParked(
	connections: Connections,
	pair: PairConfig,
): Promise<ParkedChange[]> {
	const lists = await Promise.all(
		directions.map(async (direction) => {
			const connection = connections[sourceSide(direction)];
			return parkedOn(connection, direction, pair[targetSide(direction)].nodeId, 'TRUE');
		}),
	);
	return lists
		.flat()
		.map(asPrinted)
		.sort((one, other) => (one.first_at < other.first_at ? -1 : 1));
}

/** The changes of a direction that are parked at the connection's end, oldest first, as the screen lists them. */
export async function listParkedForScreen(
	connection: Connection,
	direction: Direction,
	target: string,
): Promise<ListedParked[]> {
	return parkedOn(connection, direction, target, 'TRUE', listedRecords);
}

/** What of one row is parked on the direction's source. */
export async function listParkedOf(
	connection: Connection,
	direction: Direction,
	target: string,
	table: string,
	rowKeys: readonly string[],
): Promise<ParkedChange[]> {
	const which = `table_name = ${quoteString(table)} AND row_key IN (${quoteStrings(rowKeys)})`;
	return (await parkedOn(connection, direction, target, which)).map(asPrinted);
}

/** Without what the screen alone needs. */
function asPrinted({ row_key, ...change }: ListedParked): ParkedChange {
	return change;
}

/** @param which SQL that is true for the wanted ones */
async function parkedOn(
	connection: Connection,
	direction: Direction,
	target: string,
	which: string,
	limit?: number,
): Promise<ListedParked[]> {
	if ((await missingBookkeeping(connection)).includes(parkedTable)) return [];
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		row_key: string | null;
		display_key: string;
		operation: string;
		message: string;
		code: string;
		attempts: string | number;
		first_at: string;
		last_at: string;
		next_at: string;
	}>(
		`SELECT id, table_name, row_key, display_key, operation, message, code, attempts,
			first_at, last_at, next_at
		FROM change_log_parked
		WHERE peer = ${quoteString(target)} AND ${which}
		ORDER BY id
		${limit === undefined ? '' : `LIMIT ${limit}`}`,
	);
	return rows.map(({ id, table_name, display_key, code, attempts, ...row }) => ({
		id: toSideId(sourceSide(direction), String(id)),
		direction,
		table: table_name,
		key: display_key,
		row_key: row.row_key,
		operation: row.operation,
		message: row.message,
		code: /^\d+$/.test(code) ? Number(code) : code,
		attempts: Number(attempts),
		first_at: toIso(row.first_at, connection),
		last_at: toIso(row.last_at, connection),
		next_at: toIso(row.next_at, connection),
	}));
}

/** How many changes are parked for a target on the connection's end. */
export async function countParked(connection: Connection, target: string): Promise<number> {
	const [row] = await connection.rows<{ parked: string | number }>(
		`SELECT COUNT(*) AS parked FROM change_log_parked WHERE peer = ${quoteString(target)}`,
	);
	return Number(row?.parked ?? 0);
}

/**
 * Ends the pauses of parked changes of a pair: of all, or of one. Resolves to how many are tried at
 * the next run.
 * @throws SyncError `usage` if there is no parked change of that id
 */
export async function retryParked(
	connections: Connections,
	pair: PairConfig,
	id?: string,
): Promise<number> {
	const one = id === undefined ? null : fromSideId(id);
	let parked = 0;
	for (const direction of directions) {
		const side = sourceSide(direction);
		if (id !== undefined && one?.side !== side) continue;
		const connection = connections[side];
		if ((await missingBookkeeping(connection)).includes(parkedTable)) continue;
		const target = pair[targetSide(direction)].nodeId;
		const rows = await connection.rows<{ id: string | number }>(
			`SELECT id
			FROM change_log_parked
			WHERE peer = ${quoteString(target)} ${one ? `AND id = ${idList([one.number])}` : ''}`,
		);
		await inPieces(rows, async (some) => {
			const ids = some.map((row) => String(row.id));
			parked += await connection.run(
				`UPDATE change_log_parked FORCE INDEX (PRIMARY)
				SET next_at = UTC_TIMESTAMP(6)
				WHERE id IN (${idList(ids)})`,
			);
		});
	}
	if (id !== undefined && parked === 0) {
		throw new SyncError('usage', `no change ${id} is parked any more`, {
			pair: pair.name,
			hint: 'It has arrived meanwhile, or a later change of the row has taken its place.',
		});
	}
	return parked;
}
