import { missingBookkeeping } from '../capture/bookkeeping.ts';
import {
	type Direction,
	directions,
	type PairConfig,
	sourceSide,
	targetSide,
} from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { quoteString, quoteStrings } from '../database/literals.ts';
import { parkedTable } from '../database/own-tables.ts';
import type { Connections } from './connections.ts';
import { toSideId } from './side-ids.ts';

/** One parked change, as `errors --json` prints it. */
export interface ParkedChange {
	/** Tells the side whose change it is: `L12`, `C3`. */
	id: string;
	direction: Direction;
	table: string;
	key: string;
	operation: string;
	message: string;
	/** The server's error number, or this program's word where no server refused it. */
	code: number | string;
	attempts: number;
	/** ISO 8601, UTC. */
	first_at: string;
	last_at: string;
	next_at: string;
}

/** The parked changes of a pair, oldest first. Where there is no table of them yet, there are none. */
export async function listParked(
	connections: Connections,
	pair: PairConfig,
): Promise<ParkedChange[]> {
	const lists = await Promise.all(
		directions.map((direction) => {
			const connection = connections[sourceSide(direction)];
			return listOf(connection, direction, pair[targetSide(direction)].nodeId, 'TRUE');
		}),
	);
	return lists.flat().sort((one, other) => (one.first_at < other.first_at ? -1 : 1));
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
	return listOf(connection, direction, target, which);
}

/** @param which SQL that is true for the wanted ones */
async function listOf(
	connection: Connection,
	direction: Direction,
	target: string,
	which: string,
): Promise<ParkedChange[]> {
	if ((await missingBookkeeping(connection)).includes(parkedTable)) return [];
	const time = (column: string) => `DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%s.%fZ') AS ${column}`;
	const rows = await connection.rows<{
		id: string | number;
		table_name: string;
		display_key: string;
		operation: string;
		message: string;
		code: string;
		attempts: string | number;
		first_at: string;
		last_at: string;
		next_at: string;
	}>(
		`SELECT id, table_name, display_key, operation, message, code, attempts,
			${time('first_at')}, ${time('last_at')}, ${time('next_at')}
		FROM change_log_parked
		WHERE peer = ${quoteString(target)} AND ${which}
		ORDER BY id`,
	);
	return rows.map(({ id, table_name, display_key, code, attempts, ...row }) => ({
		id: toSideId(sourceSide(direction), String(id)),
		direction,
		table: table_name,
		key: display_key,
		operation: row.operation,
		message: row.message,
		code: /^\d+$/.test(code) ? Number(code) : code,
		attempts: Number(attempts),
		first_at: row.first_at,
		last_at: row.last_at,
		next_at: row.next_at,
	}));
}

/** How many changes are parked for a target on the connection's end. */
export async function countParked(connection: Connection, target: string): Promise<number> {
	const [row] = await connection.rows<{ parked: string | number }>(
		`SELECT COUNT(*) AS parked FROM change_log_parked WHERE peer = ${quoteString(target)}`,
	);
	return Number(row?.parked ?? 0);
}

/** Ends the pauses of all parked changes of a pair. Resolves to how many are tried at the next run. */
export async function retryParked(connections: Connections, pair: PairConfig): Promise<number> {
	let parked = 0;
	for (const direction of directions) {
		const connection = connections[sourceSide(direction)];
		if ((await missingBookkeeping(connection)).includes(parkedTable)) continue;
		const target = pair[targetSide(direction)].nodeId;
		await connection.run(
			`UPDATE change_log_parked SET next_at = UTC_TIMESTAMP(6) WHERE peer = ${quoteString(target)}`,
		);
		parked += await countParked(connection, target);
	}
	return parked;
}
