import { missingBookkeeping } from '../capture/bookkeeping.ts';
import { type PairConfig, type Side, sides } from '../config/types.ts';
import type { Connection } from '../database/connection.ts';
import { nodesTable } from '../database/own-tables.ts';
import { SyncError } from '../errors.ts';
import { forgetNode, knownNodes } from '../transfer/known-nodes.ts';
import { logSize } from '../transfer/retention.ts';
import type { Connections } from './connections.ts';
import { findSharedNodeIds } from './node-ids.ts';
import type { LogSnapshot } from './snapshot.ts';
import { toIso } from './utc.ts';

/** What is to be said of a log before the first run. */
export const emptyLog: LogSnapshot = { changes: 0, since: null, nodes: [] };

/** What the connection's change log holds, and for whom. */
export async function readLog(connection: Connection): Promise<LogSnapshot> {
	const { changes, since } = await logSize(connection);
	const nodes = await knownNodes(connection);
	return {
		changes,
		since: toIso(since, connection),
		nodes: nodes.map(({ node, seenAt }) => ({ node_id: node, seen_at: toIso(seenAt, connection) })),
	};
}

/**
 * No longer keeps changes for a node that is gone for good. One of the pair's own nodes is forgotten
 * only where another database stood behind its id, whose place the pair's one takes.
 * @returns the sides whose logs were kept for it
 * @throws SyncError `usage` if it is one of the pair's own, or neither log is kept for it
 */
export async function forgetPeer(
	connections: Connections,
	pair: PairConfig,
	node: string,
): Promise<Side[]> {
	const replaced = (await findSharedNodeIds(connections, pair)).map(({ side }) => side);
	if (sides.some((side) => pair[side].nodeId === node && !replaced.includes(side))) {
		throw new SyncError('usage', `${node} is a node of this very pair`, {
			pair: pair.name,
			hint: 'To end the pair, take it out of the configuration; then forget the node from another pair of that database.',
		});
	}
	const known: Side[] = [];
	for (const side of sides) {
		const lacking = await missingBookkeeping(connections[side]);
		if (lacking.includes(nodesTable)) continue;
		if (await forgetNode(connections[side], node)) known.push(side);
	}
	if (known.length > 0) return known;
	throw new SyncError('usage', `no log of the pair is kept for a node ${node}`, {
		pair: pair.name,
		hint: 'mysql-sync-tui status lists the nodes that the logs are kept for.',
	});
}
