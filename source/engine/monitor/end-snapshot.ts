import type { Connection } from '../../database/connection/connection.ts';
import { describeServer } from '../../database/connection/session.ts';
import type { SyncError } from '../../errors.ts';
import type { EndSnapshot } from '../api/snapshot.ts';

/** A side before the first connection attempt. */
export function unknownEnd(nodeId: string): EndSnapshot {
	return { node_id: nodeId, reachable: null, server: null, latency_ms: null, error: null };
}

/**
 * A side that answers, even if it is read-only; measures the round trip.
 * @throws SyncError `unreachable`
 */
export async function reachedEnd(connection: Connection): Promise<EndSnapshot> {
	const latency = await connection.ping();
	return {
		node_id: connection.end.nodeId,
		reachable: true,
		server: describeServer(connection.server),
		latency_ms: Math.round(latency * 10) / 10,
		error: connection.writeRefusal?.message ?? null,
	};
}

/** The same side after its connection was lost; its server is still known. */
export function unreachedEnd(before: EndSnapshot, error: SyncError): EndSnapshot {
	return { ...before, reachable: false, latency_ms: null, error: error.message };
}
