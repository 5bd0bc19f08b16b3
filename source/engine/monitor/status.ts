import {
	type Config,
	type Direction,
	type PairConfig,
	type Side,
	sides,
} from '../../config/types.ts';
import { Connection } from '../../database/connection/connection.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import type {
	DirectionSnapshot,
	EndSnapshot,
	LivePair,
	PairSnapshot,
	PairState,
	StatusDocument,
} from '../api/snapshot.ts';
import { describeHolder } from '../lease/lease-row.ts';
import { accessToLook, nodesLeft } from '../shared/connections.ts';
import { refuseSharedNodeIds } from '../survey/node-ids.ts';
import { reachedEnd, unknownEnd, unreachedEnd } from './end-snapshot.ts';
import { type Look, lookAt, lookErrors } from './look.ts';
import { notesByTable } from './pair-snapshot.ts';

/** One look at every pair, with what stood in its way. */
export interface Status {
	document: StatusDocument;
	/** What each pair's databases say beyond that, in the document's order. */
	beyond: Beyond[];
	errors: SyncError[];
}

/** What `status` says in words only. */
export interface Beyond extends Pick<LivePair, 'logs' | 'notes' | 'security'> {
	/** Which tables need a person. */
	attention: Finding[];
	/** Which nodes of the ends are not used, and why. */
	nodesLeft: Finding[];
	/** Which engine holds the pair, in words; null where none does, undefined where that is unknown. */
	holder: string | null | undefined;
}

/** Looks at the pairs once; starts nothing and changes nothing. */
export async function readStatus(config: Config, pairs: readonly PairConfig[]): Promise<Status> {
	const looks = await Promise.all(pairs.map(pairStatus));
	return {
		document: { node_id: config.nodeId, pairs: looks.map(({ snapshot }) => snapshot) },
		beyond: looks.map(({ logs, holder, notes, security, nodesLeft, attention }) => ({
			...{ logs, notes, security, nodesLeft, attention },
			holder: holder && describeHolder(holder),
		})),
		errors: looks.flatMap(({ errors }) => errors),
	};
}

async function pairStatus(
	pair: PairConfig,
): Promise<
	{ snapshot: PairSnapshot; errors: SyncError[] } & Pick<Look, 'logs' | 'holder'> &
		Pick<Beyond, 'notes' | 'security' | 'nodesLeft' | 'attention'>
> {
	const [local, cloud] = await Promise.all(sides.map((side) => reach(pair, side)));
	if (!local || !cloud) throw new Error('a pair has two ends');
	const ends: Record<Side, Reached> = { local, cloud };
	const look = await lookAt(pair, { local: local.connection, cloud: cloud.connection });
	const shared = await sharedNodeId(pair, ends);
	await Promise.all(sides.map((side) => ends[side].connection?.close()));
	const lost = sides.flatMap((side) => ends[side].error ?? []);
	const refusing = sides.flatMap((side) => ends[side].connection?.writeRefusal ?? []);
	const errors = [...lost, ...refusing, ...lookErrors(look), ...shared].map((error) =>
		error.at({ pair: pair.name }),
	);
	const direction = (name: Direction): DirectionSnapshot => ({
		pending: look.pending[name]?.pending ?? null,
		oldest_pending_seconds: look.pending[name]?.oldestSeconds ?? null,
		errors: look.parked[name],
		last_batch: look.progress.lastBatch[name],
	});
	const state: PairState =
		lost.length > 0
			? 'offline'
			: errors.some(({ code }) => code !== 'busy')
				? 'blocked'
				: pair.enabled && !pair.readOnly
					? look.progress.isWorking
						? 'running'
						: 'idle'
					: 'paused';
	const end = (side: Side): EndSnapshot => ({
		...ends[side].snapshot,
		error: ends[side].snapshot.error ?? look.errors[side]?.message ?? null,
	});
	return {
		errors,
		logs: look.logs,
		holder: look.holder,
		notes: notesByTable(look, []),
		attention: look.layout.attention,
		security: {
			local: local.connection?.security ?? null,
			cloud: cloud.connection?.security ?? null,
		},
		nodesLeft: nodesLeft(pair),
		snapshot: {
			name: pair.name,
			state,
			local: end('local'),
			cloud: end('cloud'),
			directions: {
				local_to_cloud: direction('local_to_cloud'),
				cloud_to_local: direction('cloud_to_local'),
			},
			conflicts: look.conflicts,
			tables: look.tables,
		},
	};
}

/** Why a run would be refused for the sake of a node id; nothing where an end cannot tell. */
async function sharedNodeId(
	pair: PairConfig,
	{ local, cloud }: Record<Side, Reached>,
): Promise<SyncError[]> {
	if (!local.connection || !cloud.connection) return [];
	try {
		await refuseSharedNodeIds({ local: local.connection, cloud: cloud.connection }, pair);
		return [];
	} catch (thrown) {
		return [asSyncError(thrown)];
	}
}

/** A pair that is not enabled is left alone: its secrets need not even be there. */
async function reach(pair: PairConfig, side: Side): Promise<Reached> {
	if (!pair.enabled) {
		return { connection: null, snapshot: unknownEnd(pair[side].nodeId), error: null };
	}
	try {
		const connection = await Connection.open(pair[side], { access: accessToLook(pair) });
		return { connection, snapshot: await reachedEnd(connection), error: null };
	} catch (thrown) {
		const error = asSyncError(thrown);
		const snapshot = unreachedEnd(unknownEnd(pair[side].nodeId), error);
		return { connection: null, snapshot, error };
	}
}

interface Reached {
	connection: Connection | null;
	snapshot: EndSnapshot;
	error: SyncError | null;
}
