import { shortenLog } from '../../changelog/retention.ts';
import { ensureIdentity } from '../../changelog/tables/database-identity.ts';
import { rememberNode } from '../../changelog/tables/known-nodes.ts';
import { type PairConfig, sides } from '../../config/types.ts';
import { asSyncError } from '../../errors.ts';
import type { Finding } from '../../text/finding.ts';
import { rowsFinding } from '../api/rows-messages.ts';
import { otherSide } from '../api/side-ids.ts';
import { settleAgreed } from '../records/conflicts.ts';
import type { Connections } from '../shared/connections.ts';

/**
 * Registers the node of each side as one that the log of the other side is retained for.
 * @returns reports about nodes that had been forgotten
 */
export async function rememberPeers(
	connections: Connections,
	pair: PairConfig,
): Promise<Finding[]> {
	const found: Finding[] = [];
	for (const side of sides) {
		const other = otherSide(side);
		const peer = pair[other].nodeId;
		const identity = await ensureIdentity(connections[other]);
		const forgotten = await rememberNode(connections[side], peer, identity);
		if (forgotten === null) continue;
		found.push(rowsFinding('peer_was_forgotten', { side }, { peer, at: forgotten }));
	}
	return found;
}

/**
 * Maintenance after a pass: settles conflicts that no longer exist, and shortens the logs. If a lock prevents
 * it, the next pass does it.
 * @returns the number of changes removed from the logs
 */
export async function upkeep(connections: Connections, pair: PairConfig): Promise<number> {
	try {
		await settleAgreed(connections, pair);
		let removed = 0;
		for (const side of sides) removed += await shortenLog(connections[side], pair.retention);
		return removed;
	} catch (thrown) {
		const error = asSyncError(thrown);
		if (error.code !== 'busy') throw error;
		return 0;
	}
}
