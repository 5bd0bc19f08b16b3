import { LogConnection } from '../../changelog/session/log-connection.ts';
import { type Config, type PairConfig, type Side, sides } from '../../config/types.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import type { EndSnapshot, LivePair, PairSnapshot, StatusDocument } from '../api/snapshot.ts';
import { describeHolder } from '../lease/lease-row.ts';
import { accessToLook, nodesLeft } from '../shared/connections.ts';
import { reachedEnd, unknownEnd, unreachedEnd } from './end-snapshot.ts';
import { notesByTable } from './live-pair.ts';
import { type Look, lookAt } from './look.ts';
import { factsOnRecord, type PairFacts, pairSnapshot, troubles } from './pair-snapshot.ts';

/** One look at every pair, with the errors. */
export interface Status {
	document: StatusDocument;
	/** What the databases of each pair show beyond the document, in its order. */
	beyond: Beyond[];
	errors: SyncError[];
}

/** What `status` prints in words only. */
export interface Beyond extends Pick<LivePair, 'logs' | 'notes' | 'security'> {
	/** Tables that need attention, in words. */
	attention: Finding[];
	/** Nodes of the sides that are not used, with the reasons. */
	nodesLeft: Finding[];
	/** The holder of the pair in words; null if there is none, undefined if unknown. */
	holder: string | null | undefined;
}

/** Reads the pairs once. Starts and changes nothing. */
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
	const [local, cloud] = await Promise.all(sides.map((side) => lookAtEnd(pair, side)));
	if (!local || !cloud) throw new Error('a pair has two ends');
	const ends: Record<Side, Reached> = { local, cloud };
	const look = await lookAt(pair, { local: local.connection, cloud: cloud.connection });
	await Promise.all(sides.map((side) => ends[side].connection?.close()));
	const facts: PairFacts = {
		look,
		ends: { local: local.snapshot, cloud: cloud.snapshot },
		writeRefusals: sides.flatMap((side) => ends[side].connection?.writeRefusal ?? []),
	};
	const engine = factsOnRecord(pair, look);
	const lost = sides.flatMap((side) => ends[side].error ?? []);
	return {
		errors: [...lost, ...troubles(facts, engine)].map((error) => error.at({ pair: pair.name })),
		logs: look.logs,
		holder: look.holder,
		notes: notesByTable(look, []),
		attention: look.layout.attention,
		security: {
			local: local.connection?.security ?? null,
			cloud: cloud.connection?.security ?? null,
		},
		nodesLeft: nodesLeft(pair),
		snapshot: pairSnapshot(pair, facts, engine),
	};
}

/** A pair that is not enabled is left alone: even its secrets may be missing. */
async function lookAtEnd(pair: PairConfig, side: Side): Promise<Reached> {
	if (!pair.enabled) {
		return { connection: null, snapshot: unknownEnd(pair[side].nodeId), error: null };
	}
	try {
		const connection = await LogConnection.open(pair[side], { access: accessToLook(pair) });
		return { connection, snapshot: await reachedEnd(connection), error: null };
	} catch (thrown) {
		const error = asSyncError(thrown);
		const snapshot = unreachedEnd(unknownEnd(pair[side].nodeId), error);
		return { connection: null, snapshot, error };
	}
}

interface Reached {
	connection: LogConnection | null;
	snapshot: EndSnapshot;
	error: SyncError | null;
}
