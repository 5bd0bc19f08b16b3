import { countPending, type PendingCount } from '../../changelog/log/pending.ts';
import { fullLog } from '../../changelog/next-ids.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { conflictsTable, countUnresolved } from '../../changelog/tables/conflicts.ts';
import { nodesTable } from '../../changelog/tables/database-identity.ts';
import { leasesTable } from '../../changelog/tables/leases.ts';
import type { OwnTable } from '../../changelog/tables/own-table.ts';
import { countParked, parkedTable } from '../../changelog/tables/parked.ts';
import { progressTable } from '../../changelog/tables/progress.ts';
import {
	type Direction,
	directions,
	type PairConfig,
	type Side,
	sides,
	sourceSide,
	targetSide,
} from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { isOwnTable } from '../../database/rows/tracked-table.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import { textOf } from '../api/messages.ts';
import { otherSide } from '../api/side-ids.ts';
import type { EventTriggers, LogSnapshot, TableSnapshot } from '../api/snapshot.ts';
import { type Held, leaseName, leaseOrder, readHolder } from '../lease/lease-row.ts';
import { noProgress, type PairProgress, readPairProgress } from '../lease/progress.ts';
import { type Layout, readLayout } from '../survey/layout.ts';
import { refuseSharedNodeIds } from '../survey/node-ids.ts';
import { isSurveyCurrent, type SideSurvey } from '../survey/survey.ts';
import { emptyLog, readLog } from './log-state.ts';

/** One look at a pair: the state of its databases, as far as they can be reached. */
export interface Look {
	layout: Layout;
	tables: TableSnapshot[];
	/** The same tables as defined in the databases. */
	tablePairs: TablePair[];
	/** The individual triggers of each side, by table; null if the side could not be reached. */
	eventTriggers: Record<string, Record<Side, EventTriggers | null>>;
	/** The own tables of each database. */
	ownTables: Record<Side, ReadonlySet<string>>;
	/** Pending changes by direction; null if the source could not be reached. */
	pending: Record<Direction, PendingCount | null>;
	/** Unresolved conflicts; null if a side could not be reached. */
	conflicts: number | null;
	/** Parked changes by direction; null if the source could not be reached. */
	parked: Record<Direction, number | null>;
	/** The change logs; null if a side could not be reached. */
	logs: Record<Side, LogSnapshot | null>;
	/** The holder of the pair; null if there is none, undefined if no side could be reached. */
	holder: Held | null | undefined;
	/** The recorded progress of that engine. */
	progress: PairProgress;
	/** The error that prevented the look at a reachable side. */
	errors: Partial<Record<Side, SyncError>>;
	/** Why writes of the application fail. */
	failing: SyncError[];
	/** Why a run would be refused because of a node id. */
	sharedNodeIds: SyncError[];
}

/**
 * Looks at both sides; a side that could not be reached is null, and its contents are unknown.
 * @param before a recent look, whose results are reused as long as nothing is pending and the objects that
 *   triggers need exist
 * @param known an earlier layout, reused if unchanged
 */
export async function lookAt(
	pair: PairConfig,
	connections: Record<Side, LogConnection | null>,
	before: Look | null = null,
	known: Layout | null = null,
): Promise<Look> {
	const layout = before?.layout ?? (await readLayout(pair, connections, known));
	const { surveys, tables } = layout;
	const sharedNodeIds = before?.sharedNodeIds ?? (await refusedNodeIds(pair, connections));
	const errors: Look['errors'] = { ...layout.errors };
	let stands = true;
	const count = async (direction: Direction): Promise<PendingCount | null> => {
		const side = sourceSide(direction);
		const connection = connections[side];
		const found = surveys[side];
		if (!connection || !found) return null;
		if (found.changeLog !== 'complete') {
			// Without a log no change is recorded; an incomplete log cannot show what is pending.
			return found.changeLog === 'missing'
				? { pending: 0, oldestSeconds: null, byTable: new Map() }
				: null;
		}
		try {
			const captured = tables.flatMap((table) => table.sides[side]?.name ?? []);
			const peer = pair[targetSide(direction)].nodeId;
			const [counted, same] = await connection.together(() =>
				Promise.all([
					countPending(connection, peer, new Set(captured)),
					before === null || isSurveyCurrent(connection, found),
				]),
			);
			if (!same) stands = false;
			return counted;
		} catch (thrown) {
			const error = asSyncError(thrown);
			if (error.code !== 'unreachable') stands = false;
			errors[side] = error.at({ side });
			return null;
		}
	};
	const [toCloud, toLocal] = await Promise.all(directions.map(count));
	if (before !== null && !stands) return lookAt(pair, connections, null, known);
	const pending = { local_to_cloud: toCloud ?? null, cloud_to_local: toLocal ?? null };
	const counted = tables.map((table) => tableSnapshot(table, layout, pending));
	const noErrors = Object.keys(errors).length === 0;
	const atRest = [before?.pending, pending].every((counts) =>
		directions.every((way) => counts?.[way]?.pending === 0),
	);
	if (before && noErrors && atRest && !before.progress.isWorking)
		return { ...before, tables: counted, pending };
	/** Reads records of a side from a table that the first run creates. */
	const askOn = async <T>(
		side: Side,
		table: OwnTable,
		without: T,
		ask: (connection: LogConnection, peer: string) => Promise<T>,
	): Promise<T | null> => {
		const connection = connections[side];
		const found = surveys[side];
		if (!connection || !found) return null;
		if (!found.tables.some(({ name }) => name === table.name)) return without;
		try {
			return await ask(connection, pair[otherSide(side)].nodeId);
		} catch (error) {
			errors[side] = asSyncError(error).at({ side });
			return null;
		}
	};
	const open = await Promise.all(
		sides.map((side) => askOn(side, conflictsTable, 0, countUnresolved)),
	);
	const [parkedToCloud = null, parkedToLocal = null] = await Promise.all(
		directions.map((direction) => askOn(sourceSide(direction), parkedTable, 0, countParked)),
	);
	const holderOf = async () => {
		for (const side of leaseOrder(pair)) {
			const without = { held: null };
			const answer = await askOn<{ held: Held | null }>(
				side,
				leasesTable,
				without,
				async (connection) => ({
					held: await readHolder(connection, leaseName(pair)),
				}),
			);
			if (answer !== null) return answer.held;
		}
		return undefined;
	};
	const holder = await holderOf();
	const progressOf = async () => {
		const [first] = leaseOrder(pair);
		if (!first) return null;
		return askOn(first, progressTable, noProgress(), (connection) =>
			readPairProgress(connection, pair, holder ?? null),
		);
	};
	const logOn = (side: Side) =>
		askOn(side, nodesTable, emptyLog, async (connection, peer) => {
			const full = await fullLog(connection);
			if (full) errors[side] ??= full;
			return readLog(connection, peer);
		});
	const [localLog, cloudLog] = await Promise.all([logOn('local'), logOn('cloud')]);
	return {
		layout,
		tables: counted,
		tablePairs: tables,
		eventTriggers: layout.eventTriggers,
		ownTables: { local: ownTablesIn(surveys.local), cloud: ownTablesIn(surveys.cloud) },
		pending,
		conflicts: open.includes(null) ? null : open.reduce<number>((sum, n) => sum + (n ?? 0), 0),
		parked: { local_to_cloud: parkedToCloud, cloud_to_local: parkedToLocal },
		holder,
		progress: (await progressOf()) ?? before?.progress ?? noProgress(),
		logs: { local: localLog, cloud: cloudLog },
		errors,
		failing: layout.failing,
		sharedNodeIds,
	};
}

/** No errors if a side cannot be read. */
async function refusedNodeIds(
	pair: PairConfig,
	{ local, cloud }: Record<Side, LogConnection | null>,
): Promise<SyncError[]> {
	if (!local || !cloud) return [];
	try {
		await refuseSharedNodeIds({ local, cloud }, pair);
		return [];
	} catch (thrown) {
		const error = asSyncError(thrown);
		// The next query reports a lost connection with its side.
		return error.code === 'unreachable' ? [] : [error];
	}
}

function tableSnapshot(
	table: TablePair,
	{ triggers }: Layout,
	pending: Look['pending'],
): TableSnapshot {
	const count = (direction: Direction) => {
		const name = table.sides[sourceSide(direction)]?.name;
		const counts = pending[direction];
		if (!counts) return null;
		return name === undefined ? 0 : (counts.byTable.get(name) ?? 0);
	};
	return {
		name: table.name,
		primary_key: table.primaryKey,
		skipped_reason: table.skippedReason && textOf(table.skippedReason),
		triggers: triggers[table.name] ?? { local: 'unknown', cloud: 'unknown' },
		pending: { local_to_cloud: count('local_to_cloud'), cloud_to_local: count('cloud_to_local') },
	};
}

function ownTablesIn(survey: SideSurvey | null): ReadonlySet<string> {
	return new Set(survey?.tables.flatMap(({ name }) => (isOwnTable(name) ? [name] : [])));
}

/** The errors of a look: first failing writes of the application, then the others by side. */
export function lookErrors({ failing, errors, sharedNodeIds }: Look): SyncError[] {
	return [...failing, ...sides.flatMap((side) => errors[side] ?? []), ...sharedNodeIds];
}
