import { countLacking } from '../../changelog/log/pending.ts';
import { logSize } from '../../changelog/retention.ts';
import type { LogConnection } from '../../changelog/session/log-connection.ts';
import { nodesTable } from '../../changelog/tables/database-identity.ts';
import { forgetNode, knownNodes } from '../../changelog/tables/known-nodes.ts';
import { registerTable, strikePeer } from '../../changelog/tables/register.ts';
import { missingTables } from '../../changelog/tables.ts';
import { type PairConfig, type Side, sides } from '../../config/types.ts';
import { SyncError } from '../../errors.ts';
import { countedWaiting, type LogNode, type LogSnapshot } from '../api/snapshot.ts';
import type { Connections } from '../shared/connections.ts';
import { toIso } from '../shared/utc.ts';
import { findSharedNodeIds } from '../survey/node-ids.ts';

/** What is to be said of a log before the first run. */
export const emptyLog: LogSnapshot = { changes: 0, since: null, nodes: [] };

/**
 * What the connection's change log holds, and for whom.
 * @param peer the pair's other node: what is pending for that is counted elsewhere
 */
export async function readLog(connection: LogConnection, peer: string): Promise<LogSnapshot> {
	const [{ changes, since }, known] = await Promise.all([
		logSize(connection),
		knownNodes(connection),
	]);
	const nodes = await Promise.all(
		known.map(
			async ({ node, seenAt }): Promise<LogNode> => ({
				node_id: node,
				seen_at: toIso(seenAt, connection),
				waiting: node === peer ? null : await countLacking(connection, node, countedWaiting),
			}),
		),
	);
	return { changes, since: toIso(since, connection), nodes };
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
		const lacking = await missingTables(connections[side]);
		if (lacking.includes(nodesTable)) continue;
		if (await forgetNode(connections[side], node)) known.push(side);
		// Another database that goes by its id has nothing of what this one had.
		if (!lacking.includes(registerTable)) await strikePeer(connections[side], node);
	}
	if (known.length > 0) return known;
	throw new SyncError('usage', `no log of the pair is kept for a node ${node}`, {
		pair: pair.name,
		hint: 'mysql-sync-tui status lists the nodes that the logs are kept for.',
	});
}

/** What forgetting a node came to, in words. */
export function forgottenText(node: string, known: readonly Side[]): string {
	return `no changes are kept for ${node} any more on ${known.join(' and ')}`;
}
