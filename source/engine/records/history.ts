import { logSize } from '../../changelog/retention.ts';
import { parseNodes } from '../../changelog/session/applied-nodes.ts';
import { type Applier, readLoggedChanges } from '../../changelog/tables/batches.ts';
import {
	type Direction,
	directions,
	type PairConfig,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import type { Column } from '../../database/catalogue/catalogue.ts';
import type { Connection } from '../../database/connection/connection.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import {
	displayRowKey,
	formatRowKey,
	keyCondition,
	type RowKey,
	readRowKey,
	rowKeyExpression,
} from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { quoteName } from '../../database/sql/identifiers.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { otherSide } from '../api/side-ids.ts';
import type { ParkedChange } from '../api/snapshot.ts';
import { findTable } from '../install/installation.ts';
import type { Connections } from '../shared/connections.ts';
import { toIso } from '../shared/utc.ts';
import { matchTables, surveyBoth } from '../survey/survey.ts';
import { type ConflictRecord, listConflictsOf } from './conflicts.ts';
import { listParkedOf } from './parked.ts';

/** One thing that is on record of a row, told by one end. */
export interface HistoryEvent {
	/** ISO 8601, UTC; null where that end's log has no time. */
	at: string | null;
	side: Side;
	/** Made there; brought there from the other end; found to have changed on both; refused by the other end. */
	event: 'captured' | 'applied' | 'conflict' | 'parked';
	/** Of the change; null for a conflict. */
	operation: string | null;
	/** The node where the change was made. */
	source_node: string | null;
	/** When it was made there; null where that is not on record. */
	made_at: string | null;
	/** The nodes that have it. */
	applied_nodes: string[];
	/** The engine that applied it. */
	by: Applier | null;
	conflict: ConflictRecord | null;
	parked: ParkedChange | null;
}

/** What is on record of one row. */
export interface RowHistory {
	table: string;
	key: string;
	/** How far each log goes back: ISO 8601, UTC; null where it is empty. */
	since: Record<Side, string | null>;
	/** Oldest first. */
	events: HistoryEvent[];
}

/**
 * Reads what is on record of a row at both ends, as far as the logs go back.
 * @param key a value a key column, each perhaps with its name; or the whole key as the screen shows it
 * @throws SyncError `usage` if the pair has no such table, or the table no such key
 */
export async function readHistory(
	connections: Connections,
	pair: PairConfig,
	table: string,
	key: readonly string[],
): Promise<RowHistory> {
	const tables = matchTables(pair, await surveyBoth(connections, pair));
	const found = findTable(tables, pair, table);
	const columns = found.sides.local?.key ?? found.sides.cloud?.key;
	if (!columns) {
		const reason = found.skippedReason ?? 'it is not tracked';
		throw new SyncError('usage', `nothing is on record of it: ${reason}`, {
			pair: pair.name,
			table,
		});
	}
	const wanted = readRowKey(splitKey(key, columns, table), columns);
	const rowKeys = await rowKeysOf(connections, found, wanted);
	const events = await readEvents(connections, pair, found, rowKeys);
	const [local, cloud] = await Promise.all(sides.map((side) => logSize(connections[side])));
	return {
		table: found.name,
		key: displayRowKey(wanted, columns),
		since: {
			local: toIso(local?.since ?? null, connections.local),
			cloud: toIso(cloud?.since ?? null, connections.cloud),
		},
		events,
	};
}

/**
 * What is on record of a row under any of the row keys, oldest first; nothing of a side that cannot be
 * asked.
 */
export async function readEvents(
	connections: Record<Side, Connection | null>,
	pair: PairConfig,
	table: TablePair,
	rowKeys: readonly string[],
): Promise<HistoryEvent[]> {
	const events = await Promise.all(
		sides.map((side) => {
			const connection = connections[side];
			return connection ? eventsAt(connection, pair, table, rowKeys) : [];
		}),
	);
	return events.flat().sort((one, other) => ((one.at ?? '') < (other.at ?? '') ? -1 : 1));
}

/** The values of the key's columns, from `7 2`, `order_id=7 line=2` or `order_id=7, line=2`. */
function splitKey(words: readonly string[], key: readonly Column[], table: string): string[] {
	if (words.length === key.length) return [...words];
	const [only = ''] = words;
	const starts = key.map(({ name }, index) => only.indexOf(`${index === 0 ? '' : ', '}${name}=`));
	const inOrder = starts.every((at, index) => at >= 0 && at > (starts[index - 1] ?? -1));
	if (words.length === 1 && inOrder) {
		return starts.map((at, index) => only.slice(at, starts[index + 1]).replace(/^, /, ''));
	}
	const names = key.map(({ name }) => name);
	throw new SyncError(
		'usage',
		`the key of ${table} has ${names.length} columns: ${names.join(', ')}`,
		{
			table,
			hint: `Give a value for each: ${names.map((name) => `'${name}=…'`).join(' ')}`,
		},
	);
}

/**
 * The row keys under which a row may be on record whose key a person has typed, the one as typed first.
 * @throws SyncError `usage` if the table has no such key
 */
export async function typedRowKeys(
	connections: Record<Side, Connection | null>,
	table: TablePair,
	typed: string,
): Promise<string[]> {
	const columns = table.sides.local?.key ?? table.sides.cloud?.key ?? [];
	const inWords = columns.length > 1 && !typed.includes('=');
	const words = inWords ? typed.trim().split(/[\s,]+/) : [typed];
	const wanted = readRowKey(splitKey(words, columns, table.name), columns);
	try {
		return await rowKeysOf(connections, table, wanted);
	} catch (cause) {
		if (asSyncError(cause).code !== 'refused') throw cause;
		const types = columns.map(({ name, fullType }) => `${name} (${fullType})`);
		throw new SyncError('usage', `no row of ${table.name} can have such a key`, {
			table: table.name,
			hint: `Its key is ${types.join(', ')}.`,
			cause,
		});
	}
}

/** The row keys that the logs may hold: `1.5` is the key 1.50, and 'a' may be the key 'A'. */
async function rowKeysOf(
	connections: Record<Side, Connection | null>,
	{ sides: ends }: TablePair,
	wanted: RowKey,
): Promise<string[]> {
	const known = await Promise.all(
		sides.map(async (side) => {
			const [tracked, connection] = [ends[side], connections[side]];
			return tracked && connection ? standingKeys(connection, tracked, wanted) : [];
		}),
	);
	// A log from before this program may hold the plain value of a one-column key.
	const plain = wanted.length === 1 ? wanted.map((part) => part.toString('latin1')) : [];
	const ascii = plain.filter((text) => /^[\x20-\x7e]+$/.test(text));
	return [...new Set([formatRowKey(wanted), ...ascii, ...known.flat()])];
}

async function standingKeys(
	connection: Connection,
	{ name, key }: TrackedTable,
	wanted: RowKey,
): Promise<string[]> {
	const rows = await connection.arrays(
		`SELECT ${rowKeyExpression(key, 't')}
		FROM ${quoteName(name)} AS t
		WHERE ${keyCondition([wanted], key, 't')}`,
	);
	return rows.map(([rowKey]) => String(rowKey));
}

async function eventsAt(
	connection: Connection,
	pair: PairConfig,
	table: TablePair,
	rowKeys: readonly string[],
): Promise<HistoryEvent[]> {
	const { side } = connection.end;
	const peer = pair[otherSide(side)].nodeId;
	const name = table.sides[side]?.name ?? table.name;
	const direction = directions.find((way): way is Direction => sourceSide(way) === side);
	const parked = direction
		? await listParkedOf(connection, direction, pair[targetSide(direction)].nodeId, name, rowKeys)
		: [];
	const conflicts = await listConflictsOf(connection, peer, name, rowKeys);
	const nothing = {
		operation: null,
		source_node: null,
		made_at: null,
		applied_nodes: [],
		by: null,
	};
	return [
		...(await changesAt(connection, name, rowKeys)),
		...conflicts.map((conflict): HistoryEvent => {
			const { detected_at } = conflict;
			return { ...nothing, at: detected_at, side, event: 'conflict', conflict, parked: null };
		}),
		...parked.map((change): HistoryEvent => {
			const { last_at, operation } = change;
			const event = { ...nothing, at: last_at, side, operation, conflict: null, parked: change };
			return { ...event, event: 'parked' };
		}),
	];
}

/** The changes of a row in a log. */
async function changesAt(
	connection: Connection,
	table: string,
	rowKeys: readonly string[],
): Promise<HistoryEvent[]> {
	const { side, nodeId } = connection.end;
	const changes = await readLoggedChanges(connection, table, rowKeys);
	return changes.map((change): HistoryEvent => {
		const made = change.sourceNode === '' || change.sourceNode === nodeId;
		const { applied } = change;
		return {
			at: toIso(made ? change.changedAt : (applied?.at ?? null), connection),
			side,
			event: made ? 'captured' : 'applied',
			operation: change.operation,
			source_node: change.sourceNode || nodeId,
			made_at: toIso(change.changedAt, connection),
			applied_nodes: parseNodes(change.appliedNodes),
			by: applied?.by ?? null,
			conflict: null,
			parked: null,
		};
	});
}
