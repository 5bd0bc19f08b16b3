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

/** The log state before the first run. */
export const emptyLog: LogSnapshot = { changes: 0, since: null, nodes: [] };

/**
 * The size of the change log, and the nodes that it is retained for.
 * @param peer the pair's other node, whose pending changes are counted elsewhere
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
 * Stops retaining changes for a node that is gone for good. A node of the pair itself is forgotten only if
 * its id belonged to another database, which the current one replaces.
 * @returns the sides whose logs were retained for it
 * @throws SyncError `usage` if it is a node of the pair, or no log is retained for it
 */
export async function forgetPeer(
	connections: Connections,
	pair: PairConfig,
	node: string,
): Promise<Side[]> {
	const replaced = (await findSharedNodeIds(connections, pair)).map(({ side }) => side);
	if (sides.some((side) => pair[side].nodeId === node && !replaced.includes(side))) {
		throw new SyncError('usage', `${node} is a node of this pair`, {
			pair: pair.name,
			hint: 'To retire the pair, remove it from the configuration, then forget the node through another pair of that database.',
		});
	}
	const known: Side[] = [];
	for (const side of sides) {
		const lacking = await missingTables(connections[side]);
		if (lacking.includes(nodesTable)) continue;
		if (await forgetNode(connections[side], node)) known.push(side);
		// Another database with this id would have none of these rows.
		if (!lacking.includes(registerTable)) await strikePeer(connections[side], node);
	}
	if (known.length > 0) return known;
	throw new SyncError('usage', `no log of the pair is retained for a node ${node}`, {
		pair: pair.name,
		hint: 'mysql-sync-tui status lists the nodes that changes are retained for.',
	});
}

/** The result of forgetting a node, in words. */
export function forgottenText(node: string, known: readonly Side[]): string {
	return `changes are no longer retained for ${node} on ${known.join(' and ')}`;
}
