import { asideName } from '../../capture/stale-key.ts';
import { countPending, fetchPendingOf } from '../../changelog/log/pending.ts';
import { isUncounted, restartIds } from '../../changelog/next-ids.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import {
	addMarks,
	ensureMarks,
	marksTable,
	readMarks,
	removeMarks,
} from '../../changelog/tables/marks.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import type { TablePair } from '../../database/pairing/table-pair.ts';
import { readableRowKey } from '../../database/rows/key-values.ts';
import { exactKeyCondition } from '../../database/rows/row-key.ts';
import type { TrackedTable } from '../../database/rows/tracked-table.ts';
import { asSyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import { installPatience, withInstallLock } from '../install/install-lock.ts';
import type { Connections } from '../shared/connections.ts';
import {
	edgesOf,
	type Placed,
	placeId,
	placesOf,
	type SampledPlace,
	standingOn,
	watchedTables,
} from '../survey/sampled-places.ts';
import { rowsUncaptured, rowsVanished } from '../survey/uncaptured-findings.ts';

/** Instead of a row key: the place once had the same first and last row on both sides. */
const agreedMark = '';

/**
 * Finds rows that were deleted or added on one side without firing a trigger: by TRUNCATE, by an operation on
 * a partition, or while there were no triggers. Called after a pass in both directions, when captured changes
 * have either been applied or are still pending. Resolves to one message per table and side. It is repeated
 * until both sides have the rows, or neither has, or somebody deletes the marks.
 * @param requireHeld throws SyncError `held` if another engine may have applied rows meanwhile
 */
export async function findVanished(
	connections: Connections,
	pair: PairConfig,
	tables: readonly TablePair[],
	requireHeld: (connection: LogConnection) => Promise<void>,
	seconds: number = installPatience.engine,
): Promise<Finding[]> {
	const { local } = connections;
	const peer = pair.cloud.nodeId;
	const known = await readMarks(local, peer);
	if (known === null && !pair.autoInstall) return [];
	if (known === null) {
		await withInstallLock(connections, pair, seconds, async () => {
			// Its tables are gone too where somebody has uninstalled the pair meanwhile.
			await requireHeld(local);
			await ensureMarks(local);
		});
	}
	const watched = await watchedTables(connections, tables);
	const places = watched.flatMap(placesOf);
	const byId = new Set(places.map(placeId));
	const ofWatched = (known ?? []).flatMap((mark) => {
		const table = watched.find(({ name }) => name === mark.table);
		return table ? [{ ...mark, table }] : [];
	});
	const agreements = ofWatched.filter(({ rowKey }) => rowKey === agreedMark);
	const agreed = new Set(agreements.map(placeId).filter((id) => byId.has(id)));
	const { marks, standing } = await lookForMarked(connections, ofWatched.filter(fitsKey));
	const left = marks.filter((mark) => sides.some((side) => standing[side].has(mark)));
	const useful = new Set([...left, ...agreements.filter((mark) => agreed.has(placeId(mark)))]);
	const useless = ofWatched.filter((mark) => !useful.has(mark));
	await removeMarks(
		local,
		useless.map(({ id }) => id),
	);
	const uncounted = (known ?? []).map(({ id }) => id).filter(isUncounted);
	if (uncounted.length > 0) {
		await removeMarks(local, uncounted);
		await restartIds(local, marksTable);
	}
	const gone = (side: Side) => left.filter((mark) => !standing[side].has(mark));
	const missing = { local: gone('local'), cloud: gone('cloud') };
	const alive = left.filter((mark) => sides.every((side) => standing[side].has(mark)));
	const open = new Set(alive.map(placeId));
	const come = await lookAtEdges(connections, peer, {
		places: places.filter((place) => !open.has(placeId(place))),
		agreed,
		marked: new Set(left.map(placeId)),
		missing,
	});
	const findings: Finding[] = [];
	for (const side of sides) {
		const found = await unexplained(connections, pair, missing[side]);
		for (const row of found) findings.push(await rowsVanished(connections, side, row));
		const unseen = await unexplained(connections, pair, come[side]);
		for (const row of unseen) findings.push(rowsUncaptured(side, row));
	}
	if (findings.length > 0) for (const side of sides) await requireHeld(connections[side]);
	return findings;
}

/**
 * Finds the marked rows that exist on each side. A key that a server rejects is invalid, and its mark is
 * useless.
 */
async function lookForMarked<Row extends Placed>(
	connections: Connections,
	marks: readonly Row[],
): Promise<{ marks: Row[]; standing: Record<Side, Set<Row>> }> {
	try {
		return { marks: [...marks], standing: await standingOn(connections, marks) };
	} catch (thrown) {
		if (asSyncError(thrown).code !== 'refused') throw thrown;
		if (marks.length === 1) return { marks: [], standing: { local: new Set(), cloud: new Set() } };
		const middle = Math.ceil(marks.length / 2);
		const one = await lookForMarked(connections, marks.slice(0, middle));
		const other = await lookForMarked(connections, marks.slice(middle));
		const on = (side: Side) => new Set([...one.standing[side], ...other.standing[side]]);
		return {
			marks: [...one.marks, ...other.marks],
			standing: { local: on('local'), cloud: on('cloud') },
		};
	}
}

/** True if the mark fits the current primary key of the table. */
function fitsKey({ rowKey, table: { ends } }: Placed): boolean {
	if (rowKey === agreedMark) return false;
	try {
		return sides.every((side) => {
			const { key } = ends[side];
			return exactKeyCondition([readableRowKey(rowKey, key)], key, 't') !== '';
		});
	} catch {
		return false;
	}
}

/** Places without a mark of a row on both sides, and what is known about them. */
interface OpenPlaces {
	places: readonly SampledPlace[];
	/** Places that once had the same first and last rows on both sides. */
	agreed: ReadonlySet<string>;
	/** Places with marks of rows that are missing on one side. */
	marked: ReadonlySet<string>;
	missing: Record<Side, readonly Placed[]>;
}

/**
 * Marks the first and last row of places without a mark. Resolves to those of them that exist on one side
 * only, in places that once agreed.
 */
async function lookAtEdges(
	connections: Connections,
	peer: string,
	{ places, agreed, marked, missing }: OpenPlaces,
): Promise<Record<Side, Placed[]>> {
	const come: Record<Side, Placed[]> = { local: [], cloud: [] };
	const edges = await edgesOf(connections, places);
	const standing = await standingOn(connections, edges);
	const marks: Placed[] = [];
	for (const place of places) {
		const id = placeId(place);
		const ofPlace = edges.filter((edge) => placeId(edge) === id);
		const shared = ofPlace.filter((edge) => sides.every((side) => standing[side].has(edge)));
		const alone = (side: Side) =>
			ofPlace.filter((edge) => standing[side].has(edge) && !shared.includes(edge));
		if (!marked.has(id)) marks.push(...shared);
		if (!agreed.has(id)) {
			if (shared.length === ofPlace.length) marks.push({ ...place, rowKey: agreedMark });
			continue;
		}
		for (const side of sides) {
			const other: Side = side === 'local' ? 'cloud' : 'local';
			// If marked rows are missing on the other side, that is already reported.
			if (!missing[other].some((mark) => placeId(mark) === id)) come[side].push(...alone(side));
		}
	}
	await addMarks(
		connections.local,
		peer,
		marks.map(({ table, place, rowKey }) => ({ table: table.name, place, rowKey })),
	);
	return come;
}

/** True if changes of the table with a lost key are pending: any row may be affected. */
async function waitAside(
	connection: LogConnection,
	{ name }: TrackedTable,
	target: string,
): Promise<boolean> {
	return (await countPending(connection, target, new Set([asideName(name)]))).pending > 0;
}

/** The first row of each table that exists on one side only, without a pending change that explains it. */
async function unexplained(
	connections: Connections,
	{ local, cloud }: PairConfig,
	rows: readonly Placed[],
): Promise<Placed[]> {
	const found = new Map<string, Placed>();
	for (const row of rows) {
		const { name, ends } = row.table;
		if (found.has(name)) continue;
		const changes = [
			...(await fetchPendingOf(connections.local, cloud.nodeId, [ends.local.name], [row.rowKey])),
			...(await fetchPendingOf(connections.cloud, local.nodeId, [ends.cloud.name], [row.rowKey])),
		];
		if (changes.length > 0 || (await waitAside(connections.local, ends.local, cloud.nodeId)))
			continue;
		if (await waitAside(connections.cloud, ends.cloud, local.nodeId)) continue;
		// Changes are read after the rows: only this engine applies changes of this pair, and not at this
		// moment. Other differences may have been fixed meanwhile.
		const standing = await standingOn(connections, [row]);
		if (standing.local.size !== standing.cloud.size) found.set(name, row);
	}
	return [...found.values()];
}
